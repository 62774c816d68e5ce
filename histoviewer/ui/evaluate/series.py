"""How models beside each other are told apart in plots: by colour, by dash and by symbol."""

from collections.abc import Sequence
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

MOST: Final = 6

# Okabe and Ito's colours for the colour-blind, darkened on white and lightened on black until lines
# have a contrast of 3 with their ground.
_LIGHT: Final = ("#0060a0", "#c04a00", "#00745a", "#a8336f", "#7a6200", "#3a3f4a")
_DARK: Final = ("#6cb8f0", "#ff9a5c", "#3fd0a4", "#f08abf", "#e6c84a", "#c3c8d2")
_DASHES: Final = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
    Qt.PenStyle.DashDotDotLine,
    Qt.PenStyle.SolidLine,
)
_SYMBOLS: Final[Sequence[str]] = ("o", "s", "t", "d", "+", "x")


def colour(place: int, *, dark: bool) -> QColor:
    """Return the colour of the model at a place."""
    return QColor((_DARK if dark else _LIGHT)[place % MOST])


def pen(place: int, *, dark: bool, width: float = 2.0) -> pg.QtGui.QPen:
    """Return the pen of the model at a place."""
    return pg.mkPen(colour(place, dark=dark), width=width, style=_DASHES[place % MOST])


def symbol(place: int) -> str:
    """Return the symbol of the model at a place."""
    return _SYMBOLS[place % MOST]
