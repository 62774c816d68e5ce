"""Embedding tiles, finding the neighbours of all of them, and a reader asking for similar ones.

Beside the clock stands the processor time of the process, which other programs disturb less: two
idle cores take half of it. Neighbours are searched among made-up embeddings of as many tiles as the
largest data set has. A question goes through the process of the interactive lane.
"""

import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil

from benchmarks.figures import Figure, Statistic, markdown
from benchmarks.networks import noise_tiles, quiet, save_kept
from histoviewer.domain.arrays import Float16
from histoviewer.jobs.compute import INTERACTIVE_NICENESS
from histoviewer.jobs.job import Job, Lane
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.messages import Finished
from histoviewer.ml.embedding_requests import (
    EmbeddingFile,
    EmbedRequest,
    EmbedResult,
    NeighboursRequest,
    NeighboursResult,
    SimilarRequest,
)

EMBEDDED, WARMING = 8_192, 256
PROMISED = 57_458  # tiles of the Kaggle test set, in
PROMISED_S = 180
COUNT, DIMENSIONS, FREEDOM = 277_483, 128, 10
GRAPH_S = 180
QUESTIONS, QUESTION_MS = 60, 50
PROBED = 300
ENVIRONMENT = {"KERAS_BACKEND": "tensorflow"}


def run() -> list[Figure]:
    """Measure."""
    quiet()
    with tempfile.TemporaryDirectory(prefix="embeddings") as folder, LaneProcess() as batch:
        found = _embedding(batch, Path(folder))
        path = Path(folder) / "large.npy"
        values = made_up(COUNT)
        np.save(path, values)
        file = EmbeddingFile(path=path, fingerprint="benchmark")
        found += _neighbours(batch, file, values)
        with LaneProcess(niceness=INTERACTIVE_NICENESS) as interactive:
            found += _questions(interactive, file)
    return found


def made_up(count: int) -> Float16:
    """Return embeddings (count, 128) float16 of few degrees of freedom, as those of networks are.

    A random layer of rectified units on a few random numbers, with a little noise.
    """
    rng = np.random.default_rng(0)
    causes = rng.normal(0, 1, (count, FREEDOM)).astype(np.float32)
    weights = rng.normal(0, 0.5, (FREEDOM, DIMENSIONS)).astype(np.float32)
    values = np.maximum(causes @ weights + rng.normal(0, 0.5, DIMENSIONS).astype(np.float32), 0)
    values += rng.normal(0, 0.02, values.shape).astype(np.float32)
    return np.asarray(values, np.float16)


def _do(process: LaneProcess, target: str, request: object) -> object:
    job = Job(
        title="",
        target=f"histoviewer.ml.embedding_work:{target}",
        request=request,
        lane=Lane.BATCH,
        environment=ENVIRONMENT,
    )
    ending = process.run(job, lambda _update: None)
    assert isinstance(ending, Finished), ending
    return ending.result


def _processor_seconds(process: LaneProcess) -> float:
    """Return how much processor time the process has taken so far."""
    times = psutil.Process(process.warm_up(ENVIRONMENT).pid).cpu_times()
    return float(times.user + times.system)


def _embedding(process: LaneProcess, folder: Path) -> list[Figure]:
    """Return how long the promised number of tiles takes, from the rate over fewer."""
    model = folder / "model.keras"
    save_kept("histo-fast", model)
    with noise_tiles(EMBEDDED) as (tiles, _):
        request = EmbedRequest(tiles=tiles, model=model, out=folder / "e.npy", fingerprint="-")
        few = replace(request, tiles=replace(tiles, count=WARMING), out=folder / "first.npy")
        _do(process, "embed", few)  # imports Keras and compiles
        before = _processor_seconds(process)
        result = _do(process, "embed", request)
        taken = _processor_seconds(process) - before
    assert isinstance(result, EmbedResult)
    name = f"embedding {PROMISED:,} tiles with histo-fast, at the rate of {EMBEDDED:,}"
    seconds = [PROMISED / result.tiles_per_second]
    return _timed(name, seconds[0], taken * PROMISED / EMBEDDED, PROMISED_S)


def _timed(name: str, clock: float, processor: float, bound: float) -> list[Figure]:
    """Return the time by the clock, and the processor time held to what two cores have."""
    return [
        Figure.of(name, [clock], unit="s", bounds={"worst": bound}),
        Figure.of(f"{name}: processor", [processor], unit="s", bounds={"worst": 2 * bound}),
    ]


def _neighbours(process: LaneProcess, file: EmbeddingFile, values: Float16) -> list[Figure]:
    began, before = time.perf_counter(), _processor_seconds(process)
    result = _do(process, "find_neighbours", NeighboursRequest(embeddings=file, count=15))
    clock, taken = time.perf_counter() - began, _processor_seconds(process) - before
    assert isinstance(result, NeighboursResult)
    name = f"the 15 nearest of each of {COUNT:,}"
    missed = 100 * (1 - recall(values, result))
    return [
        *_timed(name, clock, taken, GRAPH_S),
        Figure.of(f"{name}: missed of the exact ones", [missed], unit="%", bounds={"worst": 5}),
    ]


def recall(values: Float16, result: NeighboursResult) -> float:
    """Return the share of the exact nearest of some tiles that were found."""
    from histoviewer.ml.nearest import NearestIndex

    rows = np.random.default_rng(1).choice(len(values), PROBED, replace=False)
    exact, _ = NearestIndex(values, exact=True).search(rows, 15)
    pairs = zip(exact.tolist(), result.indices[rows].tolist(), strict=True)
    return float(np.mean([len(set(true) & set(found)) / 15 for true, found in pairs]))


def _questions(process: LaneProcess, file: EmbeddingFile) -> list[Figure]:
    rng = np.random.default_rng(2)
    alone = [_asked(process, file, rng.integers(0, COUNT, 1)) for _ in range(QUESTIONS + 1)]
    several = [_asked(process, file, rng.integers(0, COUNT, 100)) for _ in range(QUESTIONS // 3)]
    bounds: dict[Statistic, float] = {"p50": QUESTION_MS}
    return [
        Figure.of(f"first 200 similar tiles of {COUNT:,}, in a new process", alone[:1]),
        Figure.of(f"200 similar tiles of {COUNT:,}", alone[1:], bounds=bounds),
        Figure.of("the same for a selection of 100", several),
    ]


def _asked(process: LaneProcess, file: EmbeddingFile, tiles: np.ndarray) -> float:
    """Return milliseconds from the question to the answer."""
    began = time.perf_counter()
    _do(process, "find_similar", SimilarRequest(embeddings=file, tiles=tiles, count=200))
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    print(markdown(run()))
