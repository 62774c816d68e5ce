"""The plots of the learning curves. Imports pyqtgraph: not to be imported before it is needed."""

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from histoviewer.jobs.messages import CurvePoint
from histoviewer.ui.plotting import Plots, WholeAxis, recolour
from histoviewer.ui.tokens import Tokens
from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate

_PLOTS = {
    "loss": QT_TRANSLATE_NOOP("curves", "Loss"),
    "auc": QT_TRANSLATE_NOOP("curves", "AUC"),
    "accuracy": QT_TRANSLATE_NOOP("curves", "Accuracy"),
}


class CurvePlots(Plots):
    """Loss, AUC and accuracy beside each other, over epochs.

    Training is a dashed line with open circles, validation a solid one with filled circles, so that
    they can be told apart without colour.
    """

    def __init__(self) -> None:
        super().__init__()
        self._plots: dict[str, Any] = {}
        self._lines: dict[str, Any] = {}
        for place, name in enumerate(_PLOTS):
            self._add_plot(place, name)

    def draw_points(self, points: Sequence[CurvePoint]) -> None:
        """Draw all points of a training."""
        for name, line in self._lines.items():
            known = [(p.epoch, p.values[name]) for p in points if name in p.values]
            line.setData([epoch for epoch, _ in known], [value for _, value in known])

    def recolour(self, tokens: Tokens) -> None:
        """Take the colours of a theme."""
        self.setBackground(QColor(tokens.window))
        for name, plot in self._plots.items():
            recolour(plot, translate("curves", _PLOTS[name]), tokens)
        for name in self._lines:
            self._recolour_line(name, tokens)

    def values(self, name: str) -> list[float]:
        """Return what a line shows; lines are called as in history.csv: 'loss', 'val_auc'."""
        drawn = self._lines[name].getData()[1]
        return [] if drawn is None else [float(value) for value in drawn]

    def _add_plot(self, place: int, name: str) -> None:
        plot = self.add(place, WholeAxis("bottom"))
        self._plots[name] = plot
        self._lines[name] = plot.plot()
        self._lines[f"val_{name}"] = plot.plot()

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
