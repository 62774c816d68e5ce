"""The plots of the learning curves. Imports pyqtgraph: import this module only when it is needed."""

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor

from histoviewer.jobs.messages import CurvePoint
from histoviewer.ui.theme import WIDE
from histoviewer.ui.tokens import Tokens

pg.setConfigOptions(antialias=True)

_PLOTS = {"loss": "Loss", "auc": "AUC", "accuracy": "Accuracy"}


class CurvePlots(pg.GraphicsLayoutWidget):  # type: ignore[misc]  # pyqtgraph ships no types
    """Loss, AUC and accuracy beside each other, over epochs.

    Training is a dashed line with open circles, validation a solid one with filled circles, so that
    they can be told apart without colour.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ci.layout.setContentsMargins(0, 0, 0, 0)
        self.ci.layout.setHorizontalSpacing(WIDE)
        self._plots: dict[str, Any] = {}
        self._lines: dict[str, Any] = {}
        for place, name in enumerate(_PLOTS):
            plot = self._plots[name] = self._add_plot(place, name)
            self._lines[name] = plot.plot(name=_tr("training"))
            self._lines[f"val_{name}"] = plot.plot(name=_tr("validation"))

    def draw_points(self, points: Sequence[CurvePoint]) -> None:
        """Draw all points of a training."""
        for name, line in self._lines.items():
            known = [(p.epoch, p.values[name]) for p in points if name in p.values]
            line.setData([epoch for epoch, _ in known], [value for _, value in known])

    def recolour(self, tokens: Tokens) -> None:
        """Take the colours of a theme."""
        self.setBackground(QColor(tokens.window))
        for name, plot in self._plots.items():
            plot.setTitle(_tr(_PLOTS[name]), color=tokens.text)
            for axis in (plot.getAxis("left"), plot.getAxis("bottom")):
                axis.setPen(QColor(tokens.edge))
                axis.setTextPen(QColor(tokens.muted))
            plot.legend.setLabelTextColor(QColor(tokens.muted))
        for name in self._lines:
            self._recolour_line(name, tokens)

    def values(self, name: str) -> list[float]:
        """Return what a line shows: 'loss', 'val_auc', …"""
        drawn = self._lines[name].getData()[1]
        return [] if drawn is None else [float(value) for value in drawn]

    def _add_plot(self, place: int, name: str) -> Any:
        plot = self.addPlot(row=0, col=place)
        plot.showGrid(x=False, y=True, alpha=0.15)
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(x=False, y=False)
        plot.getAxis("bottom").setLabel(_tr("epoch"))
        plot.addLegend(offset=(-8, 8) if name == "loss" else (-8, -8), labelTextSize="8pt")
        return plot

    def _recolour_line(self, name: str, tokens: Tokens) -> None:
        line = self._lines[name]
        validation = name.startswith("val_")
        colour = QColor(tokens.validation if validation else tokens.training)
        style = Qt.PenStyle.SolidLine if validation else Qt.PenStyle.DashLine
        line.setPen(pg.mkPen(colour, width=2, style=style))
        line.setSymbol("o")
        line.setSymbolSize(6)
        line.setSymbolPen(pg.mkPen(colour, width=1.5))
        line.setSymbolBrush(colour if validation else QColor(tokens.window))


def _tr(text: str) -> str:
    return QCoreApplication.translate("curves", text)
