"""The plots of the progress page. Imports pyqtgraph: not to be imported before it is needed."""

from datetime import datetime
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from histoviewer.domain.arrays import Float64
from histoviewer.domain.pace import Pace, YieldCurve
from histoviewer.ui.plotting import Plots, WholeAxis, recolour, thinned
from histoviewer.ui.tokens import Tokens

_LEAST_BINS, _MOST_BINS = 12, 48  # an hour and four hours of reviewing
_WINDOW: Final = 100  # tiles over which the rate of errors is taken
_BAR: Final = 0.8
_AIR: Final = 1.08
_TIME_LINES: Final = 2.4


class ProgressPlots(Plots):
    """Three plots: verdicts a minute, errors found, and errors per 100 tiles.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._times = _TimeAxis()
        self._pace = self.add(0, self._times)
        self._errors = self.add(1, WholeAxis("bottom"))
        self._rate = self.add(2, WholeAxis("bottom"))
        self._bars = pg.BarGraphItem(x=[], height=[], width=_BAR)
        self._pace.addItem(self._bars)
        self._found = self._errors.plot()
        self._recent = self._rate.plot()
        self._times.setHeight(_TIME_LINES * self.fontMetrics().lineSpacing())

    def draw(self, pace: Pace, curve: YieldCurve) -> None:
        """Draw the newest bins, and the whole curve."""
        starts, speed = pace.starts[-_MOST_BINS:], pace.per_minute[-_MOST_BINS:]
        self._times.starts = [int(start) for start in starts]
        self._bars.setOpts(x=np.arange(len(starts)), height=speed, width=_BAR)
        self._pace.setXRange(-1, max(len(starts), _LEAST_BINS), padding=0)  # one bin is no wall
        kept = thinned(len(curve.errors))
        self._found.setData(curve.looked_at[kept], curve.errors[kept])
        rate = newest_rate(curve)
        at = curve.looked_at[len(curve.looked_at) - len(rate) :]
        kept = thinned(len(rate))
        self._recent.setData(at[kept], rate[kept])
        for plot, heights in (
            (self._pace, speed),
            (self._errors, curve.errors),
            (self._rate, rate),
        ):
            highest = max(1.0, float(np.max(heights, initial=0)))
            plot.setYRange(0, highest * _AIR, padding=0)  # from 0 on, or small things look large

    def recolour(self, tokens: Tokens) -> None:
        """Take the colours of a theme."""
        self.setBackground(QColor(tokens.raised))
        recolour(self._pace, self.tr("Verdicts a minute (a bulk counts once)"), tokens)
        recolour(self._errors, self.tr("Wrong labels found, by tiles looked at"), tokens)
        recolour(self._rate, self.tr("Wrong labels in the newest 100 tiles"), tokens)
        self._bars.setOpts(brush=QColor(tokens.accent), pen=QColor(tokens.raised))
        shade = QColor(tokens.validation)
        self._found.setPen(pg.mkPen(shade, width=2))
        # Up and down all the way: Qt takes ten times as long for a line of two pixels.
        self._recent.setPen(pg.mkPen(shade, width=1))

    @property
    def speeds(self) -> list[float]:
        """Return the heights of the bars."""
        return [float(value) for value in self._bars.opts["height"]]

    @property
    def found(self) -> list[float]:
        """Return the heights of the curve of errors found."""
        drawn = self._found.getData()[1]
        return [] if drawn is None else [float(value) for value in drawn]


class _TimeAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph ships no types
    """Names bins by the local time at which they begin; a new day by its date too."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.starts: list[int] = []

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """Return what stands at the ticks."""
        return [self._name(round(value)) if value.is_integer() else "" for value in values]

    def _name(self, place: int) -> str:
        if not 0 <= place < len(self.starts):
            return ""
        start = datetime.fromtimestamp(self.starts[place]).astimezone()
        return start.strftime("%H:%M\n%d %b")


def newest_rate(curve: YieldCurve) -> Float64:
    """Return (k - 99,) float64 errors per 100 in the newest 100 tiles, from the 100th on."""
    errors = np.concatenate([[0], curve.errors])
    if len(errors) <= _WINDOW:
        return np.zeros(0)
    return np.asarray(100 * (errors[_WINDOW:] - errors[:-_WINDOW]) / _WINDOW)
