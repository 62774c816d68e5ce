"""Training tiles/s and memory against plain `model.fit` on float32 arrays in memory, same net.

The plain way is the tutorials': all tiles as one float32 array, handed to `fit`. Ours is the job of
the product, from a mapped uint8 file to the run's folder; augmentation and averaging are off, since
plain `fit` does neither. Each way runs in a process of its own; paces are those of the last of two
epochs, the median of some rounds that take turns: plain `fit` has two paces, one twice the other,
and keeps to one of them as long as its process lives. Memory is the peak above that of a process
that has imported Keras, every page of our mapped file counted as if it were our own.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import get_args

from benchmarks.networks import (
    BATCH,
    SIZE,
    MappedTiles,
    Precision,
    floats,
    noise_tiles,
    plain_recipe,
    quiet,
)
from benchmarks.rows import Row, say, table
from benchmarks.stepping import Network
from histoviewer.domain.arrays import Int8

PACE_TILES = 24 * BATCH
MEMORY_TILES = 20_000
ROUNDS = 5
MEMORY_STEPS = 20


def run(memory_tiles: int = MEMORY_TILES, rounds: int = ROUNDS) -> list[Row]:
    """Measure pace in float32 and bfloat16, and peak memory."""
    ways = ("plain", "float32", "mixed_bfloat16")
    paces: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            paces[way].append(measure("pace", way, PACE_TILES))
    for way, found in paces.items():
        say(f"{way}: {', '.join(f'{pace:.0f}' for pace in sorted(found))} tiles/s")
    pace = {way: median(found) for way, found in paces.items()}
    memory = {way: measure("memory", way, memory_tiles) for way in ways[:2]}
    plain = pace["plain"]
    return [
        _row("training, float32", pace["float32"], plain, "tiles/s", bound=1.0),
        _row("training, bfloat16", pace["mixed_bfloat16"], plain, "tiles/s", bound=1.0),
        _row(
            f"peak memory of training, {memory_tiles:,} tiles",
            memory["float32"],
            memory["plain"],
            "MB",
            bound=0.25,
            at_least=False,
        ),
    ]


def _row(
    name: str, ours: float, reference: float, unit: str, *, bound: float, at_least: bool = True
) -> Row:
    return Row(name=name, ours=ours, reference=reference, unit=unit, bound=bound, at_least=at_least)


def measure(what: str, way: str, tiles: int) -> float:
    """Return a figure measured in a child process."""
    command = [sys.executable, "-m", "benchmarks.training", what, way, str(tiles)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return float(json.loads(done.stdout.splitlines()[-1]))


def child(what: str, way: str, count: int) -> float:
    """Train, and return tiles/s of the second epoch or peak memory in MB above that of Keras."""
    quiet()
    from histoviewer.ml import work

    work.warm_up()
    before = resident_mb("VmRSS")
    ways: dict[str, Callable[..., float]] = {
        "plain": train_plainly,
        **{name: partial(train_our_way, precision=name) for name in get_args(Precision)},
    }
    train = ways[way]
    with noise_tiles(count) as (tiles, labels):
        if what == "pace":
            return train(tiles, labels, epochs=2)
        if way != "plain":
            tiles.mapped.max()  # touches every page
        train(tiles, labels, epochs=1, steps=MEMORY_STEPS)
        return resident_mb("VmHWM") - before


def train_plainly(
    tiles: MappedTiles, labels: Int8, *, epochs: int, steps: int | None = None
) -> float:
    """Return tiles/s of the last epoch."""
    import time

    import keras

    class Watch(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
        began = seconds = 0.0

        def on_epoch_begin(self, _epoch: int, _logs: object = None) -> None:
            self.began = time.perf_counter()

        def on_epoch_end(self, _epoch: int, _logs: object = None) -> None:
            self.seconds = time.perf_counter() - self.began

    model = plain_network()
    model.compile("adamw", "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC()])
    watch = Watch()
    model.fit(
        floats(tiles),
        labels,
        batch_size=BATCH,
        epochs=epochs,
        steps_per_epoch=steps,
        verbose=0,
        callbacks=[watch],
    )
    return float(tiles.count / watch.seconds)


def plain_network() -> Network:
    """Return the product's network for tiles that `floats` has rescaled beforehand."""
    import keras

    from histoviewer.ml.building import build

    built = build(plain_recipe("float32"), tile_size=SIZE, policy="float32")
    return keras.Model(built.layers[1].output, built.output)


def train_our_way(
    tiles: MappedTiles,
    labels: Int8,
    precision: Precision,
    *,
    epochs: int,
    steps: int | None = None,
) -> float:
    """Return tiles/s of the last epoch."""
    import csv

    import numpy as np

    from histoviewer.domain.recipe_tables import Sampling
    from histoviewer.ml import work
    from histoviewer.ml.requests import TrainRequest

    shown = Sampling(tiles_per_epoch=steps and steps * BATCH)
    with TemporaryDirectory() as folder:
        request = TrainRequest(
            tiles=tiles,
            labels=labels,
            train=np.arange(BATCH, tiles.count),
            validation=np.arange(BATCH),
            recipe=replace(plain_recipe(precision), sampling=shown),
            folder=Path(folder) / "run",
            epochs=epochs,
        )
        for _ in work.train(request, lambda: False):
            pass
        with (request.folder / "history.csv").open(encoding="utf-8", newline="") as file:
            return float(list(csv.DictReader(file))[-1]["tiles_per_second"])


def resident_mb(line: str) -> float:
    """Return 'VmRSS' (now) or 'VmHWM' (peak) of this process in MB."""
    for entry in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if entry.startswith(f"{line}:"):
            return int(entry.split()[1]) / 1024
    raise LookupError(line)


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(child(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
    else:
        print(table(run()))
