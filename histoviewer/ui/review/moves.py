"""The keys that move the current tile."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from histoviewer.ui.review.geometry import Move

MOVES: Final = {
    Qt.Key.Key_Left: Move.LEFT,
    Qt.Key.Key_Right: Move.RIGHT,
    Qt.Key.Key_Up: Move.UP,
    Qt.Key.Key_Down: Move.DOWN,
    Qt.Key.Key_PageUp: Move.PAGE_UP,
    Qt.Key.Key_PageDown: Move.PAGE_DOWN,
    Qt.Key.Key_Home: Move.FIRST,
    Qt.Key.Key_End: Move.LAST,
}
_SECTION_MOVES: Final = {
    Qt.Key.Key_PageUp: Move.SECTION_UP,
    Qt.Key.Key_PageDown: Move.SECTION_DOWN,
}


def move_of(event: QKeyEvent) -> Move | None:
    """Return the move a key stands for, None for every other key; with Alt, by whole groups."""
    key = Qt.Key(event.key())
    if event.modifiers() & Qt.KeyboardModifier.AltModifier:
        return _SECTION_MOVES.get(key)
    return MOVES.get(key)
