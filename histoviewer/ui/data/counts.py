"""How many tiles of each class there are, by split, size and group."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from histoviewer.domain.data_report import CountRow, DataReport
from histoviewer.domain.tiles import Split
from histoviewer.domain.triage import Query
from histoviewer.ui.data.tables import FigureTable
from histoviewer.ui.review import filter_words
from histoviewer.ui.theme import WIDE
from histoviewer.ui.widgets import label

_NONE = "\N{EM DASH}"


class CountsView(QWidget):
    """Class counts. UI thread only.

    Args:
        parent: Owner.
    """

    query_asked = Signal(object)  # Query

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        hint = self.tr("Enter or a double click shows the tiles of a row in the grid.")
        self.splits = FigureTable[CountRow](
            self.tr("By split"), lambda row: _texts(row, _split), hint=hint
        )
        self.sizes = FigureTable[CountRow](
            self.tr("By size of the original"), lambda row: _texts(row, self._name)
        )
        self.groups = FigureTable[CountRow](
            self.tr("By group"), lambda row: _texts(row, self._name), hint=hint
        )
        self._no_groups = label(
            self.tr("The groups (slides or patients) of the tiles are not known."),
            role="muted",
            wraps=True,
        )
        self._lay_out()
        self.splits.asked.connect(
            lambda row: self.query_asked.emit(Query(split=Split[row.name.upper()]))
        )
        self.groups.asked.connect(lambda row: self.query_asked.emit(Query(group=row.name)))

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(WIDE)
        left.addWidget(self.splits, 1)
        left.addWidget(self.sizes, 1)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2 * WIDE)
        line.addLayout(left, 1)
        line.addWidget(self.groups, 1)
        line.addWidget(self._no_groups, 1)

    def show_report(self, report: DataReport) -> None:
        """Show the counts of a data set; the names of its classes head the columns."""
        names = [report.classes.negative, report.classes.positive]
        titles = [*names, self.tr("Unlabelled"), self.tr("Tiles"), self.tr("Positive share")]
        self.splits.show_rows(report.by_split, [self.tr("Split"), *titles])
        self.sizes.show_rows(report.by_size, [self.tr("Height x width"), *titles])
        self.groups.show_rows(report.by_group, [self.tr("Group"), *titles])
        self.groups.setVisible(bool(report.by_group))
        self._no_groups.setVisible(not report.by_group)

    def _name(self, name: str) -> str:
        return name or self.tr("not known")


def _split(name: str) -> str:
    return filter_words.splits()[Split[name.upper()]]


def _texts(row: CountRow, name_of: Callable[[str], str]) -> tuple[str, ...]:
    labelled = row.negative + row.positive
    return (
        name_of(row.name),
        f"{row.negative:,}",
        f"{row.positive:,}",
        f"{row.unlabelled:,}",
        f"{row.total:,}",
        f"{row.positive / labelled:.1%}" if labelled else _NONE,
    )
