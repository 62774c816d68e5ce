"""Instant retraining at the size of the largest data set: from the key to the grid ranked anew.

The head learns from 5,000 labels on made-up embeddings of 277,483 tiles, scores all of them, is
grafted into a network file and written; then it stands at the promotion gate on 44,005 validation
tiles, and the grid is sorted by its scores. All that is done in one process that is kept, as the
interactive lane of the window keeps it.
"""

import tempfile
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.embeddings import made_up
from benchmarks.figures import Figure, markdown
from benchmarks.networks import quiet
from benchmarks.plain import made_up_columns
from histoviewer.domain.arrays import Float32, Int8
from histoviewer.domain.ordering import arrange
from histoviewer.domain.triage import Query, SortKey
from histoviewer.jobs.compute import INTERACTIVE_NICENESS
from histoviewer.jobs.job import Job, Lane
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.messages import Finished
from histoviewer.ml.embedding_requests import EmbeddingFile
from histoviewer.ml.head_requests import HeadRequest
from histoviewer.ml.requests import CompareRequest, EvaluateRequest
from histoviewer.resources import resource

COUNT, LABELLED, VALIDATION = 277_483, 5_000, 44_005
ROUNDS, BOUND_S = 5, 3.0


def run() -> list[Figure]:
    """Measure."""
    quiet()
    with tempfile.TemporaryDirectory(prefix="heads") as name:
        folder = Path(name)
        file = _embed(folder)
        labels = _labels(file)
        with LaneProcess(niceness=INTERACTIVE_NICENESS) as process:
            seconds = [_round(process, folder / str(n), file, labels) for n in range(ROUNDS + 1)]
    what = f"head retrained on {LABELLED:,} labels, {COUNT:,} tiles ranked anew"
    return [
        Figure.of(f"{what}, in a new process", [sum(seconds[0])], unit="s"),
        Figure.of(what, [sum(parts) for parts in seconds[1:]], unit="s", bounds={"worst": BOUND_S}),
        Figure.of("of that, head and scores", [parts[0] for parts in seconds[1:]], unit="s"),
        Figure.of(
            f"of that, the gate on {VALIDATION:,} validation tiles",
            [parts[1] for parts in seconds[1:]],
            unit="s",
        ),
    ]


def _embed(folder: Path) -> EmbeddingFile:
    with zipfile.ZipFile(resource("models", "starter.histomodel")) as bundle:
        (folder / "network.keras").write_bytes(bundle.read("model.keras"))
    np.save(folder / "embeddings.npy", made_up(COUNT))
    return EmbeddingFile(path=folder / "embeddings.npy", fingerprint="benchmark")


def _labels(file: EmbeddingFile) -> Int8:
    """Return (N,) int8 labels that the embeddings tell, but for one in ten."""
    values = file.read().astype(np.float32)
    rng = np.random.default_rng(1)
    score = np.asarray(values @ rng.normal(0, 1, (values.shape[1],)).astype(np.float32))
    labels = score > np.median(score)
    wrong = rng.random(len(labels)) < 0.1
    return np.asarray(labels ^ wrong, np.int8)


def _round(
    process: LaneProcess, folder: Path, file: EmbeddingFile, labels: Int8
) -> tuple[float, float, float]:
    """Return the seconds of learning and scoring, of the gate, and of sorting the grid."""
    folder.mkdir()
    rows = np.random.default_rng(2).choice(COUNT - VALIDATION, LABELLED, replace=False)
    request = HeadRequest(
        embeddings=file,
        network=folder.parent / "network.keras",
        rows=np.sort(rows),
        labels=labels[np.sort(rows)],
        weights=np.ones(LABELLED, np.float32),
        folder=folder,
        fingerprint="benchmark",
    )
    columns = made_up_columns(COUNT)  # the session has them at hand
    began = time.perf_counter()
    _do(process, "head_work:retrain_head", request)
    scores = np.load(folder / "scores.npy")
    learned = time.perf_counter()
    _gate(process, labels[-VALIDATION:], scores[-VALIDATION:])
    judged = time.perf_counter()
    arrange(Query(sort=SortKey.UNCERTAIN), replace(columns, scores=scores))
    return learned - began, judged - learned, time.perf_counter() - judged


def _gate(process: LaneProcess, labels: Int8, scores: Float32) -> None:
    noise = np.random.default_rng(3).normal(0, 0.02, len(scores)).astype(np.float32)
    _do(process, "work:evaluate", EvaluateRequest(labels=labels, scores=scores))
    request = CompareRequest(
        first_model="new",
        second_model="old",
        labels=labels,
        first=scores,
        second=np.clip(scores + noise, 0, 1),
        groups=np.full(len(labels), -1, np.int32),
    )
    _do(process, "work:compare", request)


def _do(process: LaneProcess, target: str, request: object) -> None:
    job = Job(
        title="",
        target=f"histoviewer.ml.{target}",
        request=request,
        lane=Lane.INTERACTIVE,
        environment={"KERAS_BACKEND": "tensorflow"},
    )
    ending = process.run(job, lambda _update: None)
    assert isinstance(ending, Finished), ending


if __name__ == "__main__":
    print(markdown(run()))
