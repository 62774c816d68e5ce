"""The plots of the data page. Imports pyqtgraph: not to be imported before it is needed."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from histoviewer.domain.data_report import Channel, ColourFigures, MemoryCurve, Spread, StainRow
from histoviewer.domain.distributions import Distribution
from histoviewer.domain.labels import NEGATIVE, POSITIVE, ClassNames
from histoviewer.ui.evaluate.plots import EvaluationPlots
from histoviewer.ui.review import colours
from histoviewer.ui.theme import Theme

_DASHES: Final = {NEGATIVE: Qt.PenStyle.DashLine, POSITIVE: Qt.PenStyle.SolidLine}
_FILL: Final = 24  # opacity below a curve, 0-255: three lie over one another
_AIR: Final = 1.08
_MIB: Final = 1 << 20


class ColourPlots(EvaluationPlots):
    """Mean brightness of the tiles, then the grey levels of their pixels by channel.

    Args:
        theme: Colours.
        parent: Owner.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._brightness = self.add(0)
        self._brightness.addLegend(offset=(10, 10))
        self._channels = {channel: self.add(1 + place) for place, channel in enumerate(Channel)}
        for plot in (self._brightness, *self._channels.values()):
            plot.getAxis("left").enableAutoSIPrefix(enable=False)  # no thousandths of a %

    def draw(self, figures: ColourFigures, classes: ClassNames) -> None:
        """Draw the figures of a data set."""
        self._redraw = lambda: self.draw(figures, classes)
        names = {
            Channel.RED: self.tr("Red of the pixels"),
            Channel.GREEN: self.tr("Green of the pixels"),
            Channel.BLUE: self.tr("Blue of the pixels"),
        }
        self._begin(
            (self._brightness, self.tr("Mean brightness of the tiles")),
            *((plot, names[channel]) for channel, plot in self._channels.items()),
        )
        self._axes(self._brightness, self.tr("0 black, 1 white"), self.tr("% of the tiles"))
        self._fill_plot(self._brightness, figures.brightness, classes)
        for channel, plot in self._channels.items():
            self._axes(plot, self.tr("Grey level"), self.tr("% of the pixels"))
            self._fill_plot(plot, figures.channels[channel], classes)

    def _fill_plot(
        self, plot: pg.PlotItem, by_label: Mapping[int, Distribution], classes: ClassNames
    ) -> None:
        scheme = colours.DARK if self._theme.is_dark else colours.LIGHT
        for label, found in by_label.items():
            shade = QColor(scheme.of(label))
            pen = pg.mkPen(shade, width=2, style=_DASHES.get(label, Qt.PenStyle.DotLine))
            shade.setAlpha(_FILL)
            plot.plot(
                found.edges,
                100 * found.shares,
                stepMode="center",
                fillLevel=0,
                brush=shade,
                pen=pen,
                name=classes.of(label),
            )
        highest = max(float(found.shares.max()) for found in by_label.values())
        plot.setYRange(0, 100 * highest * _AIR, padding=0)


class StainPlots(EvaluationPlots):
    """Optical density of both stains by group, as dots with their standard deviation.

    Args:
        theme: Colours.
        parent: Owner.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._axes_of_names = [_NameAxis("left"), _NameAxis("left")]
        self._plots = [self.add(place, left=axis) for place, axis in enumerate(self._axes_of_names)]
        for plot in self._plots:
            plot.getAxis("bottom").enableAutoSIPrefix(enable=False)  # no thousandths

    def draw(self, rows: Sequence[StainRow]) -> None:
        """Draw a row for each group, the first at the top."""
        self._redraw = lambda: self.draw(rows)
        titles = (self.tr("Haematoxylin"), self.tr("Eosin"))
        self._begin(*zip(self._plots, titles, strict=True))
        spreads = ([row.haematoxylin for row in rows], [row.eosin for row in rows])
        for plot, axis, values in zip(self._plots, self._axes_of_names, spreads, strict=True):
            axis.names = [row.group for row in rows]
            plot.setLabel(
                "bottom",
                self.tr("Optical density, mean and deviation"),
                color=self._theme.tokens.muted,
            )
            plot.showGrid(x=True, y=False, alpha=0.15)
            plot.invertY(b=True)
            plot.setYRange(-0.5, len(rows) - 0.5, padding=0)
            self._add_dots(plot, values)

    def _add_dots(self, plot: pg.PlotItem, values: Sequence[Spread]) -> None:
        means = np.array([value.mean for value in values])
        reach = np.array([value.deviation for value in values])
        at, shade = np.arange(len(values)), QColor(self._theme.tokens.validation)
        pen = pg.mkPen(shade, width=2)
        plot.addItem(pg.ErrorBarItem(x=means, y=at, left=reach, right=reach, beam=0.3, pen=pen))
        plot.plot(means, at, pen=None, symbol="o", symbolSize=8, symbolPen=pen, symbolBrush=shade)


class MemoryPlot(EvaluationPlots):
    """What a process took while it read every tile.

    Args:
        theme: Colours.
        parent: Owner.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._plot = self.add(0)

    def draw(self, memory: MemoryCurve) -> None:
        """Draw the curve of a data set."""
        self._redraw = lambda: self.draw(memory)
        self._begin((self._plot, self.tr("Memory of the process that reads the tiles")))
        self._axes(self._plot, self.tr("Tiles read so far"), self.tr("MiB"))
        taken = memory.taken / _MIB
        self._plot.plot(
            memory.tiles, taken, pen=pg.mkPen(QColor(self._theme.tokens.validation), width=2)
        )
        self._plot.setYRange(0, float(taken.max()) * _AIR, padding=0)


class _NameAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph ships no types
    """An axis whose whole numbers are rows with names."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.names: Sequence[str] = ()

    def tickValues(self, least: float, most: float, _size: float) -> list[tuple[float, Any]]:
        """Return a tick for each row in view."""
        low, high = sorted((least, most))  # the first row is at the top
        rows = range(max(0, round(low)), min(len(self.names), round(high) + 1))
        return [(1.0, [float(row) for row in rows])]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """Return the names of rows."""
        return [self.names[round(value)] for value in values]
