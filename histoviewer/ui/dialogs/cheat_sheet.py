"""What each key does, made from the table of commands."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QWidget

from histoviewer.ui.commands.command import Command, Menu
from histoviewer.ui.commands.table import COMMANDS
from histoviewer.ui.keymap import KeyMap
from histoviewer.ui.theme import GAP, TIGHT, WIDE
from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate
from histoviewer.ui.widgets import heading, label

# What the grid does by itself: moving is no command.
_MOVING = (
    (
        QT_TRANSLATE_NOOP("CheatSheet", "Arrows"),
        QT_TRANSLATE_NOOP("CheatSheet", "Move to the next tile"),
    ),
    (
        QT_TRANSLATE_NOOP("CheatSheet", "PgUp  PgDn"),
        QT_TRANSLATE_NOOP("CheatSheet", "Move by a page"),
    ),
    (
        QT_TRANSLATE_NOOP("CheatSheet", "Home  End"),
        QT_TRANSLATE_NOOP("CheatSheet", "Move to the first or the last tile"),
    ),
    (
        QT_TRANSLATE_NOOP("CheatSheet", "Alt+PgUp  Alt+PgDn"),
        QT_TRANSLATE_NOOP("CheatSheet", "Move to the previous or the next group"),
    ),
    (
        QT_TRANSLATE_NOOP("CheatSheet", "Shift + any of these"),
        QT_TRANSLATE_NOOP("CheatSheet", "Extend the selection; with Ctrl, too, add to it"),
    ),
    (
        QT_TRANSLATE_NOOP("CheatSheet", "Ctrl + any of these"),
        QT_TRANSLATE_NOOP("CheatSheet", "Move and select nothing; Ctrl+Space then does"),
    ),
    (
        QT_TRANSLATE_NOOP("CheatSheet", "Shift+F10"),
        QT_TRANSLATE_NOOP("CheatSheet", "Menu of the tile, as the right button of the mouse"),
    ),
)
_COLUMNS = 3


class CheatSheet(QDialog):
    """All keys on one page; any of Escape, `?` and a click on Close ends it.

    Args:
        keymap: The keys in force.
        parent: The window.
    """

    def __init__(self, keymap: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        self.setObjectName("cheat-sheet")
        grids = [QGridLayout() for _ in range(_COLUMNS)]
        row = QHBoxLayout(self)
        row.setContentsMargins(WIDE + GAP, WIDE + GAP, WIDE + GAP, WIDE + GAP)
        row.setSpacing(WIDE * 3)
        for grid in grids:
            grid.setHorizontalSpacing(WIDE)
            grid.setVerticalSpacing(TIGHT + 2)
            row.addLayout(grid)
        # The longest first: the columns end up about as high, and fit on a laptop's screen.
        for title, rows in sorted(self._sections(keymap), key=lambda each: -len(each[1])):
            _add_section(min(grids, key=QGridLayout.rowCount), title, rows)
        for grid in grids:
            grid.setRowStretch(grid.rowCount(), 1)

    @property
    def keys(self) -> list[str]:
        """Return the keys that are shown."""
        return [each.text() for each in self.findChildren(QLabel) if each.property("role") == "key"]

    def _sections(self, keymap: KeyMap) -> list[tuple[str, list[tuple[list[str], str]]]]:
        sections = []
        for menu in (Menu.REVIEW, Menu.EDIT, Menu.VIEW, Menu.MODELS, Menu.FILE, Menu.HELP):
            commands = [
                each for each in COMMANDS if each.menu is menu and keymap.sequences(each.id)
            ]
            rows = [(_keys(each, keymap), each.plain_title.rstrip("…")) for each in commands]
            if rows:
                sections.append((menu.plain_text, rows))
        moving = [
            ([translate("CheatSheet", keys)], translate("CheatSheet", what))
            for keys, what in _MOVING
        ]
        sections.insert(1, (self.tr("Moving"), moving))
        return sections


def _add_section(grid: QGridLayout, title: str, rows: list[tuple[list[str], str]]) -> None:
    start = grid.rowCount()
    head = heading(title, scale=1.1)
    head.setContentsMargins(0, 0 if start == 1 else WIDE, 0, TIGHT)
    grid.addWidget(head, start, 0, 1, 2)
    for place, (keys, what) in enumerate(rows, start + 1):
        caps = QHBoxLayout()
        caps.setSpacing(TIGHT)
        for key in keys:
            caps.addWidget(label(key, role="key"))
        caps.addStretch(1)
        grid.addLayout(caps, place, 0)
        grid.addWidget(label(what), place, 1, Qt.AlignmentFlag.AlignVCenter)


def _keys(command: Command, keymap: KeyMap) -> list[str]:
    form = QKeySequence.SequenceFormat.NativeText
    return [sequence.toString(form) for sequence in keymap.sequences(command.id)]
