"""The jobs on whole data sets, as they are named in `Job.target`. Importing this is cheap."""

from histoviewer.domain.data_report import Baseline
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.jobs.messages import Progress
from histoviewer.ml.data_requests import BaselineRequest


def baseline(request: BaselineRequest, _cancelled: CancelCheck) -> Body[Baseline]:
    """Fit logistic regressions on colour; see `baseline.fit_baseline`. Imports no Keras."""
    from histoviewer.ml.baseline import fit_baseline

    yield Progress(phase="fitting", done=0, total=len(request.features), unit="fits")
    return fit_baseline(request)
