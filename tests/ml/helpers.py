"""Small tiles with an answer that a network finds within seconds."""

import csv
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from histoviewer.domain.recipe import Recipe
from histoviewer.errors import JobCancelled
from histoviewer.ml.requests import TrainRequest

CLOCK = ("seconds", "tiles_per_second")

TINY = """
title = "Tiny"

[[blocks]]
kind = "conv"
filters = 8
stride = 2
norm = "before"
bias = false

[[blocks]]
kind = "pool"

[[blocks]]
kind = "conv"
filters = 16
norm = "before"
bias = false

[augmentation]
flips = true
quarter_turns = true
stain_jitter = 0.1

[sampling]
kind = "weights"

[optimiser]
kind = "adamw"
learning_rate = 1e-2
schedule = "cosine"

[averaging]
decay = 0.8

[training]
epochs = 3
batch = 16
norm_momentum = 0.8
precision = "float32"
"""


@dataclass(frozen=True)
class ArrayTiles:
    """A tile source on a plain array."""

    pixels: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        return self.pixels.shape

    def gather(self, index: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        return np.take(self.pixels, index, axis=0, out=out)


@dataclass(frozen=True)
class RepeatedTiles:
    """Many tiles that take the memory of a few."""

    few: ArrayTiles
    count: int

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.count, *self.few.shape[1:])

    def gather(self, index: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        return self.few.gather(index % len(self.few.pixels), out)


def make_tiles(count: int = 160, size: int = 32, seed: int = 0) -> tuple[ArrayTiles, np.ndarray]:
    """Return pink tiles of noise and labels; positive ones have dark purple dots."""
    rng = np.random.default_rng(seed)
    pixels = rng.normal((225, 170, 205), 12, (count, size, size, 3))
    labels = (np.arange(count) % 3 == 0).astype(np.int8)
    for tile in np.flatnonzero(labels):
        rows, columns = rng.integers(2, size - 2, (2, 25))
        for row, column in zip(rows, columns, strict=True):
            pixels[tile, row - 1 : row + 2, column - 1 : column + 2] = (90, 50, 130)
    return ArrayTiles(pixels.clip(0, 255).astype(np.uint8)), labels


def finish(body: Generator[Any, None, Any]) -> tuple[Any, list[Any]]:
    """Run a job body to its end; return its result and what it said."""
    updates = []
    while True:
        try:
            updates.append(next(body))
        except StopIteration as stop:
            return stop.value, updates


def cancel(body: Generator[Any, None, Any]) -> tuple[Any, list[Any]]:
    """Throw the cancelling into a job body, as the compute process does, and run it to its end."""
    try:
        update = body.throw(JobCancelled())
    except StopIteration as stop:
        return stop.value, []
    result, updates = finish(body)
    return result, [update, *updates]


def make_request(*, recipe: Recipe, folder: Path, **changes: Any) -> TrainRequest:
    """Return a request to train on 120 small tiles and validate on 40."""
    tiles, labels = make_tiles()
    given = {
        "tiles": tiles,
        "labels": labels,
        "train": np.arange(0, 120),
        "validation": np.arange(120, 160),
        "seed": 1,
    }
    return TrainRequest(recipe=recipe, folder=folder, **{**given, **changes})


def history_of(folder: Path) -> list[dict[str, str]]:
    """Return the rows of history.csv without what depends on the clock."""
    with (folder / "history.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [{k: v for k, v in row.items() if k not in CLOCK} for row in rows]
