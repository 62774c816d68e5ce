"""Judge a recipe on training tiles alone: `python -m benchmarks.cross_validation RECIPE ...`.

RECIPE is a name or a file; `--data DIR` holds Kaggle's layout with `validation_ids.csv`, whose
tiles are not touched. The others are parted into folds by how they are stained: 24 clusters of the
colour of their white, of their darkest and of their middle pixels stand in for slides, which are
not known. That is harder than new slides are, and shows what a network makes of stains it never
saw. Half of a fold's held-out tiles stand for those without labels, which a recipe may adapt to,
and the other half is judged. One line of JSON a fold.
"""

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.rows import say
from benchmarks.stepping import Network
from histoviewer.domain.arrays import Float32, Float64, Int8, Int64, UInt8
from histoviewer.domain.recipe import Recipe, load_recipe
from histoviewer.jobs.messages import CurvePoint
from histoviewer.ml.predicting import load_model, score_tiles, with_symmetries
from histoviewer.ml.requests import MODEL_FILE, TrainRequest, TrainResult
from histoviewer.ml.streaming import Emit
from histoviewer.ml.training import run_training

_CLUSTERS: Final = 24
_FOLDS: Final = 4
_DARK: Final = 900  # pixels of a tile of 96 x 96
_BATCH: Final = 64


@dataclass(frozen=True)
class Pixels:
    """A tile source on an array (n, H, W, 3) uint8."""

    pixels: UInt8

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return (N, H, W, C)."""
        count, height, width, channels = self.pixels.shape
        return count, height, width, channels

    def gather(self, index: Int64, out: UInt8 | None = None) -> UInt8:
        """Return the tiles at `index`."""
        return np.take(self.pixels, index, axis=0, out=out)


@dataclass(frozen=True, kw_only=True, eq=False)
class Fold:
    """Tiles, and which of them a network is trained on and judged by.

    Args:
        tiles: All.
        labels: (n,) int8, 0 or 1.
        train: Indexes.
        held_out: Indexes; these are judged.
        unlabelled: Indexes of those that stand for tiles without labels.
    """

    tiles: Pixels
    labels: Int8
    train: Int64
    held_out: Int64
    unlabelled: Int64 = field(default_factory=lambda: np.zeros(0, np.int64))

    def scores(self, model: Network) -> Float32:
        """Return what a network makes of the held-out tiles, float32."""
        return score_tiles(model, self.tiles, self.held_out, batch=_BATCH)


def main() -> int:
    options = _read_options()
    for number, fold in enumerate(read_folds(options.data)):
        if number in options.folds:
            found = _judge(options, fold)
            say(json.dumps({"recipe": options.recipe, "fold": number, **found}))
    return 0


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, prog="python -m benchmarks.cross_validation"
    )
    parser.add_argument("recipe")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--epochs", type=int, help="in place of the recipe's own")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folds", type=int, nargs="+", default=list(range(_FOLDS)))
    return parser.parse_args()


def read_tiles(folder: Path, *, validation: bool = False) -> tuple[UInt8, Int8]:
    """Return (n, H, W, 3) uint8 RGB training tiles, or those for validation, and their labels."""
    import cv2

    listed = (folder / "validation_ids.csv").read_text(encoding="utf-8").split()
    kept = set(listed)
    with (folder / "train_labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["id"] in kept) is validation]
    images = [cv2.imread(str(folder / "train" / f"{row['id']}.tif")) for row in rows]
    read = [(image, row) for image, row in zip(images, rows, strict=True) if image is not None]
    pixels = np.stack([image[..., ::-1] for image, _ in read]).astype(np.uint8, copy=False)
    return pixels, np.array([int(row["label"]) for _, row in read], np.int8)


def stain_folds(pixels: UInt8) -> list[tuple[Int64, Int64]]:
    """Return (train, rest) of each fold; tiles of like staining stay together.

    Args:
        pixels: (n, H, W, 3) uint8 RGB.
    """
    from sklearn.cluster import KMeans
    from sklearn.model_selection import GroupKFold

    colours = _staining(pixels)
    standard = (colours - colours.mean(axis=0)) / colours.std(axis=0)
    clusters = KMeans(_CLUSTERS, random_state=0, n_init=3).fit_predict(standard)
    return list(GroupKFold(_FOLDS).split(standard, groups=clusters))


def _staining(pixels: UInt8) -> Float64:
    """Return (n, 9): white, and the direction of dark and of middle pixels in optical density."""
    flat = pixels.reshape(len(pixels), -1, 3).astype(np.float32)
    white = np.percentile(flat, 99, axis=1)
    directions = [_directions(tile) for tile in -np.log((flat + 1) / 256)]
    return np.concatenate([white, np.array(directions)], axis=1)


def _directions(density: NDArray[np.float32]) -> Float64:
    order = np.argsort(density.sum(axis=1))
    middle, half = len(order) // 2, _DARK // 2
    means = (
        density[part].mean(axis=0)
        for part in (order[-_DARK:], order[middle - half : middle + half])
    )
    return np.concatenate([mean / (1e-3 + np.linalg.norm(mean)) for mean in means])


def _halves(index: Int64) -> tuple[Int64, Int64]:
    mixed = np.random.default_rng(0).permutation(index)
    middle = len(mixed) // 2
    return mixed[:middle], np.sort(mixed[middle:])


def read_folds(folder: Path) -> list[Fold]:
    """Return the folds of the training tiles of Kaggle's layout, none for unlabelled tiles."""
    pixels, labels = read_tiles(folder)
    return [
        Fold(tiles=Pixels(pixels), labels=labels, train=train, held_out=held_out)
        for train, held_out in stain_folds(pixels)
    ]


@contextmanager
def trained_on(
    fold: Fold,
    recipe: Recipe,
    *,
    seed: int = 0,
    epochs: int | None = None,
    emit: Emit = lambda _: None,
) -> Iterator[tuple[TrainResult, Network]]:
    """Train on a fold; its files are gone afterwards.

    Args:
        fold: What to train on.
        recipe: How.
        seed: Of the run.
        epochs: In place of the recipe's own.
        emit: Takes progress.
    """
    with tempfile.TemporaryDirectory() as place:
        request = TrainRequest(
            tiles=fold.tiles,
            labels=fold.labels,
            train=fold.train,
            validation=fold.held_out,
            unlabelled=fold.unlabelled,
            recipe=recipe,
            folder=Path(place) / "run",
            seed=seed,
            epochs=epochs,
        )
        result = run_training(request, emit, lambda: False)
        yield result, load_model(request.folder / MODEL_FILE)


def _judge(options: argparse.Namespace, fold: Fold) -> dict[str, Any]:
    """Train on one side of a fold; return the figures of the other."""
    from sklearn.metrics import roc_auc_score

    unlabelled, judged = _halves(fold.held_out)
    fold = replace(fold, held_out=judged, unlabelled=unlabelled)
    curve: list[float] = []

    def note(update: object) -> None:
        if isinstance(update, CurvePoint):
            curve.append(round(update.values["val_auc"], 4))

    recipe, asked = load_recipe(options.recipe), {"seed": options.seed, "epochs": options.epochs}
    with trained_on(fold, recipe, emit=note, **asked) as (result, model):
        scores = fold.scores(with_symmetries(model))
    return {
        "seed": options.seed,
        "val_auc": round(result.metrics["val_auc"], 4),
        "best_epoch": int(result.metrics["best_epoch"]),
        "last": curve[-1],
        "eight_views": round(float(roc_auc_score(fold.labels[judged], scores)), 4),
        "curve": curve,
    }


if __name__ == "__main__":
    sys.exit(main())
