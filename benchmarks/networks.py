"""What the training and the scoring benchmark share: tiles on disk, the net, the plain way."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import numpy as np

from histoviewer.domain.arrays import Int8, Int64, UInt8
from histoviewer.domain.recipe import Recipe, load_recipe
from histoviewer.domain.recipe_tables import Augmentation, Averaging, Sampling

Precision = Literal["float32", "mixed_bfloat16"]

SIZE = 96
BATCH = 64


@dataclass(frozen=True)
class MappedTiles:
    """Tiles in a file that is mapped, not read: what training and scoring get in the product."""

    path: Path
    count: int

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return (N, H, W, C)."""
        return (self.count, SIZE, SIZE, 3)

    @cached_property
    def mapped(self) -> UInt8:
        """Return all tiles as they lie in the file."""
        return np.memmap(self.path, np.uint8, "r", shape=self.shape)

    def gather(self, index: Int64, out: UInt8 | None = None) -> UInt8:
        """Return some tiles, as the packed store does; other modes gather into a copy first."""
        return np.take(self.mapped, index, axis=0, out=out, mode="clip")


@contextmanager
def noise_tiles(count: int) -> Iterator[tuple[MappedTiles, Int8]]:
    """Yield tiles of noise in a temporary file, and labels."""
    rng = np.random.default_rng(0)
    some = rng.integers(0, 256, (min(count, 500), SIZE, SIZE, 3), np.uint8)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tiles.u8"
        with path.open("wb") as file:
            for start in range(0, count, len(some)):
                file.write(some[: count - start].tobytes())
        yield MappedTiles(path, count), (np.arange(count) % 2).astype(np.int8)


def plain_recipe(precision: Precision) -> Recipe:
    """Return `histo-fast`'s net without what a plain `fit` would not do either."""
    recipe = load_recipe("histo-fast")
    return replace(
        recipe,
        augmentation=Augmentation(),
        averaging=Averaging(),
        sampling=Sampling(),
        training=replace(
            recipe.training,
            batch=BATCH,
            precision=precision,
            label_smoothing=0.0,
            symmetry="none",
        ),
    )


def save_kept(name: str, path: Path) -> None:
    """Save the network of a recipe as a training keeps it, with weights drawn at random."""
    from histoviewer.ml.backend import dtype_policy
    from histoviewer.ml.building import build
    from histoviewer.ml.orientations import kept_views

    recipe = load_recipe(name)
    policy = dtype_policy(recipe.training.precision)
    build(recipe, tile_size=SIZE, policy=policy, views=kept_views(recipe)).save(path)


def floats(tiles: MappedTiles) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return all tiles in memory as the tutorials have them, float32 from 0 to 1."""
    return tiles.gather(np.arange(tiles.count)).astype(np.float32) / 255.0


def quiet() -> None:
    """Silence TensorFlow's start-up notices; before the first import of Keras."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
