"""The plots of the evaluate page. Imports pyqtgraph: not to be imported before it is needed."""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from histoviewer.domain.arrays import Float64, Int64
from histoviewer.domain.assessment import Assessment, Curve, Interval
from histoviewer.services.model_table import RunCurves
from histoviewer.ui.evaluate.series import colour, pen, symbol
from histoviewer.ui.plotting import Plots, WholeAxis, recolour
from histoviewer.ui.theme import Theme

_STEPS: Final = 500  # of the unit square on each side; the plot has about as many pixels
EDGE: Final = 0.02  # of air around the unit square
_FAINT: Final = 110  # of 255: how opaque what is not marked is


class EvaluationPlots(Plots):
    """Plots of some models beside each other, drawn anew when the theme changes.

    Args:
        theme: Colours.
        parent: Owner.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._redraw: Any = lambda: None
        theme.changed.connect(self._recolour)

    def _begin(self, *titles: tuple[pg.PlotItem, str]) -> None:
        """Empty some plots and give them the colours of the theme."""
        tokens = self._theme.tokens
        self.setBackground(QColor(tokens.raised))
        for plot, title in titles:
            plot.clear()
            recolour(plot, title, tokens)
            if plot.legend is not None:
                plot.legend.clear()
                plot.legend.setLabelTextColor(tokens.text)

    def _recolour(self) -> None:
        self._redraw()

    def _axes(self, plot: pg.PlotItem, x: str, y: str) -> None:
        muted = self._theme.tokens.muted
        plot.setLabel("bottom", x, color=muted)
        plot.setLabel("left", y, color=muted)


class AreaPlots(EvaluationPlots):
    """ROC and precision-recall curves, with their areas and intervals in the legends."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._roc = _square(self, 0, legend_right=True)
        self._precision = _square(self, 1, legend_right=False)

    def draw(self, found: Sequence[tuple[str, Assessment]]) -> None:
        """Draw models under their names."""
        self._redraw = lambda: self.draw(found)
        self._begin((self._roc, self.tr("ROC")), (self._precision, self.tr("Precision-recall")))
        self._axes(self._roc, self.tr("1 - specificity"), self.tr("Sensitivity"))
        self._axes(self._precision, self.tr("Recall (sensitivity)"), self.tr("Precision"))
        guide = pg.mkPen(QColor(self._theme.tokens.edge), width=1)
        self._roc.plot([0, 1], [0, 1], pen=guide)
        for place, (name, each) in enumerate(found):
            self._line(self._roc, place, each.roc, f"{name}  {_words(each.auc)}")
            words = f"{name}  {_words(each.average_precision)}"
            self._line(self._precision, place, each.precision_recall, words)

    @property
    def names(self) -> list[str]:
        """Return which models are drawn, as the legend names them before their areas."""
        texts = [text.text for _, text in self._roc.legend.items]
        return [text.split("  ")[0] for text in texts]

    def _line(self, plot: pg.PlotItem, place: int, curve: Curve, words: str) -> None:
        kept = _visible(curve)
        line = pen(place, dark=self._theme.is_dark)
        plot.plot(curve.x[kept], curve.y[kept], pen=line, name=words)


def _visible(curve: Curve) -> Int64:
    """Return which points of a curve are drawn: one in each step of the unit square, and the last.

    Fifty thousand tiles give a curve of thousands of points, which took longer to paint than a
    reader waits for a key.
    """
    steps = np.floor(np.stack([curve.x, curve.y]) * _STEPS)
    moves = np.flatnonzero((np.diff(steps, axis=1) != 0).any(axis=0))
    return np.unique(np.concatenate([[0], moves, moves + 1, [len(curve.x) - 1]]))


class ReliabilityPlot(EvaluationPlots):
    """What share of the tiles with some score is positive."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._plot = _square(self, 0, legend_right=True)

    @property
    def names(self) -> list[str]:
        """Return which models are drawn."""
        return [text.text for _, text in self._plot.legend.items]

    def draw(self, found: Sequence[tuple[str, Assessment]]) -> None:
        """Draw models under their names; those whose scores are no probabilities have no line."""
        self._redraw = lambda: self.draw(found)
        self._begin((self._plot, self.tr("Reliability")))
        self._axes(self._plot, self.tr("Mean score of a bin"), self.tr("Share of positives in it"))
        self._plot.plot([0, 1], [0, 1], pen=pg.mkPen(QColor(self._theme.tokens.edge), width=1))
        for place, (name, each) in enumerate(found):
            if each.calibration is None:  # the words above say so
                continue
            bins = each.calibration.reliability
            shade = colour(place, dark=self._theme.is_dark)
            self._plot.plot(
                bins.scores,
                bins.shares,
                pen=pen(place, dark=self._theme.is_dark),
                symbol=symbol(place),
                symbolSize=7,
                symbolPen=shade,
                symbolBrush=shade,
                name=name,
            )


class LearningPlots(EvaluationPlots):
    """The learning curves of all runs overlaid: training thin and dashed, validation bold.

    Those of models that are not marked lie below, all in one faint colour.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._plots = {}
        for place, name in enumerate(("loss", "auc", "accuracy")):
            self._plots[name] = self.add(place, WholeAxis("bottom"))
        self._plots["loss"].addLegend(offset=(-10, 10))

    def draw(
        self, marked: Sequence[tuple[str, RunCurves]], others: Sequence[RunCurves] = ()
    ) -> None:
        """Draw runs.

        Args:
            marked: Under their names, each in a colour of its own.
            others: Below these.
        """
        self._redraw = lambda: self.draw(marked, others)
        titles = {"loss": self.tr("Loss"), "auc": self.tr("AUC"), "accuracy": self.tr("Accuracy")}
        self._begin(*((self._plots[name], title) for name, title in titles.items()))
        for name, plot in self._plots.items():
            self._add_others(plot, others, name)
            for place, (words, run) in enumerate(marked):
                self._add_run(plot, place, words, run, name)

    @property
    def names(self) -> list[str]:
        """Return what the legend says."""
        return [text.text for _, text in self._plots["loss"].legend.items]

    def _add_others(self, plot: pg.PlotItem, others: Sequence[RunCurves], name: str) -> None:
        """Draw runs as one line with gaps: there may be a hundred of them."""
        shade = QColor(self._theme.tokens.muted)
        shade.setAlpha(_FAINT)
        for figure, style in ((name, Qt.PenStyle.DashLine), (f"val_{name}", Qt.PenStyle.SolidLine)):
            runs = [run for run in others if figure in run.curves]
            if runs:
                plot.plot(
                    _with_gaps([run.epochs for run in runs]),
                    _with_gaps([run.curves[figure] for run in runs]),
                    pen=pg.mkPen(shade, width=1, style=style),
                    connect="finite",
                    name=None if figure == name else self.tr("not marked"),
                )

    def _add_run(
        self, plot: pg.PlotItem, place: int, words: str, run: RunCurves, name: str
    ) -> None:
        shade = colour(place, dark=self._theme.is_dark)
        if name in run.curves:
            thin = pg.mkPen(shade, width=1, style=Qt.PenStyle.DashLine)
            plot.plot(run.epochs, run.curves[name], pen=thin)
        if (validation := f"val_{name}") in run.curves:
            plot.plot(
                run.epochs,
                run.curves[validation],
                pen=pg.mkPen(shade, width=2),
                symbol=symbol(place),
                symbolSize=6,
                symbolPen=shade,
                symbolBrush=shade,
                name=words,
            )


def _with_gaps(lines: Sequence[Float64]) -> Float64:
    """Return lines as one, with a number between two that none is."""
    parts = [part for line in lines for part in (line, [math.nan])]
    return np.concatenate(parts[:-1])


def _square(plots: Plots, column: int, *, legend_right: bool) -> pg.PlotItem:
    """Add a plot of the unit square with a legend at the bottom, where its curves are not."""
    plot = plots.add(column)
    plot.showGrid(x=True, y=True, alpha=0.15)
    plot.setXRange(0, 1, padding=EDGE)
    plot.setYRange(0, 1, padding=EDGE)
    plot.addLegend(offset=(-10 if legend_right else 10, -10))
    return plot


def _words(area: Interval) -> str:
    if math.isnan(area.low):  # too few groups for an interval
        return f"{area.value:.4f}"
    return f"{area.value:.4f} ({area.low:.3f} - {area.high:.3f})"
