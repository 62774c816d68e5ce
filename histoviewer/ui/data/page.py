"""The data page: what the data set holds, how it looks, and what is wrong with it."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFocusEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from histoviewer.domain.arrays import Int64
from histoviewer.domain.data_report import DataReport
from histoviewer.domain.regrouping import Regrouping
from histoviewer.domain.source import TileSource
from histoviewer.domain.triage import Query
from histoviewer.services.changes import Changes
from histoviewer.ui.commands import rules
from histoviewer.ui.data.layout import DataLayout, Tab
from histoviewer.ui.data.leak_work import LeakWork
from histoviewer.ui.data.work import DataWork
from histoviewer.ui.dialogs.save_file import ask_save_path
from histoviewer.ui.pages import Page, PageContext
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.ruling import Ruling

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace
    from histoviewer.ui.data.plots import ColourPlots, MemoryPlot, StainPlots

    PlotClasses = tuple[type[ColourPlots], type[StainPlots], type[MemoryPlot]]

_SETTLE_MS = 300  # verdicts come in bursts: count once after them


class DataPage(Page):
    """Shows what `services.data_report` finds. UI thread only.

    pyqtgraph is imported when the page is first shown: its 0.3 s would delay every opening.

    Args:
        context: What the window gives its pages.
        parent: Owner.
    """

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._workspace: Workspace | None = None
        self.report: DataReport | None = None
        self.work = DataWork(context.bench, self)
        self.leaks = LeakWork(context.bench, context.notices.show_error, self)
        self.parts = DataLayout(self)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._connect()
        self._rule()

    def _rule(self) -> None:
        """Keep the buttons to the rules of the commands that write and read alike."""
        actions, leaks = self._context.actions, self.parts.leaks
        Ruling(self.parts.measure, rules.can_write_on_pixels, actions)
        looking = Ruling(leaks.look, rules.can_read_pixels, actions)
        writing = [Ruling(each, rules.can_update, actions) for each in (leaks.regroup, leaks.part)]

        def hold() -> None:
            looking.hold(
                self.tr("Near duplicates are being looked for.") if self.leaks.is_looking else ""
            )
            for ruling in writing:
                ruling.hold(
                    self.tr("Groups and sides are being written.") if self.leaks.is_writing else ""
                )

        self.leaks.busy_changed.connect(hold)

    def _connect(self) -> None:
        parts = self.parts
        self._settle.timeout.connect(self._ask)
        self.work.found.connect(self._take)
        self.work.written.connect(self._tell_report)
        parts.measure.clicked.connect(self.work.measure)
        parts.export.clicked.connect(self._ask_report)
        parts.problems.list_asked.connect(self._list_problems)
        parts.tab_changed.connect(self._show_tab)
        for view in (parts.counts, parts.problems):
            view.query_asked.connect(self._show_query)
        parts.samples.tiles_asked.connect(
            lambda tiles: self._show_tiles(tiles, self.tr("Samples of each class"))
        )
        self.leaks.found.connect(parts.leaks.show_report)
        self.leaks.regrouped.connect(self._tell_regrouping)
        self.leaks.parted.connect(self._tell_parting)
        parts.leaks.part_asked.connect(self.leaks.part)
        parts.leaks.look_asked.connect(self.leaks.look)
        parts.leaks.regroup_asked.connect(self.leaks.regroup)
        parts.leaks.tiles_asked.connect(
            lambda tiles: self._show_tiles(tiles, self.tr("Near duplicates on two sides"))
        )

    # --- the project

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Show a data set; None for none."""
        self._workspace, self.report = workspace, None
        self._settle.stop()
        self.parts.setEnabled(workspace is not None)
        self.parts.samples.show_workspace(workspace)
        self.leaks.forget()
        self.parts.leaks.show_report(None)
        self._ask()

    def apply_changes(self, changes: Changes) -> None:
        """Count again soon; the samples stay where they are, with their labels of now."""
        if changes.verdicts or changes.data or changes.hidden:
            self.parts.samples.grid.refresh()
        if self.isVisible() and (changes.verdicts or changes.data):
            self._settle.start()

    def set_pixels(self, source: TileSource | None = None) -> None:
        """Take the pixels of the samples from another place, such as the packed store."""
        if self._workspace is not None:
            self.parts.samples.set_pixels(source or self._workspace.pixels)

    def showEvent(self, event: QShowEvent) -> None:
        """Count what was done while the page was hidden."""
        super().showEvent(event)
        self._ask()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the keyboard on to the tabs."""
        super().focusInEvent(event)
        self.parts.tabs.setFocus(event.reason())

    def close_threads(self) -> None:
        """End the threads that read tiles."""
        self._settle.stop()
        self.parts.samples.close_threads()

    def state(self) -> dict[str, Any]:
        """Return which tab is shown."""
        return {"tab": str(self.parts.current)}

    def restore(self, values: Mapping[str, Any]) -> None:
        """Go back to the tab that was shown."""
        if (tab := values.get("tab")) in list(Tab):
            self.parts.show_tab(Tab(str(tab)))

    # --- what is shown

    def _ask(self) -> None:
        """Let what is known be read; nobody needs it while the page is hidden."""
        if self._workspace is None or not self.isVisible():
            return
        failed = self._context.notices.show_error
        if self.parts.memory.plot is None:  # the last of them
            # One after the other: all at once would keep the window waiting for a quarter of a
            # second. All before the report, which waits in the same queue.
            for add in (self._add_colours, self._add_stain, self._add_memory):
                self._context.bench.background.run(_import, then=add, failed=failed)
        self.work.read(failed)
        self.leaks.read()
        self._show_tab(self.parts.current)

    def _add_colours(self, make: "PlotClasses") -> None:
        if self.parts.colours.plots is None:
            self.parts.colours.put_plots(make[0](self._context.theme))

    def _add_stain(self, make: "PlotClasses") -> None:
        if self.parts.stain.plots is None:
            self.parts.stain.put_plots(make[1](self._context.theme))

    def _add_memory(self, make: "PlotClasses") -> None:
        if self.parts.memory.plot is None:
            self.parts.memory.put_plots(make[2](self._context.theme))

    def _take(self, report: DataReport) -> None:
        self.report = report
        self.parts.show_report(report)

    def _show_tab(self, tab: Tab) -> None:
        samples = self.parts.samples
        if tab is Tab.SAMPLES and self.isVisible() and not len(samples.grid.order):
            samples.draw()

    # --- where it leads

    def _show_query(self, query: Query) -> None:
        self._review().show_query(query)

    def _show_tiles(self, tiles: Int64, title: str) -> None:
        self._review().show_list(tiles, title)

    def _review(self) -> ReviewPage:
        review = self._context.pages.show_page("review")
        assert isinstance(review, ReviewPage)
        return review

    def _list_problems(self) -> None:
        self._context.actions["project.problems"].trigger()

    def _ask_report(self) -> None:
        workspace = self._workspace
        if workspace is None:
            return
        chosen = ask_save_path(
            self,
            caption=self.tr("Save the report"),
            proposed=workspace.project.exports_folder / self.tr("data-report.html"),
            kind=self.tr("HTML (*.html)"),
            suffix=".html",
        )
        if chosen is not None:
            self.work.write_report(chosen)

    def _tell_regrouping(self, plan: Regrouping) -> None:
        text = self.tr(
            "{count} tiles were put into the group of their near duplicates; {moved} of them moved "
            "to validation. No verdict changed."
        )
        self.notice.emit(text.format(count=f"{len(plan):,}", moved=f"{len(plan.moving):,}"))

    def _tell_parting(self, plan: Regrouping) -> None:
        text = self.tr(
            "{count} tiles have their groups of before; {moved} of them are back in training. "
            "No verdict changed."
        )
        self.notice.emit(text.format(count=f"{len(plan):,}", moved=f"{len(plan.moving):,}"))

    def _tell_report(self, path: Path) -> None:
        self.notice.emit(self.tr("Wrote the report to {path}.").format(path=path))


def _import() -> "PlotClasses":
    from histoviewer.ui.data.plots import ColourPlots, MemoryPlot, StainPlots

    return ColourPlots, StainPlots, MemoryPlot
