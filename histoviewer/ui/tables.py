"""Tables of the window: models that make their texts when they are shown, and lists alike."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QTableView,
    QTreeView,
    QWidget,
)

# How many rows a column is measured by beyond those in view. Qt takes a thousand, which kept the
# window waiting: each cell is asked for in Python, for each of its roles.
_MEASURED_ROWS: Final = 50

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")


class TextTable(QAbstractTableModel):
    """Rows of texts below titles; a subclass says how many rows there are and what stands in them.

    Nothing is copied, since there may be a hundred thousand rows. UI thread only.

    Args:
        titles: Of the columns.
        parent: Owner.
    """

    def __init__(self, titles: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)

    # Qt's metaclass leaves no room for `ABCMeta`: it is mypy that lets nobody make a table without.
    @abstractmethod
    def count(self) -> int:
        """Return the number of rows."""

    @abstractmethod
    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell."""

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of rows; cells have none below them."""
        return 0 if parent is not None and parent.isValid() else self.count()

    def columnCount(self, parent: Index | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a text; the tip has it where the column cuts it."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.text(index.row(), index.column())
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the title of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None


class ListTable(TextTable, Generic[Row]):
    """A table of things that do not change.

    Args:
        rows: What is listed.
        titles: Of the columns.
        texts_of: Returns the texts of a row, as many as there are titles.
        parent: Owner.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        titles: Sequence[str],
        texts_of: Callable[[Row], Sequence[str]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(titles, parent)
        self._rows = rows
        self._texts_of = texts_of

    def count(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell."""
        return self._texts_of(self._rows[row])[column]

    def as_text(self) -> str:
        """Return all rows, tabs between the columns."""
        lines = [self._titles, *map(self._texts_of, self._rows)]
        return "\n".join("\t".join(line) for line in lines)


def show_rows(view: QTreeView, model: QAbstractTableModel, name: str) -> None:
    """Let a view show the rows of a table.

    Args:
        view: The view.
        model: What it shows.
        name: For screen readers.
    """
    view.setModel(model)
    view.setAccessibleName(name)
    view.setRootIsDecorated(False)
    view.setUniformRowHeights(True)
    view.setAllColumnsShowFocus(True)
    view.header().setStretchLastSection(False)
    view.header().setResizeContentsPrecision(_MEASURED_ROWS)


def show_table(view: QTableView, model: QAbstractItemModel, name: str, *, widest: int) -> None:
    """Let a view show a table as a list of rows, each chosen as a whole.

    Args:
        view: The view.
        model: What it shows.
        name: For screen readers.
        widest: The column that takes the room that is left.
    """
    view.setModel(model)
    view.setAccessibleName(name)
    view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QTableView.SelectionMode.SingleSelection)
    view.setTabKeyNavigation(False)
    view.setShowGrid(False)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    header.setResizeContentsPrecision(_MEASURED_ROWS)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(widest, QHeaderView.ResizeMode.Stretch)


class TypingDelegate(QStyledItemDelegate):
    """Lets cells be typed into; what is being typed stays when the cell gets another value.

    Qt puts the new value in its place: work that ends in the background would take it away.
    """

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show the value of a cell in its editor, unless somebody has typed there."""
        if not (isinstance(editor, QLineEdit) and editor.isModified()):
            super().setEditorData(editor, index)


def finish_editing(view: QAbstractItemView) -> None:
    """Take what is being typed into a cell, as the Tab key would; nothing where nobody types."""
    editor = view.indexWidget(view.currentIndex())
    if editor is not None:
        delegate = view.itemDelegate()
        delegate.commitData.emit(editor)
        delegate.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)
