"""Laying embeddings out on a plane: PCA in a second, UMAP in minutes."""

import io
import threading
import time
import warnings
from concurrent.futures import Future, wait
from typing import Any, Final

import numpy as np

from histoviewer.domain.arrays import Float16, Float32, Float64, Int64
from histoviewer.errors import JobCancelled
from histoviewer.jobs.job import CancelCheck
from histoviewer.jobs.messages import Progress
from histoviewer.ml.projecting_requests import UmapRequest
from histoviewer.ml.streaming import Emit

_CHUNK: Final = 16_384  # rows at a time: an embedding is never held whole in another type
_LEAST: Final = 4  # points that a neighbourhood graph needs
_EXTENT: Final = 10.0  # of the start, as umap-learn scales its own
_SAID_EVERY_S: Final = 0.25
_ASKED_EVERY_S: Final = 0.1


def principal_components(values: Float16) -> Float32:
    """Return where embeddings lie along the two directions in which they differ most (PCA).

    Exact, by the covariance, which is small. Directions have no sign of their own: each is turned
    so that its largest part is above 0, and the same embeddings give the same map.

    Args:
        values: (N, D) float16.

    Returns:
        (N, 2) float32; zeros along a direction that there is not, as with D = 1.
    """
    directions, mean = _principal_directions(values)
    places = np.zeros((len(values), 2), np.float32)
    for start in range(0, len(values), _CHUNK):
        part = values[start : start + _CHUNK].astype(np.float64) - mean
        places[start : start + len(part), : directions.shape[1]] = part @ directions
    return places


def _principal_directions(values: Float16) -> tuple[Float64, Float64]:
    """Return (D, 2 or less) directions, the one with the most variance first, and the mean."""
    count, dimensions = values.shape
    sums, products = np.zeros(dimensions), np.zeros((dimensions, dimensions))
    for start in range(0, count, _CHUNK):
        part = values[start : start + _CHUNK].astype(np.float64)
        sums += part.sum(axis=0)
        products += part.T @ part
    mean = sums / max(1, count)
    _, vectors = np.linalg.eigh(products / max(1, count) - np.outer(mean, mean))
    directions = vectors[:, ::-1][:, :2]
    largest = np.abs(directions).argmax(axis=0)
    turned = np.sign(directions[largest, np.arange(directions.shape[1])])
    return np.asarray(directions * np.where(turned == 0, 1, turned)), mean


def run_umap(request: UmapRequest, emit: Emit, should_stop: CancelCheck) -> Float32:
    """Return where UMAP puts points, from a graph of nearest neighbours (McInnes et al., 2018).

    umap-learn cannot be asked to stop, and an error raised from its progress bar leaves a lock of
    that bar held. So it works in a thread that is left behind on cancelling, and that ends with the
    process, which is replaced after each operation.

    Returns:
        (N, 2) float32. Fewer than four points stay where they start: they have no neighbourhood.

    Raises:
        JobCancelled: Asked to stop.
    """
    if len(request.start) < _LEAST:
        return np.asarray(request.start, np.float32)
    outcome: Future[Float32] = Future()

    def work() -> None:
        try:
            outcome.set_result(_lay_out(request, emit))
        except BaseException as error:  # noqa: BLE001 - raised again by whoever asks for the result
            outcome.set_exception(error)

    emit(Progress(phase="laying out", done=0, unit="epochs"))
    threading.Thread(target=work, name="umap", daemon=True).start()
    while not should_stop():  # also before the first wait, which a few points may not outlast
        if wait([outcome], timeout=_ASKED_EVERY_S).done:
            return outcome.result()
    raise JobCancelled


def _lay_out(request: UmapRequest, emit: Emit) -> Float32:
    """Lay points out by the two steps of umap-learn rather than by its class.

    The class would take a float copy of all embeddings, which a given graph leaves it no use for.
    With a seed it uses one core, so that a map can be made again.
    """
    with warnings.catch_warnings():
        # Importing umap tells of Keras without TensorFlow, and numba of one thread for a seed.
        warnings.simplefilter("ignore")
        from umap.layouts import tqdm
        from umap.umap_ import find_ab_params, fuzzy_simplicial_set, simplicial_set_embedding

    tqdm.monitor_interval = 0  # no thread that watches the bar, as its manual has it
    random = np.random.RandomState(request.seed)  # the kind that umap-learn takes
    start = _spread(np.asarray(request.start, np.float32), random)
    indices, distances = _with_itself(request)
    graph, _, _ = fuzzy_simplicial_set(
        start,
        n_neighbors=indices.shape[1],
        random_state=random,
        metric="euclidean",
        knn_indices=indices,
        knn_dists=distances,
    )
    a, b = find_ab_params(1.0, request.min_distance)
    places, _ = simplicial_set_embedding(
        start,
        graph,
        n_components=2,
        initial_alpha=1.0,
        a=a,
        b=b,
        gamma=1.0,
        negative_sample_rate=5,
        n_epochs=None,
        init=start,
        random_state=random,
        metric="euclidean",
        metric_kwds={},
        densmap=False,
        densmap_kwds={},
        output_dens=False,
        tqdm_kwds=_reporting(emit),
    )
    return np.asarray(places, np.float32)


def _with_itself(request: UmapRequest) -> tuple[Int64, Float32]:
    """Return the graph as UMAP has it: each point is its own first neighbour."""
    count = len(request.start)
    indices = np.column_stack([np.arange(count), request.neighbours]).astype(np.int64)
    nowhere = np.zeros(count, np.float32)
    return indices, np.column_stack([nowhere, request.distances]).astype(np.float32)


def _spread(start: Float32, random: np.random.RandomState) -> Float32:
    """Return the start in the extent that UMAP's forces are made for, no two points in one place.

    With some noise, as umap-learn adds: points in one place would be moved alike for ever.
    """
    extent = float(np.abs(start - start.mean(axis=0)).max()) or 1.0
    centred = (start - start.mean(axis=0)) * (_EXTENT / extent)
    return np.asarray(centred + random.normal(scale=1e-3, size=start.shape), np.float32)


def _reporting(emit: Emit) -> dict[str, Any]:
    """Return what lets umap-learn's progress bar report here: it has no other way to say it."""
    return {
        "disable": False,
        "file": _Bar(emit),
        "bar_format": "{n} {total}",
        "mininterval": _SAID_EVERY_S,
        "miniters": 1,
    }


class _Bar(io.TextIOBase):
    """Takes what a progress bar writes, 'done total', as messages of a job.

    Args:
        emit: Takes them.
    """

    def __init__(self, emit: Emit) -> None:
        super().__init__()
        self._emit = emit
        self._began = time.monotonic()

    def write(self, text: str) -> int:
        """Report; what is not two numbers, such as the line's end, says nothing."""
        match [int(word) for word in text.split() if word.isdecimal()]:
            case [done, total]:
                taken = time.monotonic() - self._began
                left = taken / done * (total - done) if done else None
                self._emit(
                    Progress(phase="laying out", done=done, total=total, unit="epochs", left_s=left)
                )
        return len(text)
