"""The progress page: pace, yield and agreement, for one reader or all."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.arrays import Int64
from histoviewer.domain.pace import YieldCurve
from histoviewer.domain.tile_list import Tells
from histoviewer.services.changes import Changes
from histoviewer.ui.agreement_table import AgreementTable
from histoviewer.ui.commands import rules
from histoviewer.ui.pages import Page, PageContext
from histoviewer.ui.progress.figures import Figures, read_figures
from histoviewer.ui.progress.workload import WorkloadView
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.ruling import Ruling
from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import frame, heading, label, make_panel_tabs

if TYPE_CHECKING:
    from histoviewer.services.opening import Workspace
    from histoviewer.ui.progress.plots import ProgressPlots
    from histoviewer.ui.progress.workload_plots import ClearedPlot, PlanPlot

_SETTLE_MS = 300  # verdicts come in bursts: work the figures out once after them
_WINDOWS = (100, 500)


class ProgressPage(Page):
    """How reviewing goes and when to stop. UI thread only; figures are worked out off it.

    pyqtgraph is imported when the page is first shown: its 0.3 s would delay every opening.

    Args:
        context: What the window gives its pages.
        parent: Owner.
    """

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._workspace: Workspace | None = None
        self._asked = 0
        self.plots: ProgressPlots | None = None
        self.reader = QComboBox()
        self.tabs, self._stack = QTabBar(), QStackedWidget()
        self.workload = WorkloadView(context.bench)
        Ruling(self.workload.plan, rules.can_write_on_pixels, context.actions)
        self.workload.tiles_asked.connect(self._show_tiles)
        self.summary = label("", wraps=True)
        self.agreement = AgreementTable(
            self.tr("Reader and model"), self.tr("Agreement of the reader with the model")
        )
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._ask)
        self.reader.currentIndexChanged.connect(self._ask)
        self._lay_out()
        context.theme.changed.connect(self._recolour)
        self._recolour()

    def _lay_out(self) -> None:
        self.reader.setAccessibleName(self.tr("Reader"))
        self.reader.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.reader.setToolTip(self.tr("Whose verdicts are counted"))
        self._reader_title = label(self.tr("&Reader"))
        self._reader_title.setBuddy(self.reader)
        head = QHBoxLayout()
        head.addWidget(heading(self.tr("Progress")))
        head.addStretch(1)
        head.addWidget(self._reader_title)
        head.addWidget(self.reader)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        outer.setSpacing(WIDE)
        outer.addLayout(head)
        outer.addWidget(self._make_tabs())
        outer.addWidget(self._stack, 1)
        pace = QWidget()
        self._stack.addWidget(pace)
        self._stack.addWidget(self.workload)
        column = QVBoxLayout(pace)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(WIDE)
        column.addWidget(self._card(self.summary))
        self._plots_card = self._card()
        column.addWidget(self._plots_card, 1)
        hint = self.tr(
            "Blind verdicts were given before the score was shown. Where the two rows differ much,"
            " the score sways the reader: read more tiles blind (B)."
        )
        column.addWidget(self._card(self.agreement, label(hint, role="muted", wraps=True)))

    def _make_tabs(self) -> QTabBar:
        for text, tip in (
            (self.tr("Pace and yield"), self.tr("How fast reviewing goes and what it finds")),
            (self.tr("Workload"), self.tr("What can be left to the model, and what to look at")),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(text), tip)
        make_panel_tabs(self.tabs, self.tr("Parts of the progress page"))
        self.tabs.currentChanged.connect(self._show_tab)
        return self.tabs

    def _show_tab(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        for part in (self._reader_title, self.reader):  # the workload is that of all readers
            part.setVisible(place == 0)
        self._ask_workload()

    def _ask_workload(self) -> None:
        if self._stack.currentWidget() is self.workload and self.isVisible():
            self.workload.ask()

    def _card(self, *parts: QWidget) -> QWidget:
        card = frame("card")
        column = QVBoxLayout(card)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(GAP)
        for part in parts:
            column.addWidget(part)
        return card

    # --- what is shown

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Show the figures of a project; None for none."""
        self._workspace = workspace
        self._asked += 1
        self._settle.stop()
        self.workload.show_workspace(workspace)
        self.reader.clear()
        self._ask()

    def apply_changes(self, changes: Changes) -> None:
        """Count again soon."""
        if changes.data:
            self.workload.outdate()
        if self.isVisible() and (changes.verdicts or changes.models or changes.scores):
            self._settle.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Count what was done while the page was hidden."""
        super().showEvent(event)
        self._ask()
        self._show_tab(self.tabs.currentIndex())

    def close_threads(self) -> None:
        """Wait for nothing any more."""
        self._settle.stop()

    def _ask(self) -> None:
        """Let the figures be worked out; nobody needs them while the page is hidden."""
        workspace = self._workspace
        if workspace is None or not self.isVisible():
            return
        self._offer_readers(workspace.session.log.readers)
        self._asked += 1
        asked, reader = self._asked, self.reader.currentData()
        background, failed = self._context.bench.background, self._context.notices.show_error
        if self.plots is None:  # done before the figures, which wait in the same queue
            background.run(_import, then=self._add_plots, failed=failed)
        background.run(
            lambda: read_figures(workspace, reader),
            then=lambda figures: self._show(figures) if asked == self._asked else None,
            failed=failed,
        )
        self._ask_workload()

    def _add_plots(
        self, make: "tuple[type[ProgressPlots], type[ClearedPlot], type[PlanPlot]]"
    ) -> None:
        if self.plots is None:
            pace, cleared, plan = make
            theme = self._context.theme
            self.workload.put_plots(cleared(theme), plan(theme))
            self.plots = pace()
            column = self._plots_card.layout()
            assert column is not None
            column.addWidget(self.plots)
            self._recolour()

    def _offer_readers(self, readers: tuple[str, ...]) -> None:
        known = [self.reader.itemData(place) for place in range(self.reader.count())]
        if known == [None, *readers]:
            return
        chosen = self.reader.currentData()
        with QSignalBlocker(self.reader):
            self.reader.clear()
            self.reader.addItem(self.tr("All readers"), None)
            for name in readers:
                self.reader.addItem(name, name)
            self.reader.setCurrentIndex(max(0, self.reader.findData(chosen)))

    def _show(self, figures: Figures) -> None:
        assert self.plots is not None
        self.plots.draw(figures.pace, figures.curve)
        self.agreement.show_rows(
            [
                (self.tr("score on screen"), figures.agreement.seen),
                (self.tr("blind"), figures.agreement.blind),
            ]
        )
        self.summary.setText(self._sentence(figures.curve))

    def _sentence(self, curve: YieldCurve) -> str:
        """Return what the curve says about when to stop."""
        looked_at = len(curve.looked_at)
        if looked_at == 0:
            return self.tr("No tile with a given label has been looked at yet.")
        text = self.tr("{looked} tiles looked at, {errors} wrong labels found.")
        words = [text.format(looked=f"{looked_at:,}", errors=f"{int(curve.errors[-1]):,}")]
        for count in _WINDOWS:
            if (rate := curve.newest(count)) is not None:
                text = self.tr("Among the newest {count}: {rate} per 100.")
                words.append(text.format(count=count, rate=f"{rate:.1f}"))
        if looked_at < _WINDOWS[0]:
            words.append(self.tr("From 100 tiles on, the rate says when it is time to stop."))
        return " ".join(words)

    def _show_tiles(self, tiles: Int64) -> None:
        """Show a plan in the grid; its order would tell a blind reader what the model thinks."""
        review = self._context.pages.show_page("review")
        assert isinstance(review, ReviewPage)
        review.show_list(tiles, self.tr("Review plan"), tells=Tells.ORDER)

    def _recolour(self) -> None:
        if self.plots is not None:
            self.plots.recolour(self._context.theme.tokens)


def _import() -> "tuple[type[ProgressPlots], type[ClearedPlot], type[PlanPlot]]":
    from histoviewer.ui.progress.plots import ProgressPlots
    from histoviewer.ui.progress.workload_plots import ClearedPlot, PlanPlot

    return ProgressPlots, ClearedPlot, PlanPlot
