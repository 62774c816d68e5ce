"""The jobs of this room, as they are named in `Job.target`.

Importing this module is cheap; Keras is imported when a job runs, after its backend was selected.
"""

from collections.abc import Sequence
from functools import partial

from histoviewer.domain.arrays import Float32
from histoviewer.domain.assessment import Assessment, Comparison
from histoviewer.domain.devices import DeviceReport
from histoviewer.domain.network import NetworkFacts
from histoviewer.domain.search import SearchOutcome
from histoviewer.errors import JobCancelled
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.jobs.messages import Progress
from histoviewer.ml import backend
from histoviewer.ml.requests import (
    AssessRequest,
    CompareRequest,
    DescribeRequest,
    EvaluateRequest,
    Evaluation,
    OnnxRequest,
    OnnxResult,
    ProbeRequest,
    ScoreRequest,
    ScoreResult,
    SearchRequest,
    TrainRequest,
    TrainResult,
)
from histoviewer.ml.streaming import stream


def train(request: TrainRequest, cancelled: CancelCheck) -> Body[TrainResult]:
    """Train a model and write its folder.

    Yields `Progress` at each reported step with 'epoch', 'epochs', 'loss', 'accuracy', 'auc' and,
    from the first validation on, 'val_loss', 'val_accuracy', 'val_auc'; a `CurvePoint` an epoch.

    Raises:
        InputError: The tiles, recipe, backend or start model cannot be used, or training diverged.
        StorageError: The folder could not be written.
        JobCancelled: Cancelled before there was a model worth keeping; later than that the best
            model so far is returned.
    """
    backend.select()
    from histoviewer.ml.training import run_training

    result = yield from stream(partial(run_training, request), cancelled)
    return result


def score(request: ScoreRequest, cancelled: CancelCheck) -> Body[ScoreResult]:
    """Score all tiles with a saved model into an .npy file; see `scoring.run_scoring`."""
    backend.select()
    from histoviewer.ml.scoring import run_scoring

    result = yield from run_scoring(request, cancelled)
    return result


def evaluate(request: EvaluateRequest, _cancelled: CancelCheck) -> Body[Evaluation]:
    """Compare scores with labels.

    Raises:
        InputError: No tiles, one class only, or scores that are not numbers.
    """
    from histoviewer.ml.metrics import evaluate_scores

    yield from ()
    return evaluate_scores(request.labels, request.scores, threshold=request.threshold)


def assess(
    requests: Sequence[AssessRequest], cancelled: CancelCheck
) -> Body[tuple[Assessment, ...]]:
    """Say everything of the scores of some models; see `assessing.assess`. Imports no Keras."""
    from histoviewer.ml import assessing

    found: list[Assessment] = []
    for request in requests:
        yield Progress(phase="evaluating", done=len(found), total=len(requests), unit="models")
        if cancelled():
            raise JobCancelled
        found.append(assessing.assess(request))
    return tuple(found)


def compare(request: CompareRequest, _cancelled: CancelCheck) -> Body[Comparison]:
    """Compare two models on the same tiles; see `assessing.compare`. Imports no Keras."""
    from histoviewer.ml import assessing

    yield from ()
    return assessing.compare(request)


def probe(request: ProbeRequest, _cancelled: CancelCheck) -> Body[Float32]:
    """Return what a model says of some tiles; see `probing.probe_model`."""
    backend.select()
    from histoviewer.ml.probing import probe_model

    yield from ()
    return probe_model(request)


def export_onnx(request: OnnxRequest, _cancelled: CancelCheck) -> Body[OnnxResult]:
    """Write a model as ONNX and check it; see `onnx_export.write_onnx`."""
    backend.select()
    from histoviewer.ml.onnx_export import write_onnx

    yield from ()
    return write_onnx(request)


def describe(request: DescribeRequest, _cancelled: CancelCheck) -> Body[NetworkFacts]:
    """Return the layers of a recipe's network; see `describing.describe_network`."""
    backend.select()
    from histoviewer.ml.describing import describe_network

    yield from ()
    return describe_network(request.recipe, tile_size=request.tile_size)


def search(request: SearchRequest, cancelled: CancelCheck) -> Body[SearchOutcome]:
    """Search for a better recipe; see `searching.run_search`. What is cancelled keeps its rows."""
    backend.select()
    from histoviewer.ml.searching import run_search

    result = yield from stream(partial(run_search, request), cancelled)
    return result


def devices(_request: None, _cancelled: CancelCheck) -> Body[DeviceReport]:
    """Say what jobs compute on; see `devices.describe_devices`."""
    backend.select()
    from histoviewer.ml.devices import describe_devices

    yield from ()
    return describe_devices()


def warm_up() -> None:
    """Import what the first job needs; an unusable backend is left for that job to report."""
    from histoviewer.errors import InputError

    try:
        backend.select()
    except InputError:
        return
    from histoviewer.ml import scoring, training  # noqa: F401 - importing is the point
