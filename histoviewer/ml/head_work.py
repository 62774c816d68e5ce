"""The job that retrains a head, as it is named in `Job.target`; see `work`."""

from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.ml import backend
from histoviewer.ml.head_requests import HeadRequest, HeadResult


def retrain_head(request: HeadRequest, cancelled: CancelCheck) -> Body[HeadResult]:
    """Train the last layer of a network on frozen embeddings; see `heads.run_head`."""
    backend.select()
    from histoviewer.ml.heads import run_head

    return (yield from run_head(request, cancelled))
