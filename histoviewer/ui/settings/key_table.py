"""The commands and their keys as a table."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QFont, QKeySequence

from histoviewer.ui.commands.command import Command
from histoviewer.ui.commands.table import COMMANDS
from histoviewer.ui.keymap import KeyMap
from histoviewer.ui.preferences import Preferences
from histoviewer.ui.tables import Index, TextTable

COMMAND, MENU, KEYS = range(3)


class KeyTable(TextTable):
    """One row a command, in the order of the menus; changed keys are bold and say so.

    Args:
        preferences: The keys in force.
        parent: Owner.
    """

    def __init__(self, preferences: Preferences, parent: QObject) -> None:
        super().__init__((self.tr("Command"), self.tr("Menu"), self.tr("Keys")), parent)
        self._preferences = preferences
        self._shipped = KeyMap.load()
        preferences.keymap_changed.connect(self._refresh)

    @staticmethod
    def command(row: int) -> Command:
        """Return the command of a row."""
        return COMMANDS[row]

    def is_changed(self, command: str) -> bool:
        """Return whether a command has other keys than the usual ones."""
        return self._preferences.keymap.keys.get(command) != self._shipped.keys.get(command)

    def usual(self, command: str) -> tuple[str, ...]:
        """Return the shipped keys of a command."""
        return self._shipped.keys.get(command, ())

    def count(self) -> int:
        """Return the number of commands."""
        return len(COMMANDS)

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell."""
        command = COMMANDS[row]
        if column == COMMAND:
            return command.plain_title.removesuffix("…")
        if column == MENU:
            return command.menu.plain_text
        keys = shown(self._preferences.keymap, command.id)
        if not self.is_changed(command.id):
            return keys
        return self.tr("{keys} (changed)").format(keys=keys or self.tr("none"))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a text, the tip of a command, or the font of what was changed."""
        command = COMMANDS[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return command.explanation
        if role == Qt.ItemDataRole.FontRole and self.is_changed(command.id):
            font = QFont()
            font.setBold(True)
            return font
        return super().data(index, role)

    def _refresh(self) -> None:
        last = self.index(self.rowCount() - 1, KEYS)
        self.dataChanged.emit(self.index(0, 0), last)


def shown(keymap: KeyMap, command: str) -> str:
    """Return the keys of a command as this platform writes them: 'Ctrl+Z, Backspace'."""
    form = QKeySequence.SequenceFormat.NativeText
    return ", ".join(sequence.toString(form) for sequence in keymap.sequences(command))
