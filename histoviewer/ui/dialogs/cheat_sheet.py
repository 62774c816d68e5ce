"""What each key does, made from the table of commands."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from histoviewer.ui.commands.command import Command, Menu
from histoviewer.ui.commands.table import COMMANDS
from histoviewer.ui.keymap import KeyMap
from histoviewer.ui.theme import GAP, TIGHT, WIDE
from histoviewer.ui.widgets import heading, label

# What the grid does by itself: moving is no command.
_MOVING = (
    ("Arrows", "Move to the next tile"),
    ("PgUp  PgDn", "Move by a page"),
    ("Home  End", "Move to the first or the last tile"),
    ("Shift + any of these", "Extend the selection"),
)
_COLUMNS = 2


class CheatSheet(QDialog):
    """All keys on one page; any of Escape, `?` and a click on Close ends it.

    Args:
        keymap: The keys in force.
        parent: The window.
    """

    def __init__(self, keymap: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        columns = [QVBoxLayout() for _ in range(_COLUMNS)]
        for column in columns:
            column.setSpacing(WIDE)
        heights = [0] * _COLUMNS
        for title, rows in self._sections(keymap):
            shortest = heights.index(min(heights))
            columns[shortest].addLayout(_section(title, rows))
            heights[shortest] += len(rows) + 2
        row = QHBoxLayout(self)
        row.setContentsMargins(WIDE + GAP, WIDE + GAP, WIDE + GAP, WIDE + GAP)
        row.setSpacing(WIDE * 3)
        for column in columns:
            column.addStretch(1)
            row.addLayout(column)

    def _sections(self, keymap: KeyMap) -> list[tuple[str, list[tuple[list[str], str]]]]:
        sections = []
        for menu in (Menu.REVIEW, Menu.EDIT, Menu.VIEW, Menu.MODELS, Menu.FILE, Menu.HELP):
            commands = [
                each for each in COMMANDS if each.menu is menu and keymap.sequences(each.id)
            ]
            rows = [(_keys(each, keymap), each.plain_title.rstrip("…")) for each in commands]
            if rows:
                sections.append((_tr_command(menu.value).replace("&", ""), rows))
        moving = [([self.tr(keys)], self.tr(what)) for keys, what in _MOVING]
        sections.insert(1, (self.tr("Moving"), moving))
        return sections


def _section(title: str, rows: list[tuple[list[str], str]]) -> QVBoxLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(WIDE)
    grid.setVerticalSpacing(TIGHT + 2)
    grid.setColumnStretch(1, 1)
    for place, (keys, what) in enumerate(rows):
        caps = QHBoxLayout()
        caps.setSpacing(TIGHT)
        for key in keys:
            caps.addWidget(label(key, role="key"))
        caps.addStretch(1)
        grid.addLayout(caps, place, 0)
        grid.addWidget(label(what), place, 1, Qt.AlignmentFlag.AlignVCenter)
    column = QVBoxLayout()
    column.setSpacing(GAP)
    column.addWidget(heading(title, scale=1.1))
    column.addLayout(grid)
    return column


def _keys(command: Command, keymap: KeyMap) -> list[str]:
    form = QKeySequence.SequenceFormat.NativeText
    return [sequence.toString(form) for sequence in keymap.sequences(command.id)]


def _tr_command(text: str) -> str:
    return QCoreApplication.translate("commands", text)
