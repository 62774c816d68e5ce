"""How good a model is, as plain values: everything that pages, reports and files show of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from histoviewer.domain.arrays import Float32, Float64, Int8, Int32, Int64
from histoviewer.domain.labels import POSITIVE
from histoviewer.domain.operating import OperatingPoints


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A figure with its 95 % bootstrap interval; the ends are NaN where there is none."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """A curve over all thresholds.

    Args:
        x: (k,) float64.
        y: (k,) float64.
        thresholds: (k,) float64 where each point is reached; infinite where nothing is called.
    """

    x: Float64
    y: Float64
    thresholds: Float64


@dataclass(frozen=True, kw_only=True, eq=False)
class Reliability:
    """Scores in bins, against what came true.

    Args:
        scores: (b,) float64 mean score of each bin.
        shares: (b,) float64 share of positives in it.
        counts: (b,) int64 tiles in it; none is empty.
    """

    scores: Float64
    shares: Float64
    counts: Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Temperature:
    """What dividing the logits by one number does to calibration (Guo et al. 2017).

    Args:
        value: The number that minimises log loss on all tiles; above 1 the model is too sure.
        ece: Expected calibration error with it, cross-fitted: each tile is corrected by a number
            that was found without its group.
        log_loss: Likewise.
    """

    value: float
    ece: float
    log_loss: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Calibration:
    """How far scores can be taken for the probabilities that they claim to be.

    Args:
        log_loss: Mean binary cross-entropy in nats.
        brier: Mean squared error.
        ece: Expected calibration error over 15 equal bins.
        reliability: In 10 bins of equal counts.
        temperature: What rescaling would change.
    """

    log_loss: float
    brier: float
    ece: float
    reliability: Reliability
    temperature: Temperature


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """One group on its own.

    Args:
        group: Its number in the tile table.
        n: Tiles.
        positives: Positive ones.
        auc: NaN where it has one class only.
    """

    group: int
    n: int
    positives: int
    auc: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Assessment:
    """A model on labelled tiles.

    Args:
        model: Its id.
        rows: (n,) int64 indexes of the tiles.
        labels: (n,) int8 labels, 0 or 1.
        scores: (n,) float32 in [0, 1].
        groups: (n,) int32 group numbers, -1 where unknown.
        resampled: What the bootstrap drew, 'group' where several are known, else 'tile'.
        units: How many of these there are.
        roc: False positive rate and sensitivity.
        precision_recall: Recall and precision.
        auc: Area under the ROC curve.
        average_precision: Area under the precision-recall curve, as a sum of steps.
        calibration: Of probabilities; None where the scores are none.
        by_group: One row a known group, the largest first.
        left_out: Labelled validation tiles that are not among these, since this model, or one that
            stands beside it, was trained on them.
        learned_by: Ids of the models that were.
        tta: Whether each score is the mean over the eight flips and quarter turns of a tile.
    """

    model: str
    rows: Int64
    labels: Int8
    scores: Float32
    groups: Int32
    resampled: str
    units: int
    roc: Curve
    precision_recall: Curve
    auc: Interval
    average_precision: Interval
    calibration: Calibration | None
    by_group: Sequence[GroupFigures] = field(default_factory=tuple)
    left_out: int = 0
    learned_by: tuple[str, ...] = ()
    tta: bool = False

    @cached_property
    def points(self) -> OperatingPoints:
        """Return what each threshold makes of the scores."""
        return OperatingPoints.of(self.labels, self.scores)

    def group_accuracies(self, threshold: float) -> Float64:
        """Return (g,) float64: what share of each group in `by_group` a threshold tells right."""
        known = self.groups >= 0
        right = (self.scores >= np.float32(threshold)) == (self.labels == POSITIVE)
        hits = np.bincount(self.groups[known], weights=right[known])
        return np.array([hits[row.group] / row.n for row in self.by_group], np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two models on the same tiles, by a paired bootstrap.

    Args:
        first: Id of the one.
        second: Id of the other.
        n: Tiles.
        first_auc: Area under the ROC curve of the one.
        second_auc: Of the other.
        difference: First minus second, with its 95 % interval.
        at_least: Lower end of the one-sided 95 % interval of the difference: what the first is
            better by at the least; NaN where there is none.
        p: Two-sided: how often resampling turns the sign of the difference, twice; NaN where too
            few groups are known to tell.
        resampled: 'group' or 'tile'.
        units: How many of these there are.
    """

    first: str
    second: str
    n: int
    first_auc: float
    second_auc: float
    difference: Interval
    at_least: float
    p: float
    resampled: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Two models that somebody wants to be compared, and on what they were.

    Args:
        comparison: How they differ.
        left_out: Labelled validation tiles that one of both was trained on: they are not counted.
        learned_by: Ids of those that were.
        first_tta: Whether each score of the first is the mean over the eight flips and quarter
            turns of a tile.
        second_tta: Likewise of the second.
    """

    comparison: Comparison
    left_out: int = 0
    learned_by: tuple[str, ...] = ()
    first_tta: bool = False
    second_tta: bool = False
