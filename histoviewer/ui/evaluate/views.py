"""The plots of the evaluate page in their places. Imports pyqtgraph."""

from collections.abc import Sequence

from histoviewer.domain.assessment import Assessment
from histoviewer.domain.labels import ClassNames
from histoviewer.domain.operating import OperatingPoint
from histoviewer.ui.evaluate.layout import EvaluateLayout, Tab
from histoviewer.ui.evaluate.plots import AreaPlots, LearningPlots, ReliabilityPlot
from histoviewer.ui.evaluate.score_plots import ScorePlots
from histoviewer.ui.plotting import Plots
from histoviewer.ui.theme import Theme


class PlotViews:
    """Makes the plots and puts them into the layout. UI thread only.

    Args:
        theme: Colours.
        layout: Where they go.
    """

    def __init__(self, theme: Theme, layout: EvaluateLayout) -> None:
        self.areas = AreaPlots(theme)
        self.scores = ScorePlots(theme)
        self.reliability = ReliabilityPlot(theme)
        self.learning = LearningPlots(theme)
        self._by_tab: dict[Tab, Plots] = {
            Tab.CURVES: self.areas,
            Tab.THRESHOLD: self.scores,
            Tab.CALIBRATION: self.reliability,
            Tab.LEARNING: self.learning,
        }
        for tab, plots in self._by_tab.items():
            layout.put_plots(tab, plots)

    def of(self, tab: Tab) -> Plots:
        """Return the plots of a tab that has some."""
        return self._by_tab[tab]

    def draw(
        self,
        found: Sequence[tuple[str, Assessment]],
        classes: ClassNames,
        points: Sequence[OperatingPoint],
    ) -> None:
        """Draw models under their names, each with its threshold."""
        self.areas.draw(found)
        self.reliability.draw(found)
        self.scores.draw(found, classes, points)
