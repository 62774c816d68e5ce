"""Label errors and the next batch at the size of Kaggle's training set: 220,025 tiles.

Embeddings are made up, 128 dimensions, with 5 % of the labels turned round; two readers gave 3,000
verdicts. Measured are the jobs as the compute process runs them, without its start.
"""

import tempfile
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures import Figure, markdown
from histoviewer.domain.arrays import Bool, Int8
from histoviewer.domain.strategies import Strategy
from histoviewer.ml.embedding_requests import EmbeddingFile
from histoviewer.ml.issue_requests import Evidence, IssuesRequest, IssuesResult, NextRequest
from histoviewer.ml.judging_labels import run_issues, run_next

COUNT, DIMENSIONS, VERDICTS = 220_025, 128, 3_000
WRONG, BATCH, BOUND_S = 0.05, 40, 30.0
ROUNDS = 3


def run() -> list[Figure]:
    """Measure."""
    rng = np.random.default_rng(0)
    truth = (rng.random(COUNT) < 0.4).astype(np.int8)
    wrong = rng.random(COUNT) < WRONG
    labels = np.where(wrong, 1 - truth, truth).astype(np.int8)
    with tempfile.TemporaryDirectory(prefix="issues") as name:
        file = _embed(Path(name), truth, rng)
        evidence = _evidence(labels, truth, rng)
        request = IssuesRequest(evidence=evidence, embeddings=file)
        seconds, found = _timed(lambda: run_issues(request, lambda: False))
        return [
            Figure.of(
                f"label errors of {COUNT:,} tiles", seconds, unit="s", bounds={"worst": BOUND_S}
            ),
            Figure.of("of the wrong labels, suspect", [_recall(found, wrong)], unit=""),
            *(_next(strategy, evidence, file) for strategy in (Strategy.MIX, Strategy.BALD)),
        ]


def _embed(folder: Path, truth: Int8, rng: np.random.Generator) -> EmbeddingFile:
    values = rng.normal(size=(COUNT, DIMENSIONS)).astype(np.float16)
    values += np.where(truth == 1, np.float16(0.15), np.float16(-0.15))[:, None]
    np.save(folder / "embeddings.npy", values)
    return EmbeddingFile(path=folder / "embeddings.npy", fingerprint="made up")


def _evidence(labels: Int8, truth: Int8, rng: np.random.Generator) -> Evidence:
    opinions = np.full((3, COUNT), -1, np.int8)
    opinions[0] = labels
    for reader in (1, 2):
        read = rng.choice(COUNT, VERDICTS // 2, replace=False)
        opinions[reader, read] = truth[read]
    return Evidence(
        labels=labels,
        opinions=opinions,
        clusters=np.arange(COUNT),
        learnable=np.ones(COUNT, bool),
        weights=np.ones(COUNT, np.float32),
    )


def _next(strategy: Strategy, evidence: Evidence, file: EmbeddingFile) -> Figure:
    decided = (evidence.opinions[1:] >= 0).any(axis=0)
    request = NextRequest(
        evidence=evidence,
        embeddings=file,
        strategy=strategy,
        size=BATCH,
        random_share=strategy.facts.random_share,
        seed=0,
        candidates=np.flatnonzero(~decided),
        covered=np.flatnonzero(decided),
        copies=np.full(COUNT, -1, np.int64),
    )
    seconds, _ = _timed(lambda: run_next(request, lambda: False))
    return Figure.of(f"next batch of {BATCH}, {strategy.value}", seconds, unit="s")


def _timed(body: Callable[[], Generator[Any, None, Any]]) -> tuple[list[float], Any]:
    """Run a job some times; return the seconds of each, and what the last returned."""
    seconds, result = [], None
    for _ in range(ROUNDS):
        started = time.perf_counter()
        result = _result(body())
        seconds.append(time.perf_counter() - started)
    return seconds, result


def _result(body: Generator[Any, None, Any]) -> Any:  # noqa: ANN401 - each job has its own
    while True:
        try:
            next(body)
        except StopIteration as end:
            return end.value


def _recall(found: IssuesResult, wrong: Bool) -> float:
    return float(found.suspect[wrong].mean())


if __name__ == "__main__":
    print(markdown(run()))
