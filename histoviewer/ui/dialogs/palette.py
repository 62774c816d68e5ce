"""The command palette: any command, page, view or recent project by a few letters of its name."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListView, QVBoxLayout, QWidget

from histoviewer.ui.dialogs.palette_row import PaletteRow
from histoviewer.ui.palette_entries import Entry, Found, find
from histoviewer.ui.theme import GAP
from histoviewer.ui.widgets import label

_WIDTH_LETTERS: Final = 90
_HEIGHT_LINES: Final = 22
_FROM_TOP: Final = 0.12  # of the height of the window
_KEPT: Final = 12  # entries used last that are remembered

_MOVES: Final = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -8,
    Qt.Key.Key_PageDown: 8,
}
_Index = QModelIndex | QPersistentModelIndex


class FoundModel(QAbstractListModel):
    """What was found, best first; `UserRole` holds the `Found`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._found: Sequence[Found] = ()

    def show_found(self, found: Sequence[Found]) -> None:
        """Show these in place of what was shown."""
        self.beginResetModel()
        self._found = found
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        """Return the number of entries found."""
        return 0 if parent is not None and parent.isValid() else len(self._found)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a title, what a screen reader says, or the `Found` itself."""
        found = self._found[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return found.entry.title
            case Qt.ItemDataRole.AccessibleTextRole:
                entry = found.entry
                parts = (entry.title, entry.section, entry.key, entry.reason)
                return ", ".join(part for part in parts if part)
            case Qt.ItemDataRole.UserRole:
                return found
            case _:
                return None


class CommandPalette(QDialog):
    """A field and below it what is found; Enter does it, Escape or a click elsewhere ends it.

    UI thread only. Made once: it remembers what was used last.

    Args:
        parent: The window.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("palette")
        self.setWindowTitle(self.tr("Commands"))
        self._window = parent
        self._entries: list[Entry] = []
        self._recent: list[str] = []
        self.edit, self.list, self._model = QLineEdit(), QListView(), FoundModel(self)
        self.nothing = label(self.tr("Nothing is called like that."), role="muted")
        self._lay_out()
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self._find)
        self.list.clicked.connect(lambda _index: self._run())

    def _lay_out(self) -> None:
        self.edit.setPlaceholderText(self.tr("Type a few letters of a command, page or project"))
        self.edit.setAccessibleName(self.tr("Find a command"))
        self.edit.setClearButtonEnabled(True)
        self.list.setModel(self._model)
        self.list.setItemDelegate(PaletteRow(self.list))
        self.list.setAccessibleName(self.tr("What was found"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard stays with the field
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        for widget in (self.edit, self.list, self.nothing):
            column.addWidget(widget)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Open with these entries and an empty field."""
        self._entries = list(entries)
        self.edit.clear()
        self._find("")
        self._place()
        self.show()

    def add_entries(self, entries: Sequence[Entry]) -> None:
        """Offer more entries, such as those that had to be read from the disk."""
        self._entries += entries
        self._find(self.edit.text())

    @property
    def shown(self) -> list[Entry]:
        """Return what is found now, the best first."""
        roles = Qt.ItemDataRole.UserRole
        rows = range(self._model.rowCount())
        return [self._model.index(row).data(roles).entry for row in rows]

    def showEvent(self, event: QShowEvent) -> None:
        """Give the keyboard to the field."""
        super().showEvent(event)
        self.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows move in the list while the field has the keyboard."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in _MOVES:
                self._move(_MOVES[key])
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run()
                return True
        return super().eventFilter(watched, event)

    def _find(self, pattern: str) -> None:
        self._model.show_found(find(pattern, self._entries, self._recent))
        is_empty = self._model.rowCount() == 0
        self.nothing.setVisible(is_empty)
        self.list.setVisible(not is_empty)
        self._choose(0)

    def _move(self, step: int) -> None:
        """Go on by one entry, round at the ends; by several, to the end."""
        count = self._model.rowCount()
        if count == 0:
            return
        row = self.list.currentIndex().row() + step
        self._choose(row % count if abs(step) == 1 else min(count - 1, max(0, row)))

    def _choose(self, row: int) -> None:
        index = self._model.index(row)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)
        name = index.data(Qt.ItemDataRole.AccessibleTextRole)
        self.edit.setAccessibleDescription(name or self.nothing.text())

    def _run(self) -> None:
        """Do what is chosen; what cannot be done now stays, with its reason."""
        found = self.list.currentIndex().data(Qt.ItemDataRole.UserRole)
        if found is None or found.entry.reason:
            return
        entry = found.entry
        self._recent = [entry.id, *(each for each in self._recent if each != entry.id)][:_KEPT]
        self.close()  # first: the command may open a dialog, or ask where the keyboard is
        entry.run()

    def _place(self) -> None:
        window = self._window
        letter, line = self.fontMetrics().averageCharWidth(), self.fontMetrics().lineSpacing()
        width = min(letter * _WIDTH_LETTERS, window.width())
        height = min(line * _HEIGHT_LINES, round(window.height() * (1 - 2 * _FROM_TOP)))
        self.setFixedSize(width, height)
        corner = QPoint((window.width() - width) // 2, round(window.height() * _FROM_TOP))
        self.move(window.mapToGlobal(corner))
