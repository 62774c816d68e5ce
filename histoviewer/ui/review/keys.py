"""What keys do in the grid: move, select, ask for the menu.

Every other key is the window's, and every key that the reader can change: see `keymap.toml`.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from histoviewer.ui.review.moves import move_of

if TYPE_CHECKING:
    from histoviewer.ui.review.grid import TileGrid

_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Keys:
    """Turns key events of a grid into moves and selections. UI thread only.

    With Shift a move extends the selection, with Ctrl it leaves it alone, with both it adds to it.
    A key held down moves once a paint and stops when it is let go: repeats that come faster than
    they can be shown are dropped rather than queued.

    Args:
        grid: The grid that has the keyboard.
    """

    def __init__(self, grid: "TileGrid") -> None:
        self._grid = grid
        self._is_unpainted = False

    def painted(self) -> None:
        """Note that the last move has been shown."""
        self._is_unpainted = False

    def press(self, event: QKeyEvent) -> bool:
        """Act on a key; returns whether it was one of the grid's."""
        if (move := move_of(event)) is not None:
            if not (event.isAutoRepeat() and self._is_unpainted):
                self._is_unpainted = True
                held = event.modifiers()
                self._grid.move_current(move, extend=bool(held & _SHIFT), keep=bool(held & _CTRL))
            return True
        return self._select(event) or self._ask_menu(event)

    def _select(self, event: QKeyEvent) -> bool:
        if event.modifiers() == _CTRL and event.key() == Qt.Key.Key_Space:
            self._grid.toggle_current()
        elif event.key() == Qt.Key.Key_Escape and self._grid.is_banding:
            self._grid.cancel_band()
        else:
            return False
        return True

    def _ask_menu(self, event: QKeyEvent) -> bool:
        """Ask for the context menu; for the Menu key itself Qt sends a `QContextMenuEvent`."""
        is_asked = event.key() == Qt.Key.Key_F10 and event.modifiers() == _SHIFT
        if is_asked:
            self._grid.ask_menu_at_current()
        return is_asked
