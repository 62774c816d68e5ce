"""Tables of the data page: rows of figures, some of which lead to their tiles."""

from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from histoviewer.ui.tables import ListTable, show_table
from histoviewer.ui.theme import GAP
from histoviewer.ui.widgets import heading, label

Row = TypeVar("Row")
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FigureTable(QWidget, Generic[Row]):
    """A table with its heading; Enter or a double click on a row asks for its tiles.

    UI thread only.

    Args:
        title: Above the table, and its name for screen readers.
        texts_of: Returns the texts of a row.
        hint: What Enter does on a row; '' where rows lead nowhere.
        parent: Owner.
    """

    asked = Signal(object)  # a row

    def __init__(
        self,
        title: str,
        texts_of: Callable[[Row], Sequence[str]],
        *,
        hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title, self._texts_of = title, texts_of
        self.rows: Sequence[Row] = ()
        self.view = _Table()
        self.view.setObjectName("groups")
        self.view.setToolTip(hint)
        self.view.setAccessibleName(title)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(heading(title, scale=1.0))
        column.addWidget(self.view, 1)
        if hint:
            column.addWidget(label(hint, role="muted", wraps=True))
            self.view.row_asked.connect(lambda place: self.asked.emit(self.rows[place]))

    def show_rows(self, rows: Sequence[Row], columns: Sequence[str]) -> None:
        """Show rows below the titles of their columns."""
        self.rows = rows
        model = ListTable(rows, columns, self._texts_of, self)
        show_table(self.view, model, self._title, widest=0)
        # Rows are all alike: measuring each would take long where there are thousands of groups.
        header = self.view.verticalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setDefaultSectionSize(self.view.fontMetrics().height() + 2 * GAP)

    def texts(self) -> list[tuple[str, ...]]:
        """Return what is shown, row by row."""
        return [tuple(self._texts_of(row)) for row in self.rows]


def keep_whole(words: QWidget) -> None:
    """Let a text that wraps, or what holds one, take all its lines however little room there is."""
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    words.setSizePolicy(policy)


class _Table(QTableView):
    """A table whose rows can be asked for by Enter as well as by a double click."""

    row_asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.doubleClicked.connect(self._ask)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask for the current row on Enter, which Qt leaves to the platform."""
        if event.key() in _ENTER and self.currentIndex().isValid():
            self._ask(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _ask(self, index: QModelIndex) -> None:
        self.row_asked.emit(index.row())
