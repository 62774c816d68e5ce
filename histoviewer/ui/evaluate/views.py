"""The plots of the evaluate page in their places. Imports pyqtgraph."""

from collections.abc import Sequence

from histoviewer.domain.assessment import Assessment
from histoviewer.domain.labels import ClassNames
from histoviewer.ui.evaluate.layout import EvaluateLayout, Tab
from histoviewer.ui.evaluate.plots import AreaPlots, LearningPlots, ReliabilityPlot, ScorePlot
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
        self.scores = ScorePlot(theme)
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
        self, found: Sequence[tuple[str, Assessment]], classes: ClassNames, threshold: float
    ) -> None:
        """Draw models under their names; the scores of the first one."""
        self.areas.draw(found)
        self.reliability.draw(found)
        if found:
            self.scores.draw(found[0][1], (classes.negative, classes.positive), threshold)
        else:
            self.scores.forget()
