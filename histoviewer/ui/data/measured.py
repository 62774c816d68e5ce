"""The parts of the data page that show what was measured: colours, stains, memory.

Each has a place for its plots, which come later: pyqtgraph is imported when the page is first
shown.
"""

import math
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from histoviewer.domain.data_report import (
    Baseline,
    BaselineRow,
    Channel,
    DataReport,
    MemoryCurve,
    Spread,
    StainRow,
)
from histoviewer.domain.distributions import Distribution
from histoviewer.domain.labels import ClassNames
from histoviewer.ui.data.tables import FigureTable, keep_whole
from histoviewer.ui.theme import WIDE
from histoviewer.ui.widgets import label

if TYPE_CHECKING:
    from histoviewer.ui.data.plots import ColourPlots, MemoryPlot, StainPlots

_NONE = "\N{EM DASH}"
_MOST_GROUPS = 200  # in the plot; the table lists all
_ROW_LINES = 1.6
_FRAME_LINES = 7
_PLOT_LINES = 15
_TABLE_LINES = 9
_MIB = 1 << 20

_Figures = tuple[str, str, Distribution]


class ColoursView(QWidget):
    """Histograms of brightness and colours, their figures, and how far colour alone goes.

    UI thread only.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plots: ColourPlots | None = None
        self.figures = FigureTable[_Figures](self.tr("Figures"), _figure_texts)
        self.baseline = FigureTable[BaselineRow](
            self.tr("Baseline: logistic regression"), self._baseline_texts
        )
        self.words = label("", role="muted", wraps=True)
        keep_whole(self.words)
        self._place = QVBoxLayout()
        right = QVBoxLayout()
        right.setSpacing(WIDE)
        right.addWidget(self.baseline, 1)
        right.addWidget(self.words)
        below = QHBoxLayout()
        below.setSpacing(2 * WIDE)
        below.addWidget(self.figures, 3)
        below.addLayout(right, 2)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(WIDE)
        column.addLayout(self._place, 3)
        column.addLayout(below, 2)
        for table in (self.figures, self.baseline):
            self._keep_low(table, _TABLE_LINES)
        self._lay_out(shown)

    def _lay_out(self, shown: QWidget) -> None:
        """Let all of it be scrolled: in a small window with large text it would be squeezed."""
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setAccessibleName(self.tr("Colours, drawn and in figures"))
        scroll.setWidget(shown)
        for part in (shown, scroll.viewport()):  # Qt fills them: the card below shall be seen
            part.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)

    def _keep_low(self, part: QWidget, lines: int) -> None:
        """Let a part be as low as some lines of text, whatever height it would like."""
        part.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        part.setMinimumHeight(lines * self.fontMetrics().lineSpacing())

    def put_plots(self, plots: "ColourPlots") -> None:
        """Put the plots into the place that is kept for them."""
        self.plots = plots
        self._keep_low(plots, _PLOT_LINES)
        self._place.addWidget(plots)

    def show_report(self, report: DataReport) -> None:
        """Show the colours of a data set that has been measured."""
        if report.colours is None:
            return
        if self.plots is not None:
            self.plots.draw(report.colours, report.classes)
        titles = [self.tr("Of"), self.tr("Class"), self.tr("Mean"), self.tr("Variance")]
        self.figures.show_rows(
            self._figures(report, report.classes),
            [*titles, self.tr("Minimum"), self.tr("Maximum")],
        )
        self._show_baseline(report.baseline)

    def _figures(self, report: DataReport, classes: ClassNames) -> list[_Figures]:
        assert report.colours is not None
        names = {
            Channel.RED: self.tr("red, 0-255"),
            Channel.GREEN: self.tr("green, 0-255"),
            Channel.BLUE: self.tr("blue, 0-255"),
        }
        parts = [(self.tr("brightness, 0-1"), report.colours.brightness)]
        parts += [(names[channel], found) for channel, found in report.colours.channels.items()]
        return [
            (name, classes.of(which), found)
            for name, by_label in parts
            for which, found in by_label.items()
        ]

    def _show_baseline(self, baseline: Baseline | None) -> None:
        titles = [self.tr("Numbers of a tile"), self.tr("AUC"), self.tr("95 %")]
        self.baseline.show_rows(
            () if baseline is None else baseline.rows, [*titles, self.tr("Accuracy")]
        )
        if baseline is None:
            text = self.tr(
                "None yet: both classes must be among the labelled training and validation tiles."
            )
            self.words.setText(text)
            return
        text = self.tr(
            "The floor for any network, learned from {train} training tiles and judged on "
            "{validation} validation tiles. Where colour alone does well, a network may have "
            "learned the stain and not the tissue."
        )
        self.words.setText(
            text.format(train=f"{baseline.train:,}", validation=f"{baseline.validation:,}")
        )

    def _baseline_texts(self, row: BaselineRow) -> tuple[str, ...]:
        names = {
            "brightness": self.tr("mean brightness"),
            "colour": self.tr("mean colours and stains"),
        }
        has_interval = not math.isnan(row.auc.low)
        ends = self.tr("{low} to {high}").format(
            low=f"{row.auc.low:.3f}", high=f"{row.auc.high:.3f}"
        )
        return (
            names[row.features],
            f"{row.auc.value:.4f}",
            ends if has_interval else _NONE,
            f"{row.accuracy:.3f}",
        )


class StainView(QWidget):
    """How strongly the tiles of each group are stained. UI thread only.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plots: StainPlots | None = None
        self.words = label("", wraps=True)
        self.table = FigureTable[StainRow](self.tr("Stain by group"), _stain_texts)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setAccessibleName(self.tr("Stain by group, drawn"))
        line = QHBoxLayout()
        line.setSpacing(2 * WIDE)
        line.addWidget(self._scroll, 3)
        line.addWidget(self.table, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(WIDE)
        column.addWidget(self.words)
        column.addLayout(line, 1)
        column.addStretch()

    def put_plots(self, plots: "StainPlots") -> None:
        """Put the plots into the place that is kept for them."""
        self.plots = plots
        self._scroll.setWidget(plots)

    def show_report(self, report: DataReport) -> None:
        """Show the stains of a data set that has been measured."""
        stains = report.stains
        for part in (self._scroll, self.table):
            part.setVisible(stains is not None)
        if stains is None:
            grey = self.tr("The tiles are grey: there are no stains to tell apart.")
            unknown = self.tr(
                "The groups (slides or patients) are not known, so nothing can be said of "
                "differences between them."
            )
            self.words.setText(grey if report.is_grey else unknown)
            return
        text = self.tr(
            "Optical density of a tile by colour deconvolution (Ruifrok and Johnston 2001). Of the "
            "variance between tiles, {haematoxylin} of haematoxylin and {eosin} of eosin lie "
            "between groups: the more, the more a stain tells of the slide and not of the tissue."
        )
        self.words.setText(
            text.format(
                haematoxylin=f"{stains.haematoxylin_between:.0%}",
                eosin=f"{stains.eosin_between:.0%}",
            )
        )
        titles = [self.tr("Group"), self.tr("Tiles"), self.tr("Haematoxylin"), self.tr("Eosin")]
        self.table.show_rows(stains.rows, titles)
        if self.plots is not None:
            shown = stains.standing_out(_MOST_GROUPS)
            lines = _FRAME_LINES + _ROW_LINES * len(shown)
            self.plots.setMinimumHeight(round(lines * self.fontMetrics().lineSpacing()))
            self.plots.draw(shown)


class MemoryView(QWidget):
    """What reading all tiles takes. UI thread only.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot: MemoryPlot | None = None
        self.words = label("", wraps=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(WIDE)
        self._column.addWidget(self.words)

    def put_plots(self, plot: "MemoryPlot") -> None:
        """Put the plot into the place that is kept for it."""
        self.plot = plot
        self._column.addWidget(plot, 1)

    def show_report(self, report: DataReport) -> None:
        """Show the memory of a data set that has been measured."""
        if report.memory is None:
            return
        self.words.setText(self._sentence(report.memory))
        if self.plot is not None:
            self.plot.draw(report.memory)

    def _sentence(self, memory: MemoryCurve) -> str:
        text = self.tr(
            "Reading every tile added at most {added} to what the process took before. As one "
            "array the tiles would take {packed}, as 32-bit floats {floats}."
        )
        return text.format(
            added=self._size(memory.added),
            packed=self._size(memory.packed),
            floats=self._size(memory.as_floats),
        )

    def _size(self, taken: int) -> str:
        return self.tr("{size} MiB").format(size=f"{taken / _MIB:,.0f}")


def _figure_texts(row: _Figures) -> tuple[str, ...]:
    name, class_name, found = row
    figures = (found.mean, found.variance, found.minimum, found.maximum)
    return (name, class_name, *(f"{figure:.4g}" for figure in figures))


def _stain_texts(row: StainRow) -> tuple[str, ...]:
    return (row.group, f"{row.n:,}", _spread(row.haematoxylin), _spread(row.eosin))


def _spread(found: Spread) -> str:
    return f"{found.mean:.3f} ± {found.deviation:.3f}"
