"""Which tiles to look at, in which order, and how many wrong labels to expect among them.

A model's doubt is no error: of tiles that look positive to nine in ten, one in ten is rightly
negative. Confident learning estimates how often labels of each class are wrong (Northcutt, Jiang &
Chuang 2021); with these rates, Bayes' rule gives the chance that the label of one tile is wrong.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Float64, Int8, Int64
from histoviewer.domain.assessment import Interval
from histoviewer.domain.labels import POSITIVE

FEWEST_READ: Final = 50
"""Tiles that readers must have looked at before what they found corrects what is expected."""

_NORMAL: Final = 1.96
_EDGE: Final = 1e-6
_STEPS: Final = 60
_LARGEST_SHIFT: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseRates:
    """How often labels are wrong, by true class.

    Args:
        of_negatives: Share of the true negatives that are labelled positive, 0-1.
        of_positives: Share of the true positives that are labelled negative, 0-1.
    """

    of_negatives: float
    of_positives: float


@dataclass(frozen=True, kw_only=True, eq=False)
class ReviewPlan:
    """The tiles to look at.

    Args:
        tiles: (n,) int64 indexes, the likeliest to be wrong first.
        chances: (n,) float64 chance that each label is wrong, 0-1.
        candidates: How many tiles could have been chosen.
        expected_in_all: Wrong labels expected among the candidates.
        read: Tiles with a given label that readers have looked at.
        found: Wrong labels that they found.
        foreseen: How many of these were expected from scores alone.
    """

    tiles: Int64
    chances: Float64
    candidates: int
    expected_in_all: float
    read: int
    found: int
    foreseen: float

    def expected(self, count: int | None = None) -> Interval:
        """Return the wrong labels expected among the first tiles, with the 95 % range of chance.

        The range is that of independent tiles with these chances (a Poisson binomial); it knows
        nothing of how far off the chances themselves are.

        Args:
            count: How many tiles; None for all of the plan.
        """
        chances = self.chances[:count]
        value = float(chances.sum())
        reach = _NORMAL * math.sqrt(float((chances * (1 - chances)).sum()))
        return Interval(
            value=value, low=max(0.0, value - reach), high=min(float(len(chances)), value + reach)
        )

    @property
    def expected_at_random(self) -> float:
        """Return the wrong labels expected among as many candidates in random order."""
        return self.expected_in_all * len(self.tiles) / max(self.candidates, 1)


def error_chances(labels: Int8, probability: Float32, rates: NoiseRates) -> Float64:
    """Return (n,) float64: the chance that each label is wrong.

    Args:
        labels: (n,) int8, 0 or 1.
        probability: (n,) float32 chance that the label is positive, from a model that never saw
            this tile's.
        rates: Of wrong labels.
    """
    wrong_negative, wrong_positive = rates.of_positives, rates.of_negatives
    spread = max(1 - wrong_negative - wrong_positive, _EDGE)
    truly = np.clip((probability.astype(np.float64) - wrong_positive) / spread, 0.0, 1.0)
    is_positive = labels == POSITIVE
    right = np.where(is_positive, (1 - wrong_negative) * truly, (1 - wrong_positive) * (1 - truly))
    wrong = np.where(is_positive, wrong_positive * (1 - truly), wrong_negative * truly)
    return np.asarray(wrong / np.maximum(right + wrong, _EDGE))


def corrected(chances: Float64, read: Float64, wrong: Bool) -> Float64:
    """Return chances shifted to what readers found so far; as they are after too few tiles.

    One number is added to all log-odds, so that the chances of the tiles that were read add up to
    the wrong labels found among them (half an error and half a right label are added to what was
    found: nothing is certain after fifty tiles).

    Args:
        chances: (n,) of the tiles to correct.
        read: (m,) chances of tiles that readers looked at, as they were before the correction.
        wrong: (m,) bool whether the label was wrong.
    """
    if len(read) < FEWEST_READ:
        return chances
    wanted = (float(wrong.sum()) + 0.5) * len(read) / (len(read) + 1)
    low, high = -_LARGEST_SHIFT, _LARGEST_SHIFT
    logits = _logits(read)
    for _ in range(_STEPS):
        shift = (low + high) / 2
        if float(_sigmoid(logits + shift).sum()) < wanted:
            low = shift
        else:
            high = shift
    return _sigmoid(_logits(chances) + (low + high) / 2)


def smallest_for(chances: Float64, share: float) -> int:
    """Return how many tiles, the likeliest first, hold a share of all errors that are expected.

    Args:
        chances: (n,) descending.
        share: 0-1.
    """
    running = np.cumsum(chances)
    if not len(running):
        return 0
    return min(len(running), int(np.searchsorted(running, share * running[-1] - _EDGE)) + 1)


def _logits(chances: Float64) -> Float64:
    held = np.clip(chances, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(held) - np.log1p(-held))


def _sigmoid(logits: Float64) -> Float64:
    return np.asarray(1 / (1 + np.exp(-logits)))
