"""Our two recipes on folds of the training tiles: `python -m benchmarks.folds --data DIR`.

The 1,000 validation tiles tell two good recipes apart only where they differ by much. Here each is
trained at its own length on three quarters of the other 4,000 and judged on the last, fold by fold,
see `cross_validation`: tiles of like staining stay together, which is harder than new slides are.
Neither adapts, since there is nothing that stands for unlabelled tiles. What was run is kept in
docs/results, a fold and recipe each, and is part of the page of results.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.kept import kept_figures
from benchmarks.recipe_runs import commit, digest_of
from histoviewer.domain.arrays import Float64, Int8, Int64, UInt8
from histoviewer.domain.recipe import load_recipe
from histoviewer.files import whole_file

RECIPES: Final = ("histo-fast", "histo-best")
FOLDS: Final = 4
_RESAMPLES: Final = 2000

Figures = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class _Tiles:
    """Tiles, their labels, and the indexes of both sides of a fold."""

    pixels: UInt8
    labels: Int8
    train: Int64
    held_out: Int64


def main() -> int:
    from benchmarks.cross_validation import read_tiles, stain_folds

    options = _read_options()
    pixels, labels = read_tiles(options.data)
    parted = stain_folds(pixels)
    for fold in options.folds:
        train, held_out = parted[fold]
        tiles = _Tiles(pixels=pixels, labels=labels, train=train, held_out=held_out)
        for name in RECIPES:
            _judge(name, fold, tiles, options.runs)
    return 0


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.folds")
    parser.add_argument("--data", type=Path, required=True, help="Kaggle's tiles")
    parser.add_argument("--runs", type=Path, default=Path("docs/results"))
    parser.add_argument("--folds", type=int, nargs="+", default=range(FOLDS), choices=range(FOLDS))
    return parser.parse_args()


def _judge(name: str, fold: int, tiles: _Tiles, runs: Path) -> None:
    """Train and judge, unless that was done before with the same recipe."""
    path = _path(runs, name, fold)
    digest = digest_of(load_recipe(name))

    def run() -> Figures:
        scores, facts = _trained(name, tiles)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path.with_suffix(".npz")) as stream:
            np.savez(stream, labels=tiles.labels[tiles.held_out], scores=scores)
        return {"recipe": name, "fold": fold, "digest": digest, "commit": commit(), **facts}

    kept_figures(path, run, is_current=lambda figures: figures["digest"] == digest)


def _path(runs: Path, name: str, fold: int) -> Path:
    return runs / f"fold-{name}-{fold}.json"


def _trained(name: str, tiles: _Tiles) -> tuple[Any, Figures]:
    """Return the scores of the held-out tiles and what the run took."""
    from benchmarks.cross_validation import Pixels
    from histoviewer.ml.predicting import load_model, score_tiles
    from histoviewer.ml.requests import MODEL_FILE, TrainRequest
    from histoviewer.ml.training import run_training

    recipe = load_recipe(name)
    training = replace(recipe.training, statistics="training")
    with tempfile.TemporaryDirectory() as place:
        request = TrainRequest(
            tiles=Pixels(tiles.pixels),
            labels=tiles.labels,
            train=tiles.train,
            validation=tiles.held_out,
            recipe=replace(recipe, training=training),
            folder=Path(place) / "run",
        )
        used = time.process_time()
        metrics = run_training(request, lambda _update: None, lambda: False).metrics
        used = time.process_time() - used
        scores = score_tiles(load_model(request.folder / MODEL_FILE), request.tiles, tiles.held_out)
    return scores, {
        "auc": metrics["val_auc"],
        "log_loss": metrics["val_loss"],
        "best_epoch": metrics["best_epoch"],
        "seconds": metrics["seconds"],
        "processor_seconds": used,
    }


def folds_section(runs: Path) -> Iterator[str]:
    """Yield the section of the page of results, where a fold was run with both recipes.

    Args:
        runs: Folder of what is kept.
    """
    done = [
        fold for fold in range(FOLDS) if all(_path(runs, name, fold).exists() for name in RECIPES)
    ]
    if not done:
        return
    first, second = RECIPES
    yield "\n## Both on folds of the 4,000\n"
    yield (
        "Each at its own length on three quarters of the training tiles, judged on the last; tiles "
        "of like staining stay together. Neither adapts here. Made by `python -m benchmarks.folds "
        "--data DIR/pcam`.\n"
    )
    yield f"| fold | `{first}` | `{second}` | log loss | processor time, minutes |"
    yield "|---|---|---|---|---|"
    for fold in done:
        one, other = (_read(_path(runs, name, fold)) for name in RECIPES)
        yield (
            f"| {fold} | {one['auc']:.4f} | {other['auc']:.4f} | {one['log_loss']:.3f}, "
            f"{other['log_loss']:.3f} | {one['processor_seconds'] / 60:.0f}, "
            f"{other['processor_seconds'] / 60:.0f} |"
        )
    mean, low, high = _difference(runs, done)
    yield (
        f"\n`{second}` less `{first}`, the mean over {len(done)} folds: {mean:+.4f}, "
        f"{low:+.4f} to {high:+.4f} (95 %, {_RESAMPLES:,} resamples of the tiles of each fold)."
    )


def _read(path: Path) -> Figures:
    found: Figures = json.loads(path.read_text(encoding="utf-8"))
    return found


def _difference(runs: Path, folds: Sequence[int]) -> tuple[float, float, float]:
    """Return by how much the second recipe is better: mean, and ends of the 95 % interval."""
    each = [
        tuple(np.load(_path(runs, name, fold).with_suffix(".npz")) for name in RECIPES)
        for fold in folds
    ]
    pairs = [(one["labels"], one["scores"], other["scores"]) for one, other in each]
    return mean_difference(pairs, resamples=_RESAMPLES)


def mean_difference(
    pairs: Sequence[tuple[Int8, Any, Any]], *, resamples: int, seed: int = 0
) -> tuple[float, float, float]:
    """Return the mean over folds of what the second AUC is above the first, and its interval.

    Tiles are resampled within their fold, since scores of two networks cannot be compared.

    Args:
        pairs: Labels (n,), first scores (n,) and second scores (n,) of each fold.
        resamples: How many.
        seed: The same seed gives the same interval.

    Returns:
        The difference, and the ends of its 95 % interval.
    """
    random = np.random.default_rng(seed)
    found = np.mean([_gains(*pair, None) for pair in pairs])
    drawn: Float64 = np.array(
        [
            np.mean(
                [_gains(*pair, random.integers(0, len(pair[0]), len(pair[0]))) for pair in pairs]
            )
            for _ in range(resamples)
        ]
    )
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(found), float(low), float(high)


def _gains(labels: Int8, first: Any, second: Any, rows: Int64 | None) -> float:  # noqa: ANN401
    from sklearn.metrics import roc_auc_score

    chosen = slice(None) if rows is None else rows
    truth = labels[chosen]
    return float(roc_auc_score(truth, second[chosen]) - roc_auc_score(truth, first[chosen]))


if __name__ == "__main__":
    sys.exit(main())
