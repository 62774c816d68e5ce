"""How plots look alike. Imports pyqtgraph: not to be imported before it is needed."""

from typing import Final

import pyqtgraph as pg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from histoviewer.ui.theme import WIDE
from histoviewer.ui.tokens import Tokens

pg.setConfigOptions(antialias=True)

_MOST_POINTS: Final = 500  # more would only lie on one another


class Plots(pg.GraphicsLayoutWidget):  # type: ignore[misc]  # pyqtgraph ships no types
    """Plots beside each other that only show: they take neither mouse nor menu.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ci.layout.setContentsMargins(0, 0, 0, 0)
        self.ci.layout.setHorizontalSpacing(WIDE)

    def add(
        self,
        column: int,
        axis: pg.AxisItem | None = None,
        *,
        left: pg.AxisItem | None = None,
        row: int = 0,
    ) -> pg.PlotItem:
        """Add a plot and return it.

        Args:
            column: Its place.
            axis: The axis below it; the usual one by default.
            left: The axis beside it; the usual one by default.
            row: Its place among plots below one another.
        """
        axes = {side: each for side, each in (("bottom", axis), ("left", left)) if each is not None}
        plot = self.addPlot(row=row, col=column, axisItems=axes)
        plot.showGrid(x=False, y=True, alpha=0.15)
        plot.hideButtons()
        plot.setMenuEnabled(False)
        menu = plot.ctrlMenu  # pyqtgraph leaves it without an owner
        menu.setParent(self, menu.windowFlags())  # without its flags it would be shown in place
        plot.setMouseEnabled(x=False, y=False)
        return plot


class WholeAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph ships no types
    """An axis of whole numbers, such as epochs: no ticks between them."""

    def tickSpacing(self, least: float, most: float, size: float) -> list[tuple[float, float]]:
        """Return (spacing, offset) of the ticks."""
        wanted = super().tickSpacing(least, most, size)
        return [(max(1.0, float(round(spacing))), 0.0) for spacing, _ in wanted[:1]]


def thinned(count: int) -> slice:
    """Return which points of a curve are drawn; the last one always is.

    Qt takes ten milliseconds for a smooth line of 2,000 points, in each paint.
    """
    step = max(1, -(-count // _MOST_POINTS))
    return slice((count - 1) % step if count else 0, None, step)


def recolour(plot: pg.PlotItem, title: str, tokens: Tokens) -> None:
    """Give a plot its title, and its axes the colours of a theme."""
    plot.setTitle(title, color=tokens.text)
    for axis in (plot.getAxis("left"), plot.getAxis("bottom")):
        axis.setPen(QColor(tokens.edge))
        axis.setTextPen(QColor(tokens.muted))
