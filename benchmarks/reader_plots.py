"""Curves of the simulated reader as pictures, looking like the plots of the window."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pyqtgraph import PlotItem

_SIZE: Final = (900, 560)
_MARGINS: Final = (12, 8, 20, 12)
_LEGEND_COLUMNS: Final = 2
_FILL: Final = 36  # of 255: how opaque the spread is
_SYMBOLS_UP_TO: Final = 30  # points; more are a curve, and symbols would hide it


@dataclass(frozen=True, kw_only=True)
class Line:
    """One curve.

    Args:
        name: In the legend.
        x: (n,).
        y: (n,) means.
        spread: (n,) standard deviation over seeds; empty for none.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    spread: Sequence[float] = field(default=())


def draw(
    path: Path,
    lines: Sequence[Line],
    *,
    title: str,
    across: str,
    up: str,
    ticks: Sequence[float] = (),
) -> None:
    """Write a PNG of some curves, with a legend below the plot: within it would cover some.

    Args:
        path: Of the picture.
        lines: At most as many as there are colours, dashes and symbols.
        title: Above the plot.
        across: What the x axis is.
        up: What the y axis is.
        ticks: Places on a logarithmic x axis; none for a linear one.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from pyqtgraph import LegendItem
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QApplication

    from histoviewer.ui.plotting import Plots, recolour
    from histoviewer.ui.tokens import LIGHT

    application = QApplication.instance() or QApplication([])
    plots = Plots()
    plots.resize(*_SIZE)
    plots.ci.layout.setContentsMargins(*_MARGINS)
    plots.setBackground(QColor(LIGHT.raised))
    plot = plots.add(0)
    recolour(plot, title, LIGHT)
    plot.legend = LegendItem(colCount=_LEGEND_COLUMNS, labelTextColor=LIGHT.text)
    plots.ci.addItem(plot.legend, row=1, col=0)
    for place, line in enumerate(lines):
        _add(plot, line, place, x=np.log10(line.x) if ticks else np.asarray(line.x))
    if ticks:
        plot.getAxis("bottom").setTicks([[(np.log10(tick), f"{tick:g}") for tick in ticks]])
    for axis, words in (("bottom", across), ("left", up)):
        plot.setLabel(axis, words, color=LIGHT.muted)
        plot.getAxis(axis).enableAutoSIPrefix(False)  # noqa: FBT003 - Qt's own kind of setter
    # It knows its height, and does not tell the layout.
    plot.legend.setFixedHeight(
        plot.legend.layout.effectiveSizeHint(Qt.SizeHint.MinimumSize).height()
    )
    plots.show()
    application.processEvents()
    path.parent.mkdir(parents=True, exist_ok=True)
    plots.grab().save(str(path))
    plots.close()


def _add(plot: "PlotItem", line: Line, place: int, *, x: NDArray[np.floating[Any]]) -> None:
    import pyqtgraph as pg

    from histoviewer.ui.evaluate.series import colour, pen, symbol

    y = np.asarray(line.y)
    if len(line.spread):
        shade = colour(place, dark=False)
        shade.setAlpha(_FILL)
        edges = [
            pg.PlotCurveItem(x, y + sign * np.asarray(line.spread), pen=None) for sign in (-1, 1)
        ]
        for edge in edges:
            plot.addItem(edge)
        plot.addItem(pg.FillBetweenItem(*edges, brush=shade))
    marks = {"symbol": symbol(place), "symbolSize": 7, "symbolBrush": colour(place, dark=False)}
    few = len(x) <= _SYMBOLS_UP_TO
    plot.plot(x, y, pen=pen(place, dark=False), name=line.name, **(marks if few else {}))
