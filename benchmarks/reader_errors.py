"""Wrong labels: how soon the reader finds them, and what training on the corrected ones regains.

Training labels are turned round at random. Nobody but the reader sees the truth: networks learn
from the labels as they stand, embeddings from no label at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.kept import kept_array, kept_figures
from benchmarks.reader_nets import Net, out_of_fold, scored, trained
from benchmarks.reader_tiles import Tiles
from benchmarks.rows import say
from benchmarks.simulated_reader import SLIPS, Ranking, SimulatedReader, flipped, in_order, review
from histoviewer.domain.arrays import Bool, Float32, Int8, Int64
from histoviewer.ml.label_errors import find_label_errors
from histoviewer.ml.out_of_sample import out_of_sample
from histoviewer.services.quick import VERDICT_WEIGHT

_FURTHEST: Final = 4  # looks, as a multiple of the number of errors
_BATCHES: Final = 8  # answers until the order is made anew: an eighth of the number of errors


@dataclass(frozen=True, kw_only=True)
class Errors:
    """One set of wrong labels.

    Args:
        rate: Share of the training labels that are wrong.
        seed: Which.
        recipe: What networks are trained by.
        folds: Networks for probabilities out of sample.
        fold_epochs: Of each of them.
        epochs: Of the networks that learn from all labels; None for the recipe's own.
    """

    rate: float
    seed: int
    recipe: str
    folds: int
    fold_epochs: int
    epochs: int | None = None

    @property
    def name(self) -> str:
        """Return what files are called by."""
        return f"flips{self.rate * 100:g}-{self.seed}"

    def labels(self, tiles: Tiles) -> Int8:
        """Return (n,) int8 labels of the training tiles, some of them wrong."""
        return flipped(tiles.truth[: tiles.trained], rate=self.rate, seed=self.seed)


def find_errors(errors: Errors, tiles: Tiles, features: Float32, build: Path) -> dict[str, Any]:
    """Return what each way of looking finds, computed once.

    Args:
        errors: Which labels are wrong.
        tiles: All tiles.
        features: (N, D) float32 embeddings that know of no label.
        build: Where things are kept.
    """

    def make() -> dict[str, Any]:
        labels = errors.labels(tiles)
        wrong = round(errors.rate * len(labels))
        return {
            "rate": errors.rate,
            "seed": errors.seed,
            "errors": wrong,
            "tiles": len(labels),
            "auc": _agreement(errors, tiles, features, build),
            "curves": list(_curves(errors, tiles, features, build)),
        }

    return kept_figures(build / "errors" / f"{errors.name}.json", make)


def _curves(
    errors: Errors, tiles: Tiles, features: Float32, build: Path
) -> Iterator[dict[str, Any]]:
    """Yield what is found along each way, without and with slips."""
    labels = errors.labels(tiles)
    wrong = round(errors.rate * len(labels))
    for way, ranking in _ways(errors, tiles, features, build).items():
        for slips in SLIPS:
            reader = SimulatedReader(
                truth=tiles.truth[: len(labels)], slips=slips, seed=errors.seed
            )
            found = review(
                reader, labels, ranking, looks=_FURTHEST * wrong, batch=max(1, wrong // _BATCHES)
            )
            say(f"  {way}, slips {slips:.0%}: {found.found[2 * wrong] / wrong:.1%} at 2x")
            yield {
                "way": way,
                "slips": slips,
                "found": found.found.tolist(),
                "spoilt": found.spoilt,
            }


def _ways(errors: Errors, tiles: Tiles, features: Float32, build: Path) -> dict[str, Ranking]:
    """Return the ways of looking by name."""
    labels = errors.labels(tiles)
    known = features[: len(labels)]
    chance = np.random.default_rng(errors.seed).permutation(len(labels))
    full = _full(errors, tiles, build)
    with_full = np.column_stack([known, _logit(full)])
    return {
        "random": in_order(chance),
        "loss": in_order(_suspicious(labels, _learned(errors, tiles, build))),
        "champion": relearning(_champions_features(errors, tiles, build)),
        "heads": relearning(known),
        "full": in_order(_suspicious(labels, full)),
        "full-heads": relearning(with_full),
    }


def relearning(features: Float32) -> Ranking:
    """Return the product's ranking by heads on embeddings, which learn from each answer.

    Args:
        features: (n, D) float32.
    """

    def rank(labels: Int8, read: Bool) -> Int64:
        return _suspicious(labels, _by_heads(features, labels, read))

    return rank


def _by_heads(features: Float32, labels: Int8, read: Bool) -> Float32:
    weights = np.where(read, np.float32(VERDICT_WEIGHT), np.float32(1))
    apart = np.arange(len(labels))
    return next(out_of_sample(features, labels, apart, weights=weights))


def _suspicious(labels: Int8, probability: Float32) -> Int64:
    """Return tiles, those first whose label the probability is most against."""
    return np.argsort(find_label_errors(labels, probability).quality, kind="stable")


def _logit(probability: Float32) -> Float32:
    clipped = np.clip(probability.astype(np.float64), 1e-4, 1 - 1e-4)
    return np.asarray(np.log(clipped / (1 - clipped)), np.float32)


def _whole(labels: Int8, tiles: Tiles) -> Int8:
    """Return labels of all tiles: those of validation tiles are the real ones."""
    return np.concatenate([labels, tiles.truth[tiles.trained :]])


def _net(errors: Errors, tiles: Tiles, labels: Int8, *, title: str) -> Net:
    """Return the run that learns all training tiles."""
    return Net(
        title=title,
        recipe=errors.recipe,
        labels=_whole(labels, tiles),
        train=tiles.training,
        validation=tiles.validation,
        seed=errors.seed,
        epochs=errors.epochs,
    )


def flipped_net(errors: Errors, tiles: Tiles) -> Net:
    """Return the network that learns the labels as they stand, wrong ones included."""
    return _net(errors, tiles, errors.labels(tiles), title=f"{errors.name}-flipped")


def clean_net(errors: Errors, tiles: Tiles) -> Net:
    """Return the network that learns the real labels; the same for each rate of wrong ones."""
    labels = tiles.truth[: tiles.trained]
    return _net(errors, tiles, labels, title=f"clean-{errors.seed}")


def _learned(errors: Errors, tiles: Tiles, build: Path) -> Float32:
    """Return what a network says of the labels that it learned, wrong ones included."""
    net = flipped_net(errors, tiles)
    return scored(net, tiles, build, tiles.training, what="learned")


def _champions_features(errors: Errors, tiles: Tiles, build: Path) -> Float32:
    """Return (n, D) float32 of the penultimate layer of that network."""
    net = flipped_net(errors, tiles)

    def make() -> Float32:
        from histoviewer.ml.embedding import embedding_model
        from histoviewer.ml.predicting import iterate_outputs, load_model

        model = embedding_model(load_model(trained(net, tiles, build)[0]))
        return np.concatenate(list(iterate_outputs(model, tiles.source, tiles.training)))

    return kept_array(build / "nets" / f"{net.name}-features.npy", make)


def _full(errors: Errors, tiles: Tiles, build: Path) -> Float32:
    """Return what full runs say of the tiles of the fold that they did not learn."""
    return out_of_fold(
        tiles,
        _whole(errors.labels(tiles), tiles),
        build,
        title=errors.name,
        recipe=errors.recipe,
        folds=errors.folds,
        epochs=errors.fold_epochs,
    )


def _agreement(errors: Errors, tiles: Tiles, features: Float32, build: Path) -> dict[str, float]:
    """Return the AUC, by the real labels, of what each way knows before the first answer."""
    from sklearn.metrics import roc_auc_score

    labels, truth = errors.labels(tiles), tiles.truth[: tiles.trained]
    unread = np.zeros(len(labels), bool)
    said = {
        "loss": _learned(errors, tiles, build),
        "champion": _by_heads(_champions_features(errors, tiles, build), labels, unread),
        "heads": _by_heads(features[: len(labels)], labels, unread),
        "full": _full(errors, tiles, build),
    }
    return {way: float(roc_auc_score(truth, scores)) for way, scores in said.items()}


def regain(errors: Errors, tiles: Tiles, features: Float32, build: Path) -> dict[str, Any]:
    """Return the validation AUC after learning wrong, corrected and real labels.

    Args:
        errors: Which labels are wrong.
        tiles: All tiles.
        features: (N, D) float32 embeddings that know of no label.
        build: Where things are kept.
    """

    def make() -> dict[str, Any]:
        nets = {"flipped": flipped_net(errors, tiles), "clean": clean_net(errors, tiles)}
        for slips in SLIPS:
            corrected = _corrected(errors, tiles, features, build, slips)
            title = f"{errors.name}-corrected-{slips:.0%}"
            nets[f"corrected-{slips:.0%}"] = _net(errors, tiles, corrected, title=title)
        aucs = {title: trained(net, tiles, build)[1]["val_auc"] for title, net in nets.items()}
        wrong = {title: int((net.labels != tiles.truth).sum()) for title, net in nets.items()}
        return {"rate": errors.rate, "seed": errors.seed, "auc": aucs, "wrong": wrong}

    return kept_figures(build / "regained" / f"{errors.name}.json", make)


def _corrected(errors: Errors, tiles: Tiles, features: Float32, build: Path, slips: float) -> Int8:
    """Return the labels after the reader looked at twice as many tiles as there are errors."""
    labels = errors.labels(tiles)
    wrong = round(errors.rate * len(labels))
    reader = SimulatedReader(truth=tiles.truth[: len(labels)], slips=slips, seed=errors.seed)
    ranking = _ways(errors, tiles, features, build)["full-heads"]
    batch = max(1, wrong // _BATCHES)
    return review(reader, labels, ranking, looks=2 * wrong, batch=batch).labels
