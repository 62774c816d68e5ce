"""The plots of the workload. Imports pyqtgraph: not to be imported before it is needed."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from histoviewer.domain.arrays import Float64
from histoviewer.domain.review_plan import ReviewPlan
from histoviewer.domain.workload import ClearingCurve
from histoviewer.ui.evaluate.plots import EvaluationPlots
from histoviewer.ui.plotting import WholeAxis, thinned
from histoviewer.ui.theme import Theme

_BAND: int = 60  # opacity of an interval, 0-255


class ClearedPlot(EvaluationPlots):
    """What share of the tiles is cleared at which sensitivity, with its interval.

    Args:
        theme: Colours.
        parent: Owner.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._plot = self.add(0)
        self._line = pg.InfiniteLine(angle=90)
        self.hide()  # until there is something to show

    def draw(self, curve: ClearingCurve, sensitivity: float) -> None:
        """Draw a curve, and a line where a sensitivity is chosen."""
        self._redraw = lambda: self.draw(curve, self._line.value() / 100)
        self._begin((self._plot, self.tr("Tiles that are cleared")))
        self._axes(self._plot, self.tr("% of the positives to be found"), self.tr("% of the tiles"))
        points, tokens = curve.points, self._theme.tokens
        x = _percent([point.sensitivity for point in points])
        low, high = (
            pg.PlotDataItem(x, _percent([getattr(point.cleared, end) for point in points]))
            for end in ("low", "high")
        )
        band = QColor(tokens.validation)
        band.setAlpha(_BAND)
        self._plot.addItem(pg.FillBetweenItem(low, high, brush=band))
        middle = _percent([point.cleared.value for point in points])
        self._plot.plot(x, middle, pen=pg.mkPen(QColor(tokens.validation), width=2))
        self._line.setPen(pg.mkPen(QColor(tokens.text), width=1.5, style=Qt.PenStyle.DashLine))
        self._plot.addItem(self._line)
        self._plot.setYRange(0, 100, padding=0)
        self.choose(sensitivity)
        self.show()

    def forget(self) -> None:
        """Show nothing: what was drawn is not so any more."""
        self.hide()
        self._redraw = self.forget
        self._begin((self._plot, self.tr("Tiles that are cleared")))

    def choose(self, sensitivity: float) -> None:
        """Move the line to a sensitivity, 0-1."""
        self._line.setValue(100 * sensitivity)


class PlanPlot(EvaluationPlots):
    """Wrong labels to expect by tiles looked at: in the order of the plan, and at random.

    Args:
        theme: Colours.
        parent: Owner.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._plot = self.add(0, WholeAxis("bottom"))
        self._plot.addLegend(offset=(10, 10))
        self.hide()  # until there is something to show

    def draw(self, plan: ReviewPlan) -> None:
        """Draw a plan."""
        self._redraw = lambda: self.draw(plan)
        self._begin((self._plot, self.tr("Wrong labels to expect")))
        self._axes(self._plot, self.tr("Tiles looked at"), self.tr("Wrong labels"))
        tokens, running = self._theme.tokens, np.r_[0.0, np.cumsum(plan.chances)]
        kept = thinned(len(running))
        looked_at = np.arange(len(running))
        self._plot.plot(
            looked_at[kept],
            running[kept],
            pen=pg.mkPen(QColor(tokens.validation), width=2),
            name=self.tr("in this order"),
        )
        self._plot.plot(
            [0, len(plan.tiles)],
            [0, plan.expected_at_random],
            pen=pg.mkPen(QColor(tokens.training), width=2, style=Qt.PenStyle.DashLine),
            name=self.tr("in random order"),
        )
        self.show()

    def forget(self) -> None:
        """Show nothing: what was drawn is not so any more."""
        self.hide()
        self._redraw = self.forget
        self._begin((self._plot, self.tr("Wrong labels to expect")))


def _percent(shares: list[float]) -> Float64:
    return 100 * np.array(shares)
