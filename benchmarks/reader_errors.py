"""Wrong labels: how soon the reader finds them, by what decides over the order.

Training labels are turned round at random. Nobody but the reader sees the truth: networks learn
from the labels as they stand, embeddings from no label at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.kept import kept_figures
from benchmarks.reader_nets import Training, inner_features, out_of_fold, scored
from benchmarks.reader_tiles import Tiles
from benchmarks.rows import say
from benchmarks.simulated_reader import (
    SLIPS,
    Ranking,
    Reviewed,
    SimulatedReader,
    flipped,
    in_order,
    review,
)
from histoviewer.domain.arrays import Bool, Float32, Int8, Int64
from histoviewer.ml.label_errors import find_label_errors
from histoviewer.ml.out_of_sample import out_of_sample, sigmoid
from histoviewer.services.quick import VERDICT_WEIGHT

OURS: Final = "both"
"""The way of looking by which labels are corrected."""

FURTHEST: Final = 4
"""How many tiles are looked at, as a multiple of the number of errors."""

_BATCHES: Final = 4  # answers until the order is made anew: a quarter of the number of errors


@dataclass(frozen=True, kw_only=True)
class Errors:
    """One set of wrong labels.

    Args:
        rate: Share of the training labels that are wrong.
        seed: Which.
        training: How networks are trained; None to do without them.
    """

    rate: float
    seed: int
    training: Training | None

    @property
    def name(self) -> str:
        """Return what files are called by."""
        return f"flips{self.rate * 100:g}-{self.seed}"

    def labels(self, tiles: Tiles) -> Int8:
        """Return (N,) int8 labels; some of those of training tiles are wrong."""
        truth = tiles.truth
        wrong = flipped(truth[: tiles.trained], rate=self.rate, seed=self.seed)
        return np.concatenate([wrong, truth[tiles.trained :]])

    def count(self, tiles: Tiles) -> int:
        """Return how many labels are wrong."""
        return round(self.rate * tiles.trained)


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way of looking.

    Args:
        name: In files.
        ranking: The order.
        knows: (n,) what the order is made from before the first answer; None for nothing.
    """

    name: str
    ranking: Ranking
    knows: Float32 | None = None


def find_errors(errors: Errors, tiles: Tiles, features: Float32, build: Path) -> dict[str, Any]:
    """Return what each way of looking finds, computed once.

    Args:
        errors: Which labels are wrong.
        tiles: All tiles.
        features: (N, D) float32 embeddings that know of no label.
        build: Where things are kept.
    """

    def make() -> dict[str, Any]:
        return {
            "rate": errors.rate,
            "seed": errors.seed,
            "errors": errors.count(tiles),
            "tiles": tiles.trained,
            "ways": [_figures(way, errors, tiles) for way in ways(errors, tiles, features, build)],
        }

    kind = "networks" if errors.training else "heads"
    return kept_figures(build / "errors" / f"{errors.name}-{kind}.json", make)


def _figures(way: Way, errors: Errors, tiles: Tiles) -> dict[str, Any]:
    """Return what a way knows, and what is found along it without and with slips."""
    wrong, found = errors.count(tiles), {}
    for slips in SLIPS:
        reviewed = look(way, errors, tiles, slips=slips, looks=FURTHEST * wrong)
        say(f"  {way.name}, slips {slips:.0%}: {reviewed.found[2 * wrong] / wrong:.1%} at 2x")
        found[f"{slips:g}"] = {"found": reviewed.found.tolist(), "spoilt": reviewed.spoilt}
    return {"way": way.name, "auc": _auc(way, tiles), "by_slips": found}


def look(way: Way, errors: Errors, tiles: Tiles, *, slips: float, looks: int) -> Reviewed:
    """Let a reader look at training tiles along a way.

    Args:
        way: The order.
        errors: Which labels are wrong.
        tiles: All tiles.
        slips: Share of the answers that are wrong.
        looks: How many tiles are looked at.
    """
    truth = tiles.truth[: tiles.trained]
    reader = SimulatedReader(truth=truth, slips=slips, seed=errors.seed)
    labels = errors.labels(tiles)[: tiles.trained]
    batch = max(1, errors.count(tiles) // _BATCHES)
    return review(reader, labels, way.ranking, looks=looks, batch=batch)


def _auc(way: Way, tiles: Tiles) -> float | None:
    from sklearn.metrics import roc_auc_score

    if way.knows is None:
        return None
    return float(roc_auc_score(tiles.truth[: tiles.trained], way.knows))


def ways(errors: Errors, tiles: Tiles, features: Float32, build: Path) -> Iterator[Way]:
    """Yield the ways of looking.

    Args:
        errors: Which labels are wrong.
        tiles: All tiles.
        features: (N, D) float32 embeddings that know of no label.
        build: Where networks are kept.
    """
    labels = errors.labels(tiles)[: tiles.trained]
    known = features[: tiles.trained]
    chance = np.random.default_rng(errors.seed).permutation(len(labels))
    yield Way(name="random", ranking=in_order(chance))
    yield _by_heads("heads", known, labels)
    if errors.training is None:
        return
    wrong = errors.labels(tiles)
    net = errors.training.net(wrong, tiles, title=f"{errors.name}-flipped")
    learned = scored(net, tiles, build, tiles.training, what="learned")
    yield Way(name="loss", ranking=in_order(suspicious(labels, learned)), knows=learned)
    inner = inner_features(net, tiles, build)
    yield _by_heads("champion", inner, labels)
    full = out_of_fold(errors.training, wrong, tiles, build, title=errors.name)
    yield Way(name="full", ranking=in_order(suspicious(labels, full)), knows=full)
    yield _by_heads(OURS, inner, labels, beside=full)


def _by_heads(name: str, features: Float32, labels: Int8, *, beside: Float32 | None = None) -> Way:
    unread = np.zeros(len(labels), bool)
    return Way(
        name=name,
        ranking=relearning(features, beside=beside),
        knows=_judged(features, labels, unread, beside),
    )


def relearning(features: Float32, *, beside: Float32 | None = None) -> Ranking:
    """Return the product's ranking by heads on embeddings, which learn from each answer.

    Args:
        features: (n, D) float32.
        beside: (n,) float32 probabilities of networks, of which and of the heads' the mean of the
            log-odds counts; None for the heads alone.
    """

    def rank(labels: Int8, read: Bool) -> Int64:
        return suspicious(labels, _judged(features, labels, read, beside))

    return rank


def _judged(features: Float32, labels: Int8, read: Bool, beside: Float32 | None) -> Float32:
    weights = np.where(read, np.float32(VERDICT_WEIGHT), np.float32(1))
    found = next(out_of_sample(features, labels, np.arange(len(labels)), weights=weights))
    if beside is None:
        return found
    return sigmoid(np.mean([_log_odds(found), _log_odds(beside)], axis=0, dtype=np.float32))


def suspicious(labels: Int8, probability: Float32) -> Int64:
    """Return tiles, those first whose label the probability is most against."""
    return np.argsort(find_label_errors(labels, probability).quality, kind="stable")


def _log_odds(probability: Float32) -> Float32:
    clipped = np.clip(probability.astype(np.float64), 1e-6, 1 - 1e-6)
    return np.asarray(np.log(clipped / (1 - clipped)), np.float32)
