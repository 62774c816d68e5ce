"""The jobs on label errors and the next batch, as they are named in `Job.target`; see `work`."""

from histoviewer.domain.arrays import Int64
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.ml.issue_requests import IssuesRequest, IssuesResult, NextRequest


def find_issues(request: IssuesRequest, cancelled: CancelCheck) -> Body[IssuesResult]:
    """Find label errors; see `judging_labels.run_issues`. Imports no Keras."""
    from histoviewer.ml.judging_labels import run_issues

    return (yield from run_issues(request, cancelled))


def choose_next(request: NextRequest, cancelled: CancelCheck) -> Body[Int64]:
    """Choose tiles to look at next; see `judging_labels.run_next`. Imports no Keras."""
    from histoviewer.ml.judging_labels import run_next

    return (yield from run_next(request, cancelled))
