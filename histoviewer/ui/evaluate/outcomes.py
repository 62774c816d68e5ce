"""What thresholds make of the marked models: tables with all of them, one below the other."""

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QTableView

from histoviewer.domain.labels import ClassNames
from histoviewer.domain.operating import ClassReport, OperatingPoint, threshold_text
from histoviewer.ui.evaluate.naming import in_lines
from histoviewer.ui.tables import Index, TextTable, show_table

NONE: Final = "\N{EM DASH}"
_WHOLE: Final = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)


class OutcomeTable(TextTable):
    """Rows of figures of some models, each below the name of its own. UI thread only.

    Args:
        titles: Of the columns.
        words: How many of them, the first, hold words.
        rows: How many rows each model has.
        parent: Owner.
    """

    def __init__(
        self, titles: Sequence[str], *, words: int, rows: int, parent: QObject | None = None
    ) -> None:
        super().__init__(titles, parent)
        self._words, self._rows_each = words, rows
        self._names: Sequence[str] = ()
        self._points: Sequence[OperatingPoint] = ()
        self._classes = ClassNames()

    def show_models(self, names: Sequence[str], classes: ClassNames) -> None:
        """Begin with models, of which nothing is known before `show_points`."""
        self.beginResetModel()
        self._names, self._points, self._classes = tuple(names), (), classes
        self.endResetModel()

    def show_points(self, points: Sequence[OperatingPoint]) -> None:
        """Show what the threshold of each of the models makes of it."""
        self._points = points
        if points:
            last = self.index(self.count() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def count(self) -> int:
        """Return the number of rows."""
        return len(self._names) * self._rows_each

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell."""
        place, part = divmod(row, self._rows_each)
        if column == 0:
            return self._name(place, part)
        if not self._points:
            return NONE
        return self.figures(self._points[place])[part][column - 1]

    def _name(self, place: int, part: int) -> str:
        """Return what stands of a name in one of the rows of its model: a line, the last the rest.

        A cell across all rows would make the first of them as high as the whole name.
        """
        lines, last = in_lines(self._names[place]).split("\n"), self._rows_each - 1
        return "\n".join(lines[last:] if part == last else lines[part : part + 1])

    @abstractmethod
    def figures(self, point: OperatingPoint) -> Sequence[Sequence[str]]:
        """Return what stands behind the name of a model, row by row."""

    def texts(self) -> list[list[str]]:
        """Return what is shown, row by row."""
        return [
            [self.text(row, column) for column in range(self.columnCount())]
            for row in range(self.count())
        ]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a text, where it stands, or the whole name of a model for its tip and aloud."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(index.column())
        if role in _WHOLE and index.column() == 0:
            return self._names[index.row() // self._rows_each]
        return super().data(index, role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the title of a column, or where it stands: above its texts."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(section)
        return super().headerData(section, orientation, role)

    def _side(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignLeft if column < self._words else Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter


class FigureTable(OutcomeTable):
    """The threshold of each model, and what it finds and clears.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), words=1, rows=1, parent=parent)
        self._titles = (
            self.tr("Model"),
            self.tr("Threshold"),
            self.tr("Sensitivity"),
            self.tr("Specificity"),
            self.tr("Accuracy"),
            self.tr("Tiles\ncleared"),
            self.tr("Misses\nper 1,000\ncleared"),
        )

    def figures(self, point: OperatingPoint) -> Sequence[Sequence[str]]:
        """Return the figures of a threshold."""
        percent = self.tr("{share} %")
        shares = (point.sensitivity, point.specificity, point.accuracy, point.cleared)
        misses = point.misses_per_1000_cleared
        row = (
            threshold_text(point.threshold),
            *(NONE if math.isnan(x) else percent.format(share=f"{100 * x:.1f}") for x in shares),
            NONE if math.isnan(misses) else f"{misses:.1f}",
        )
        return (row,)


class MatrixTable(OutcomeTable):
    """Confusion matrix and classification report: a row for each class of each model.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), words=2, rows=2, parent=parent)
        self.show_models((), ClassNames())  # for the titles, which a view wants to arrange

    def show_models(self, names: Sequence[str], classes: ClassNames) -> None:
        """Begin with models; the names of the classes stand in rows and titles."""
        called = self.tr("called\n{name}")
        self._titles = (
            self.tr("Model"),
            self.tr("Label"),
            *(called.format(name=in_lines(each)) for each in (classes.negative, classes.positive)),
            self.tr("Precision"),
            self.tr("Recall"),
            self.tr("F1"),
            self.tr("Tiles"),
        )
        super().show_models(names, classes)

    def figures(self, point: OperatingPoint) -> Sequence[Sequence[str]]:
        """Return how the tiles of each class are called, and how well it is told."""
        return (
            self._row(self._classes.negative, (point.tn, point.fp), point.negative),
            self._row(self._classes.positive, (point.fn, point.tp), point.positive),
        )

    def _row(self, label: str, counts: tuple[int, int], report: ClassReport) -> Sequence[str]:
        shares = (report.precision, report.recall, report.f1)
        return (
            in_lines(label),
            *(f"{count:,}" for count in counts),
            *(NONE if math.isnan(x) else f"{x:.3f}" for x in shares),
            f"{report.support:,}",
        )


class WholeTable(QTableView):
    """A table that is as large as what it shows, for a place that scrolls. UI thread only.

    Args:
        table: What it shows.
        name: For screen readers.
    """

    def __init__(self, table: OutcomeTable, name: str) -> None:
        super().__init__()
        show_table(self, table, name, widest=0)
        self.setObjectName("groups")  # as the style sheet calls tables of figures
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.modelReset.connect(self.updateGeometry)
        table.dataChanged.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Return the size of all cells."""
        across, down = self.horizontalHeader(), self.verticalHeader()
        width = sum(
            max(self.sizeHintForColumn(column), across.sectionSizeHint(column))
            for column in range(across.count())
        )
        around = 2 * self.frameWidth()
        return QSize(width + around, down.length() + across.sizeHint().height() + around)

    def minimumSizeHint(self) -> QSize:
        """Return the same: what is around it scrolls."""
        return self.sizeHint()
