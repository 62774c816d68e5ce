"""What a threshold makes of scores: found, missed, cleared; asked again and again by a slider."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Final, Self

import numpy as np

from histoviewer.domain.arrays import Float32, Int8, Int64

_FEWEST: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassReport:
    """How well one class is told.

    Args:
        precision: Share of right ones among those called so; NaN where none is.
        recall: Share of those of the class that are called so.
        f1: Harmonic mean of both; NaN where the class is neither there nor called.
        support: Tiles of the class.
    """

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """The counts at one threshold, and what follows from them.

    A tile is *called* positive when its score is at least the threshold; else it is *cleared*: a
    reader who trusts the model would not look at it.

    Args:
        threshold: From here on a score counts as positive.
        tp: Positives called.
        fp: Negatives called.
        tn: Negatives cleared.
        fn: Positives cleared: misses.
    """

    threshold: float
    tp: int
    fp: int
    tn: int
    fn: int

    @property
    def n(self) -> int:
        """Return the number of tiles."""
        return self.tp + self.fp + self.tn + self.fn

    @property
    def sensitivity(self) -> float:
        """Return the share of the positives that are called."""
        return _share(self.tp, self.tp + self.fn)

    @property
    def specificity(self) -> float:
        """Return the share of the negatives that are cleared."""
        return _share(self.tn, self.tn + self.fp)

    @property
    def accuracy(self) -> float:
        """Return the share of tiles on the right side."""
        return _share(self.tp + self.tn, self.n)

    @property
    def hard_auc(self) -> float:
        """Return the area under the ROC curve of 0 and 1 in place of the scores."""
        return (self.sensitivity + self.specificity) / 2

    @property
    def cleared(self) -> float:
        """Return the share of all tiles that are cleared."""
        return _share(self.tn + self.fn, self.n)

    @property
    def misses_per_1000_cleared(self) -> float:
        """Return how many of a thousand cleared tiles are positive; NaN where none is cleared."""
        return 1000 * _share(self.fn, self.tn + self.fn)

    @property
    def positive(self) -> ClassReport:
        """Return how well positives are told."""
        return _report(self.tp, called=self.tp + self.fp, there=self.tp + self.fn)

    @property
    def negative(self) -> ClassReport:
        """Return how well negatives are told."""
        return _report(self.tn, called=self.tn + self.fn, there=self.tn + self.fp)


@dataclass(frozen=True, eq=False)
class OperatingPoints:
    """Scores sorted once, so that each threshold costs two binary searches. Any thread.

    Args:
        positives: (p,) float32 scores of the positives, ascending.
        negatives: (q,) float32 scores of the negatives, ascending.
    """

    positives: Float32
    negatives: Float32

    @classmethod
    def of(cls, labels: Int8, scores: Float32) -> Self:
        """Return the points of some tiles.

        Args:
            labels: (n,) int8, 0 or 1.
            scores: (n,) float32 without NaN.
        """
        return cls(np.sort(scores[labels == 1]), np.sort(scores[labels == 0]))

    def at_threshold(self, threshold: float) -> OperatingPoint:
        """Return the point at a threshold, which is compared as float32, as scores are."""
        limit = np.float32(threshold)
        fn = int(np.searchsorted(self.positives, limit, side="left"))
        tn = int(np.searchsorted(self.negatives, limit, side="left"))
        return OperatingPoint(
            threshold=threshold,
            tp=len(self.positives) - fn,
            fp=len(self.negatives) - tn,
            tn=tn,
            fn=fn,
        )

    def at_sensitivity(self, wanted: float) -> OperatingPoint:
        """Return the point of the highest threshold that finds at least this share of positives.

        Args:
            wanted: From 0 to 1.

        Raises:
            ValueError: There is no positive.
        """
        if not len(self.positives):
            raise ValueError("there is no positive tile")
        needed = max(1, int(np.ceil(round(wanted * len(self.positives), 9))))
        return self.at_threshold(float(self.positives[len(self.positives) - needed]))

    def stepped(self, threshold: float, share: float) -> OperatingPoint:
        """Return the point where a reader gets who steps on from a threshold.

        Each step leads somewhere else while there is anywhere else: with few positives, or with
        many of the same score, the next point that finds more or fewer of them may be far away.

        Args:
            threshold: Where the reader is.
            share: How much more of the positives is to be found; less where it is negative.

        Raises:
            ValueError: There is no positive.
        """
        tp, total = self.at_threshold(threshold).tp, len(self.positives)
        if not total:
            raise ValueError("there is no positive tile")
        if share > 0:
            return self.at_sensitivity(min(1.0, max(tp / total + share, (tp + 1) / total)))
        if tp == 0:
            return self.at_threshold(threshold)
        fewer = self.at_sensitivity(max(0.0, min(tp / total + share, (tp - 1) / total)))
        if fewer.tp < tp:
            return fewer
        above = int(np.searchsorted(self.positives, np.float32(fewer.threshold), side="right"))
        return fewer if above == total else self.at_threshold(float(self.positives[above]))

    def at_specificity(self, wanted: float) -> OperatingPoint:
        """Return the point of the lowest score as threshold that clears this share of negatives.

        Args:
            wanted: From 0 to 1.

        Raises:
            ValueError: There is no negative.
        """
        if not len(self.negatives):
            raise ValueError("there is no negative tile")
        needed = int(np.ceil(round(wanted * len(self.negatives), 9)))
        if needed == 0:
            return self.at_threshold(0.0)
        above = np.nextafter(self.negatives[needed - 1], np.float32(np.inf))
        return self.at_threshold(float(above))

    def histogram(self, bins: int = 50) -> tuple[Int64, Int64]:
        """Return how many negatives and positives have scores in each of equal bins from 0 to 1."""
        negatives, positives = (
            np.histogram(scores, bins=bins, range=(0.0, 1.0))[0].astype(np.int64)
            for scores in (self.negatives, self.positives)
        )
        return negatives, positives


def threshold_text(threshold: float) -> str:
    """Return a threshold in as many digits as find and clear the same tiles, four or more.

    It is rounded down: a score that is the threshold itself must not fall below what is shown.
    """
    exact, limit = Decimal(repr(threshold)), np.float32(threshold)
    digits = _FEWEST
    while True:
        text = f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_DOWN):f}"
        if np.float32(text) == limit:
            return text
        digits += 1


def _report(right: int, *, called: int, there: int) -> ClassReport:
    return ClassReport(
        precision=_share(right, called),
        recall=_share(right, there),
        f1=_share(2 * right, called + there),
        support=there,
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
