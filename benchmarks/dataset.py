"""What a data set looks like and what a model clears, at the size of the largest data set.

Pixels are measured on fewer tiles, and the time is given for a tile: it grows with their number and
nothing else. What is worked out of the measured arrays, each time the page is shown, is measured at
full size, as are the intervals of what a model clears on a fifth of the tiles.
"""

import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.bigproject import KAGGLE
from benchmarks.figures import Figure, markdown
from benchmarks.rows import milliseconds
from histoviewer.domain.distributions import Distribution
from histoviewer.domain.workload import usual_sensitivities
from histoviewer.jobs.job import Body
from histoviewer.ml.clearing import clearing_curve
from histoviewer.ml.data_requests import ClearingRequest
from histoviewer.tiles.colour_measuring import ColourRequest, Colours, measure_colours
from histoviewer.tiles.store import DATA_NAME, DESCRIPTION_NAME, Description

MEASURED = 5_000
SIDE = 96
GROUPS = 2_000
ROUNDS = 5


def run() -> list[Figure]:
    """Measure."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory(prefix="dataset") as folder:
        _pack(Path(folder), rng)
        request = ColourRequest(
            folder=Path(folder),
            cells=rng.integers(0, 2, MEASURED).astype(np.int8),
            cell_count=3,
        )
        started = time.perf_counter()
        _finish(measure_colours(request, lambda: False))
        each = (time.perf_counter() - started) / MEASURED * 1e6
    means, labels = rng.random(KAGGLE, np.float32), rng.integers(0, 2, KAGGLE)
    groups = rng.integers(0, GROUPS, KAGGLE // 5).astype(np.int32)
    scores = np.clip(labels[: len(groups)] * 0.4 + rng.random(len(groups)) * 0.6, 0, 1)
    clearing = ClearingRequest(
        model="m",
        labels=labels[: len(groups)].astype(np.int8),
        scores=scores.astype(np.float32),
        groups=groups,
        sensitivities=usual_sensitivities(),
    )
    started = time.perf_counter()
    clearing_curve(clearing)
    cleared = time.perf_counter() - started
    return [
        Figure.of(f"colours of a tile of {SIDE} x {SIDE} pixels", [each], unit="us"),
        Figure.of(
            f"brightness by class of {KAGGLE:,} measured tiles",
            [milliseconds(lambda: _brightness(means, labels)) for _ in range(ROUNDS)],
            bounds={"p50": 250},
        ),
        Figure.of(
            f"what is cleared of {len(groups):,} tiles in {GROUPS:,} groups, "
            f"{len(clearing.sensitivities)} sensitivities with intervals",
            [cleared],
            unit="s",
            bounds={"worst": 60},
        ),
    ]


def _pack(folder: Path, rng: np.random.Generator) -> None:
    """Write a packed store of noise."""
    shape = (MEASURED, SIDE, SIDE, 3)
    rng.integers(0, 256, shape, np.uint8).tofile(folder / DATA_NAME)
    description = Description(shape=shape, fingerprint="0", ids_key="0")
    (folder / DESCRIPTION_NAME).write_bytes(description.encode())


def _finish(body: Body[Colours]) -> Colours:
    while True:
        try:
            next(body)
        except StopIteration as end:
            found: Colours = end.value
            return found


def _brightness(means: np.ndarray, labels: np.ndarray) -> list[Distribution]:
    return [
        Distribution.of_values(means[labels == label], bins=64, low=0.0, high=1.0)
        for label in (0, 1)
    ]


if __name__ == "__main__":
    print(markdown(run()))
