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
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks.kept import kept_figures
from benchmarks.recipe_runs import commit, digest_of
from histoviewer.domain.arrays import Float32, Float64, Int8
from histoviewer.domain.recipe import load_recipe
from histoviewer.files import whole_file
from histoviewer.ml.resampling import Ranked, Units

if TYPE_CHECKING:
    from benchmarks.cross_validation import Fold  # imports TensorFlow

RECIPES: Final = ("histo-fast", "histo-best")
FOLDS: Final = 4
_RESAMPLES: Final = 2000

Figures = dict[str, Any]


def main() -> int:
    from benchmarks.cross_validation import read_folds

    options = _read_options()
    folds = read_folds(options.data)
    for number in options.folds:
        for name in RECIPES:
            _judge(name, number, folds[number], options.runs)
    return 0


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.folds")
    parser.add_argument("--data", type=Path, required=True, help="Kaggle's tiles")
    parser.add_argument("--runs", type=Path, default=Path("docs/results"))
    parser.add_argument("--folds", type=int, nargs="+", default=range(FOLDS), choices=range(FOLDS))
    return parser.parse_args()


def _judge(name: str, number: int, fold: "Fold", runs: Path) -> None:
    """Train and judge, unless that was done before with the same recipe."""
    path = _path(runs, name, number)
    digest = digest_of(load_recipe(name))

    def run() -> Figures:
        scores, facts = _trained(name, fold)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path.with_suffix(".npz")) as stream:
            np.savez(stream, labels=fold.labels[fold.held_out], scores=scores)
        return {"recipe": name, "fold": number, "digest": digest, "commit": commit(), **facts}

    kept_figures(path, run, is_current=lambda figures: figures["digest"] == digest)


def _path(runs: Path, name: str, fold: int) -> Path:
    return runs / f"fold-{name}-{fold}.json"


def _trained(name: str, fold: "Fold") -> tuple[Float32, Figures]:
    """Return the scores of the held-out tiles and what the run took."""
    from benchmarks.cross_validation import trained_on

    recipe = load_recipe(name)
    training = replace(recipe.training, statistics="training")
    used = time.process_time()
    with trained_on(fold, replace(recipe, training=training)) as (result, model):
        used = time.process_time() - used
        metrics, scores = result.metrics, fold.scores(model)
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
    pairs: Sequence[tuple[Int8, Float32, Float32]], *, resamples: int
) -> tuple[float, float, float]:
    """Return the mean over folds of what the second AUC is above the first, and its interval.

    Tiles are resampled within their fold, since scores of two networks cannot be compared.

    Args:
        pairs: Labels (n,), first scores (n,) and second scores (n,) of each fold.
        resamples: How many.

    Returns:
        The difference, and the ends of its 95 % interval.
    """
    found = np.mean([_gains(pair, [np.ones((1, len(pair[0])))]) for pair in pairs])
    drawn = np.mean(
        [
            _gains(pair, Units.of(np.full(len(pair[0]), -1)).weights(seed=n, resamples=resamples))
            for n, pair in enumerate(pairs)
        ],
        axis=0,
    )
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(found), float(low), float(high)


def _gains(pair: tuple[Int8, Float32, Float32], weights: Iterable[Float64]) -> Float64:
    """Return what the second AUC is above the first for each resample, (r,) float64."""
    labels, *scores = pair
    first, second = (Ranked(labels, each) for each in scores)
    return np.concatenate([second.auc(some) - first.auc(some) for some in weights])


if __name__ == "__main__":
    sys.exit(main())
