"""The numbers behind the plots of an assessment, as tables for CSV files."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from histoviewer.domain.assessment import Assessment
from histoviewer.domain.operating import OperatingPoint
from histoviewer.services.csv_tables import Table


def tables_of(
    found: Assessment, group_names: Sequence[str], point: OperatingPoint
) -> Mapping[str, Table]:
    """Return every table of an assessment, named '<model>-<table>'.

    Args:
        found: The assessment.
        group_names: Names of the groups by number.
        point: The threshold that was chosen, and what it does.
    """
    tables = {name: make(found) for name, make in _TABLES.items()}
    tables |= {
        "by-group": _by_group(found, group_names, point),
        "operating-point": _operating(point),
    }
    return {f"{found.model}-{name}": table for name, table in tables.items()}


def _figures(found: Assessment) -> Table:
    return Table(
        header=("figure", "value", "low", "high"),
        rows=[
            ("auc", found.auc.value, found.auc.low, found.auc.high),
            (
                "average_precision",
                found.average_precision.value,
                found.average_precision.low,
                found.average_precision.high,
            ),
            *((name, value, "", "") for name, value in _calibration(found)),
        ],
    )


def _calibration(found: Assessment) -> Sequence[tuple[str, float]]:
    """Return the figures that only probabilities have."""
    if (known := found.calibration) is None:
        return ()
    return (
        ("log_loss", known.log_loss),
        ("brier", known.brier),
        ("ece", known.ece),
        ("temperature", known.temperature.value),
        ("ece_with_temperature", known.temperature.ece),
        ("log_loss_with_temperature", known.temperature.log_loss),
    )


def _roc(found: Assessment) -> Table:
    curve = found.roc
    columns = zip(curve.x.tolist(), curve.y.tolist(), curve.thresholds.tolist(), strict=True)
    return Table(header=("false_positive_rate", "sensitivity", "threshold"), rows=list(columns))


def _precision_recall(found: Assessment) -> Table:
    curve = found.precision_recall
    columns = zip(curve.x.tolist(), curve.y.tolist(), curve.thresholds.tolist(), strict=True)
    return Table(header=("recall", "precision", "threshold"), rows=list(columns))


def _histogram(found: Assessment) -> Table:
    negatives, positives = found.points.histogram()
    bins = len(negatives)
    rows = [
        (place / bins, (place + 1) / bins, int(negatives[place]), int(positives[place]))
        for place in range(bins)
    ]
    return Table(header=("from", "to", "negatives", "positives"), rows=rows)


def _reliability(found: Assessment) -> Table:
    header = ("mean_score", "share_positive", "tiles")
    if found.calibration is None:
        return Table(header=header, rows=())
    bins = found.calibration.reliability
    columns = zip(bins.scores.tolist(), bins.shares.tolist(), bins.counts.tolist(), strict=True)
    return Table(header=header, rows=list(columns))


def _thresholds(found: Assessment) -> Table:
    """Return what each of a hundred thresholds does."""
    points = [found.points.at_threshold(step / 100) for step in range(101)]
    return Table(
        header=(
            "threshold", "tp", "fp", "tn", "fn", "sensitivity", "specificity", "cleared",
            "misses_per_1000_cleared",
        ),
        rows=[
            (
                point.threshold, point.tp, point.fp, point.tn, point.fn, point.sensitivity,
                point.specificity, point.cleared, point.misses_per_1000_cleared,
            )
            for point in points
        ],
    )  # fmt: skip


def _operating(point: OperatingPoint) -> Table:
    """Return what the chosen threshold does."""
    counts = [(name, getattr(point, name)) for name in ("tp", "fp", "tn", "fn")]
    shares = [
        (name, getattr(point, name))
        for name in (
            "sensitivity", "specificity", "accuracy", "hard_auc", "cleared",
            "misses_per_1000_cleared",
        )
    ]  # fmt: skip
    reports = [
        (f"{side}_{name}", getattr(report, name))
        for side, report in (("positive", point.positive), ("negative", point.negative))
        for name in ("precision", "recall", "f1", "support")
    ]
    rows = [("threshold", point.threshold), *counts, *shares, *reports]
    return Table(header=("figure", "value"), rows=rows)


def _by_group(found: Assessment, names: Sequence[str], point: OperatingPoint) -> Table:
    accuracies = found.group_accuracies(point.threshold).tolist()
    rows = [
        (names[row.group], row.n, row.positives, row.auc, point.threshold, accuracy)
        for row, accuracy in zip(found.by_group, accuracies, strict=True)
    ]
    return Table(header=("group", "tiles", "positives", "auc", "threshold", "accuracy"), rows=rows)


_TABLES: Final[Mapping[str, Callable[[Assessment], Table]]] = {
    "figures": _figures,
    "roc": _roc,
    "precision-recall": _precision_recall,
    "histogram": _histogram,
    "reliability": _reliability,
    "thresholds": _thresholds,
}
