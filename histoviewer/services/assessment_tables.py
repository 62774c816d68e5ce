"""The numbers behind the plots of an assessment, as tables for CSV files."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from histoviewer.domain.assessment import Assessment
from histoviewer.errors import storage_error
from histoviewer.files import whole_file

Cell = str | int | float


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table.

    Args:
        header: Names of the columns.
        rows: As many cells each.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def as_csv(self) -> str:
        """Return the table as CSV with a header."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows(self.rows)
        return text.getvalue()


def tables_of(found: Assessment, group_names: Sequence[str]) -> Mapping[str, Table]:
    """Return every table of an assessment by name.

    Args:
        found: The assessment.
        group_names: Names of the groups by number.
    """
    tables = {name: make(found) for name, make in _TABLES.items()}
    return tables | {"by-group": _by_group(found, group_names)}


def write_tables(folder: Path, found: Assessment, group_names: Sequence[str]) -> list[Path]:
    """Write every table of an assessment as '<model>-<table>.csv'; return the files.

    Raises:
        StorageError: The folder cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [
            _write(folder / f"{found.model}-{name}.csv", table)
            for name, table in tables_of(found, group_names).items()
        ]
    except OSError as error:
        raise storage_error(error, f"the tables in {folder}") from error


def _write(path: Path, table: Table) -> Path:
    with whole_file(path) as stream:
        stream.write(table.as_csv().encode())
    return path


def _figures(found: Assessment) -> Table:
    nothing = ("", "")
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
            ("log_loss", found.log_loss, *nothing),
            ("brier", found.brier, *nothing),
            ("ece", found.ece, *nothing),
            ("temperature", found.temperature.value, *nothing),
            ("ece_with_temperature", found.temperature.ece, *nothing),
            ("log_loss_with_temperature", found.temperature.log_loss, *nothing),
        ],
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
    bins = found.reliability
    columns = zip(bins.scores.tolist(), bins.shares.tolist(), bins.counts.tolist(), strict=True)
    return Table(header=("mean_score", "share_positive", "tiles"), rows=list(columns))


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


def _by_group(found: Assessment, names: Sequence[str]) -> Table:
    rows = [
        (names[row.group], row.n, row.positives, row.auc, row.accuracy) for row in found.by_group
    ]
    return Table(header=("group", "tiles", "positives", "auc", "accuracy"), rows=rows)


_TABLES: Final[Mapping[str, Callable[[Assessment], Table]]] = {
    "figures": _figures,
    "roc": _roc,
    "precision-recall": _precision_recall,
    "histogram": _histogram,
    "reliability": _reliability,
    "thresholds": _thresholds,
}
