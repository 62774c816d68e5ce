"""The jobs on whole data sets, as they are named in `Job.target`. Importing this is cheap."""

from histoviewer.domain.data_report import Baseline
from histoviewer.domain.review_plan import NoiseRates
from histoviewer.domain.workload import ClearingCurve
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.jobs.messages import Progress
from histoviewer.ml.data_requests import BaselineRequest, ClearingRequest, NoiseRequest


def baseline(request: BaselineRequest, _cancelled: CancelCheck) -> Body[Baseline]:
    """Fit logistic regressions on colour; see `baseline.fit_baseline`. Imports no Keras."""
    from histoviewer.ml.baseline import fit_baseline

    yield Progress(phase="fitting", done=0, total=len(request.features), unit="fits")
    return fit_baseline(request)


def clear(request: ClearingRequest, _cancelled: CancelCheck) -> Body[ClearingCurve]:
    """Say what is cleared; see `clearing.clearing_curve`. Imports no Keras."""
    from histoviewer.ml.clearing import clearing_curve

    yield from ()
    return clearing_curve(request)


def noise(request: NoiseRequest, _cancelled: CancelCheck) -> Body[NoiseRates]:
    """Estimate how often labels are wrong; see `noise.noise_rates`. Imports no Keras."""
    from histoviewer.ml.noise import noise_rates

    yield from ()
    return noise_rates(request)
