"""How the scores of models lie, each in a plot of its own. Imports pyqtgraph."""

from collections.abc import Sequence
from html import escape
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from histoviewer.domain.arrays import Int64
from histoviewer.domain.assessment import Assessment
from histoviewer.domain.labels import ClassNames
from histoviewer.domain.operating import OperatingPoint
from histoviewer.ui.evaluate.naming import cut
from histoviewer.ui.evaluate.plots import EDGE, EvaluationPlots
from histoviewer.ui.evaluate.series import colour
from histoviewer.ui.theme import GAP, Theme

_BINS: Final = 50
_LETTERS: Final = 31  # of the name above a plot
_CLASS: Final = 13  # letters of the name of a class: both stand beside each other
_TITLE: Final = "9pt"  # so that the name has room above the smallest one
_LEAST: Final = (270, 120)  # pixels across and down in which a plot can be read
_LINE: Final = 20  # pixels down that a line of the legend takes
_ABOVE: Final = 1.05  # the highest bar leaves some air
_SAMPLE: Final = QRectF(2, 4, 16, 12)
_STYLES: Final = (Qt.PenStyle.DashLine, Qt.PenStyle.SolidLine)


class _Bar(pg.ItemSample):  # type: ignore[misc]  # pyqtgraph ships no types
    """What stands for bars in a legend; pyqtgraph's own is a line with a triangle below it."""

    def paint(self, painter: QPainter, *_: object) -> None:
        painter.setPen(self.item.opts["pen"])
        painter.setBrush(self.item.opts["fillBrush"])
        painter.drawRect(_SAMPLE)


class ScorePlots(EvaluationPlots):
    """How many negatives and positives have which score, and where the threshold of a model is.

    They stand below one another, with the same axes: what is right or high in one is so in all.
    The legend stands above them: bars may be high anywhere, and a threshold may lie anywhere.

    Args:
        theme: Colours.
        parent: Owner.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._legend = _legend()
        self.addItem(self._legend, row=0, col=0)
        self.ci.layout.setAlignment(self._legend, Qt.AlignmentFlag.AlignHCenter)
        self._kept: list[pg.PlotItem] = []  # also those that are not shown now
        self._lines: list[pg.InfiniteLine] = []
        self._points: Sequence[OperatingPoint] = ()
        self.shown: Sequence[pg.PlotItem] = ()

    def draw(
        self,
        found: Sequence[tuple[str, Assessment]],
        classes: ClassNames,
        points: Sequence[OperatingPoint],
    ) -> None:
        """Draw models under their names.

        Args:
            found: The models.
            classes: Names of the classes.
            points: The threshold of each model.
        """
        self._redraw = lambda: self.draw(found, classes, self._points)
        self._begin()
        self._place(len(found))
        counts = [each.points.histogram(_BINS) for _, each in found]
        highest = max((heights.max() for pair in counts for heights in pair), default=1)
        for plot, (name, _), pair in zip(self.shown, found, counts, strict=True):
            self._begin((plot, escape(cut(name, _LETTERS))))
            plot.setYRange(0, _ABOVE * highest, padding=0)
            self._bars(plot, pair)
            self._axes(
                plot, "" if plot is not self.shown[-1] else self.tr("Score"), self.tr("Tiles")
            )
        for plot, line in zip(self.shown, self._lines, strict=False):
            line.setPen(pg.mkPen(QColor(self._theme.tokens.text), width=1.5))
            plot.addItem(line)
        self._name_bars(classes)
        self._lay_out()
        self.set_thresholds(points)

    def set_thresholds(self, points: Sequence[OperatingPoint]) -> None:
        """Move the line of each model."""
        self._points = points
        for line, point in zip(self._lines, points, strict=False):
            line.setValue(point.threshold)

    @property
    def thresholds(self) -> list[float]:
        """Return where the lines stand."""
        return [line.value() for line in self._lines[: len(self.shown)]]

    def _place(self, count: int) -> None:
        """Show so many plots."""
        width, height = _LEAST
        self.setMinimumSize(width, _LINE + height * max(1, count))
        for row in range(len(self._kept), count):
            self._kept.append(self._make(row))
            self._lines.append(pg.InfiniteLine(angle=90))
        for row, plot in enumerate(self._kept):
            plot.setVisible(row < count)  # a hidden one takes no room
        self.shown = self._kept[:count]

    def _make(self, row: int) -> pg.PlotItem:
        plot = self.add(0, row=1 + row)
        plot.titleLabel.setAttr("size", _TITLE)
        plot.setXRange(0, 1, padding=EDGE)
        return plot

    def _bars(self, plot: pg.PlotItem, counts: tuple[Int64, Int64]) -> None:
        edges = np.linspace(0, 1, _BINS + 1)
        for place, heights in enumerate(counts):
            shade = colour(place, dark=self._theme.is_dark)
            line = pg.mkPen(shade, width=2, style=_STYLES[place])
            shade.setAlpha(50)
            plot.plot(
                edges,
                heights,
                stepMode="center",
                fillLevel=0,
                brush=shade,
                pen=line,
            )

    def _name_bars(self, classes: ClassNames) -> None:
        """Let the legend say what the bars of the first plot are, which look alike in all."""
        self._legend.clear()
        self._legend.setLabelTextColor(self._theme.tokens.text)
        bars = self.shown[0].listDataItems() if self.shown else ()
        for each, name in zip(bars, (classes.negative, classes.positive), strict=False):
            self._legend.addItem(each, escape(cut(name, _CLASS)))

    def _lay_out(self) -> None:
        """Lay out at once what is shown: it may be saved before events come round to that."""
        self.ci.layout.invalidate()
        self.ci.layout.activate()
        self._legend.layout.activate()  # it may have other entries, and the size of before


def _legend() -> pg.LegendItem:
    """Return a legend that a layout gives its place and size, in one line, and no mouse moves."""
    legend = pg.LegendItem(size=(0, 0), frame=False, colCount=2, sampleType=_Bar)
    legend.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    legend.setFlag(legend.GraphicsItemFlag.ItemIgnoresTransformations, False)  # noqa: FBT003 - Qt's
    legend.layout.setContentsMargins(0, 0, 0, 0)
    legend.layout.setColumnSpacing(1, GAP)
    legend.setEnabled(False)
    return legend
