"""Which tiles to look at, in which order, and how many wrong labels to expect among them.

A model's doubt is no error: of tiles that look positive to nine in ten, one in ten is rightly
negative. Confident learning estimates how often labels of each class are wrong (Northcutt, Jiang &
Chuang 2021); with these rates, Bayes' rule gives the odds that the label of one tile is wrong. It
takes a model's mistakes on hard tiles for wrong labels, though: on labels that are all right it
counted one in twenty. No model can tell these apart; readers can. So what they found calibrates the
odds (Platt 1999), from the first verdict on, and until there are many the range says how little is
known.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Float64, Int8, Int64
from histoviewer.domain.assessment import Interval
from histoviewer.domain.labels import POSITIVE

_NORMAL: Final = 1.96
_EDGE: Final = 1e-3  # heads on embeddings are surer than they should be
_RAREST, _COMMONEST = 1e-4, 0.5
_STEPS: Final = 50
_PRIOR: Final = (0.0, 1.0)  # shift and slope: the odds as Bayes' rule has them
_DEVIATIONS: Final = (2.0, 0.5)  # how far off these may well be


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
class Calibration:
    """From odds of being wrong to chances, as far as readers have shown what to make of them.

    Args:
        shift: Added to the log-odds, and
        slope: what these are multiplied by first.
        covariance: (2, 2) float64 of both: how little is known of them.
    """

    shift: float
    slope: float
    covariance: Float64

    def chances(self, odds: Float64) -> Float64:
        """Return (n,) float64: the chance that each label is wrong, 0-1.

        Args:
            odds: (n,) float64 log-odds as `wrong_odds` returns.
        """
        return _sigmoid(self.shift + self.slope * odds)

    def expected(self, odds: Float64) -> Interval:
        """Return how many wrong labels to expect among tiles, with a 95 % range.

        It holds the chance of each tile and what is not known of the calibration, by the delta
        method on the logit of the share.

        Args:
            odds: (n,) float64 as above.
        """
        count = len(odds)
        chances = self.chances(odds)
        value = float(chances.sum())
        if not 0.0 < value < count:
            return Interval(value=value, low=value, high=value)
        alone = chances * (1 - chances)
        slopes = np.array([alone.sum(), alone @ odds])
        variance = float(alone.sum() + slopes @ self.covariance @ slopes)
        share = value / count
        reach = _NORMAL * math.sqrt(variance) / (count * share * (1 - share))
        middle = math.log(share) - math.log1p(-share)
        low, high = (count * float(_sigmoid(np.array(middle + side))) for side in (-reach, reach))
        return Interval(value=value, low=low, high=high)


@dataclass(frozen=True, kw_only=True, eq=False)
class ReviewPlan:
    """The tiles to look at.

    Args:
        tiles: (n,) int64 indexes, the likeliest to be wrong first.
        odds: (n,) float64 log-odds that each label is wrong, before calibration.
        calibration: What to make of the odds.
        candidates: How many tiles could have been chosen.
        expected_in_all: Wrong labels expected among the candidates.
        read: Tiles with a given label that readers have looked at.
        found: Wrong labels that they found.
    """

    tiles: Int64
    odds: Float64
    calibration: Calibration
    candidates: int
    expected_in_all: float
    read: int
    found: int

    @property
    def chances(self) -> Float64:
        """Return (n,) float64: the chance that each label is wrong, 0-1."""
        return self.calibration.chances(self.odds)

    def expected(self, count: int | None = None) -> Interval:
        """Return the wrong labels expected among the first tiles, with the 95 % range.

        Args:
            count: How many tiles; None for all of the plan.
        """
        return self.calibration.expected(self.odds[:count])

    @property
    def expected_at_random(self) -> float:
        """Return the wrong labels expected among as many candidates in random order."""
        return self.expected_in_all * len(self.tiles) / max(self.candidates, 1)


def wrong_odds(labels: Int8, probability: Float32, rates: NoiseRates) -> Float64:
    """Return (n,) float64: log-odds that each label is wrong, by Bayes' rule.

    Args:
        labels: (n,) int8, 0 or 1.
        probability: (n,) float32 chance that the label is positive, from a model that never saw
            this tile's.
        rates: Of wrong labels.
    """
    negatives, positives = (
        min(max(rate, _RAREST), _COMMONEST) for rate in (rates.of_negatives, rates.of_positives)
    )
    held = np.clip(probability.astype(np.float64), _EDGE, 1 - _EDGE)
    is_positive = np.log(held) - np.log1p(-held)
    return np.where(
        labels == POSITIVE,
        math.log(negatives / (1 - positives)) - is_positive,
        math.log(positives / (1 - negatives)) + is_positive,
    )


def calibrate(odds: Float64, wrong: Bool) -> Calibration:
    """Fit shift and slope to what readers found, starting from the odds as they are.

    The most likely pair under a normal prior, by Newton's method; its covariance is that of
    Laplace's approximation. Without verdicts it is the prior.

    Args:
        odds: (m,) float64 log-odds of the tiles that readers looked at.
        wrong: (m,) bool whether the label was wrong.
    """
    prior, precision = np.array(_PRIOR), np.diag(1 / np.square(_DEVIATIONS))
    columns = np.stack([np.ones(len(odds)), odds], axis=1)
    found = prior.copy()
    for _ in range(_STEPS):
        chances = _sigmoid(columns @ found)
        curvature = (columns * (chances * (1 - chances))[:, None]).T @ columns + precision
        pull = columns.T @ (wrong - chances) - precision @ (found - prior)
        step = np.linalg.solve(curvature, pull)
        found = found + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < _EDGE:
            break
    covariance = np.asarray(np.linalg.inv(curvature), np.float64)
    return Calibration(shift=float(found[0]), slope=float(found[1]), covariance=covariance)


def smallest_for(chances: Float64, share: float) -> int:
    """Return how many tiles, the likeliest first, hold a share of all errors that are expected.

    Args:
        chances: (n,) descending.
        share: 0-1.
    """
    running = np.cumsum(chances)
    if not len(running):
        return 0
    wanted = share * running[-1] * (1 - 1e-12)  # sums in another order differ in the last digit
    return min(len(running), int(np.searchsorted(running, wanted)) + 1)


def _sigmoid(logits: Float64) -> Float64:
    return np.asarray(1 / (1 + np.exp(-logits)))
