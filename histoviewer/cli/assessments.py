"""What is printed of an assessment."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

from histoviewer.domain.assessment import Assessment, Calibration, GroupFigures, Interval, Match
from histoviewer.domain.eight_views import with_views
from histoviewer.domain.labels import ClassNames
from histoviewer.domain.operating import ClassReport, OperatingPoint, threshold_text

# Said where scores of several models were not all made in one way.
MIXED_VIEWS: Final = (
    "Not all of them were scored on 8 views of each tile: part of the difference comes from that. "
    "Score all in one way to compare the models."
)
NO_PROBABILITIES: Final = "mean ranks, no probabilities"
_MOST_GROUPS: Final = 10


def on_tiles(count: int, found: Assessment | Match) -> str:
    """Return on what models were measured, and what was left out of it."""
    tiles = f"on {count:,} validation tiles"
    if not found.left_out:
        return tiles
    learners = " and ".join(found.learned_by)
    return f"{tiles} ({found.left_out:,} left out: {learners} learned from them)"


@dataclass(frozen=True, kw_only=True, eq=False)
class Shown:
    """What is printed of one model.

    Args:
        found: The model, assessed.
        point: What its threshold does.
        classes: Names of the classes.
        group_names: Names of the groups by number.
    """

    found: Assessment
    point: OperatingPoint
    classes: ClassNames
    group_names: Sequence[str]

    @property
    def reports(self) -> Sequence[tuple[str, ClassReport]]:
        """Return the classes by name, with how well each is told."""
        names = (self.classes.negative, self.classes.positive)
        return list(zip(names, (self.point.negative, self.point.positive), strict=True))

    @property
    def groups(self) -> Sequence[tuple[GroupFigures, float]]:
        """Return each group with its accuracy at the threshold."""
        accuracies = self.found.group_accuracies(self.point.threshold).tolist()
        return list(zip(self.found.by_group, accuracies, strict=True))


def assessment_figures(shown: Shown) -> dict[str, Any]:
    """Return all of it as JSON."""
    return {
        **_figures(shown.found, shown.point),
        "classes": [
            {
                "name": name,
                "precision": report.precision,
                "recall": report.recall,
                "f1": report.f1,
                "tiles": report.support,
            }
            for name, report in shown.reports
        ],
        "groups": [
            {
                "group": shown.group_names[row.group],
                "tiles": row.n,
                "positives": row.positives,
                "auc": row.auc,
                "accuracy": accuracy,
            }
            for row, accuracy in shown.groups
        ],
    }


def _figures(found: Assessment, point: OperatingPoint) -> dict[str, Any]:
    return {
        "model": found.model,
        "tta": found.tta,
        "n": len(found.labels),
        "left_out": found.left_out,
        "learned_by": list(found.learned_by),
        "resampled": found.resampled,
        "units": found.units,
        "auc": found.auc.value,
        "auc_low": found.auc.low,
        "auc_high": found.auc.high,
        "average_precision": found.average_precision.value,
        "average_precision_low": found.average_precision.low,
        "average_precision_high": found.average_precision.high,
        **_calibration_figures(found.calibration),
        "threshold": point.threshold,
        "accuracy": point.accuracy,
        "sensitivity": point.sensitivity,
        "specificity": point.specificity,
        "hard_auc": point.hard_auc,
        "tp": point.tp,
        "fp": point.fp,
        "tn": point.tn,
        "fn": point.fn,
        "cleared": point.cleared,
        "misses_per_1000_cleared": point.misses_per_1000_cleared,
    }


def _calibration_figures(known: Calibration | None) -> dict[str, float | None]:
    places = {
        "log_loss": "log_loss",
        "brier": "brier",
        "ece": "ece",
        "temperature": "temperature.value",
        "calibrated_ece": "temperature.ece",
    }
    if known is None:
        return dict.fromkeys(places)
    return {name: attrgetter(place)(known) for name, place in places.items()}


def _with_interval(found: Assessment, figure: Interval) -> str:
    if math.isnan(figure.low):
        few = f"{found.units} {found.resampled}s are too few for an interval"
        return f"{figure.value:.4f}  ({few})"
    drawn = f"by bootstrap of {found.units:,} {found.resampled}s"
    return f"{figure.value:.4f}  (95 % {figure.low:.4f} to {figure.high:.4f}, {drawn})"


def assessment_lines(shown: Shown) -> Iterator[str]:
    """Yield it for people; of many groups the largest."""
    yield from _lines(shown.found, shown.point)
    for name, report in shown.reports:
        yield (
            f"  {name:<16} precision {figure_text(report.precision)}  recall "
            f"{figure_text(report.recall)}  F1 {figure_text(report.f1)}  ({report.support:,} tiles)"
        )
    groups = shown.groups
    if groups:
        yield f"By group, with the accuracy at {threshold_text(shown.point.threshold)}:"
    for row, accuracy in groups[:_MOST_GROUPS]:
        yield (
            f"  {shown.group_names[row.group]:<16} AUC {figure_text(row.auc)}  accuracy "
            f"{figure_text(accuracy)}  ({row.n:,} tiles, {row.positives:,} positive)"
        )
    if len(groups) > _MOST_GROUPS:
        yield f"  and {len(groups) - _MOST_GROUPS:,} more: see --csv or --json"


def _lines(found: Assessment, point: OperatingPoint) -> Iterator[str]:
    yield f"{with_views(found.model, tta=found.tta)} {on_tiles(len(found.labels), found)}"
    yield f"AUC                {_with_interval(found, found.auc)}"
    yield f"average precision  {_with_interval(found, found.average_precision)}"
    yield from _calibration_lines(found.calibration)
    yield f"At the threshold of {threshold_text(point.threshold)}:"
    yield f"  sensitivity      {point.sensitivity:.4f}  ({point.tp:,} found, {point.fn:,} missed)"
    yield f"  specificity      {point.specificity:.4f}  ({point.fp:,} called without cause)"
    yield f"  accuracy         {point.accuracy:.4f}"
    yield (
        f"  cleared          {point.cleared:.1%} of the tiles, "
        f"{figure_text(point.misses_per_1000_cleared, 1)} misses per 1,000 cleared"
    )


def _calibration_lines(known: Calibration | None) -> Iterator[str]:
    if known is None:
        yield f"calibration        cannot be told: the scores are {NO_PROBABILITIES}"
        return
    temperature = known.temperature
    yield f"log loss           {known.log_loss:.4f}"
    yield f"Brier score        {known.brier:.4f}"
    yield (
        f"calibration error  {known.ece:.4f}  (with temperature {temperature.value:.2f}: "
        f"{temperature.ece:.4f})"
    )


def figure_text(value: float, digits: int = 4) -> str:
    """Return a figure in so many digits, '-' where there is none."""
    return "-" if math.isnan(value) else f"{value:.{digits}f}"
