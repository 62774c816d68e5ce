"""Shows the open project in the window, and lets go of it."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow, QWidget

from histoviewer.errors import InUseError
from histoviewer.ui.front import Front
from histoviewer.ui.jobs.curves import CurvesPanel
from histoviewer.ui.model_menu import ModelMenu, describe
from histoviewer.ui.pages import PageContext
from histoviewer.ui.standing import Opened
from histoviewer.ui.status_line import StatusLine
from histoviewer.ui.welcome import WelcomePage

if TYPE_CHECKING:  # these import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.changes import Changes
    from histoviewer.services.opening import Workspace


class ProjectShow(QObject):
    """Keeps pages, title, menu and status line in step with the open project. UI thread only.

    Args:
        window: Whose title names the project.
        context: The open project, its pages, and what is remembered of them.
        front: The middle of the window.
        welcome: The start page.
        models: The menu of its models.
        tools: The toolbar, which is there on a project only.
        status: Says what ranks its grid.
        curves: Its learning curves.
    """

    changed = Signal()  # what can be done may have changed

    def __init__(
        self,
        window: QMainWindow,
        context: PageContext,
        *,
        front: Front,
        welcome: WelcomePage,
        models: ModelMenu,
        tools: QWidget,
        status: StatusLine,
        curves: CurvesPanel,
    ) -> None:
        super().__init__(window)
        bench, opener = context.bench, context.opener
        self._window, self._bench, self._opener = window, bench, opener
        self._memory, self._pages, self._notices = context.memory, context.pages, context.notices
        self._front, self._welcome, self._models = front, welcome, models
        self._tools, self._status, self._curves = tools, status, curves
        self._lost = ""
        opener.opening_started.connect(front.show_opening)
        opener.opened.connect(self.show_project)
        opener.closed.connect(self.leave_project)
        opener.files_closed.connect(self.offer_recent)  # not before: it would hold that up
        bench.changed.connect(self.apply_changes)
        bench.pixels_changed.connect(self._use_pixels)
        bench.standing_changed.connect(self._show_standing)
        models.model_chosen.connect(bench.promote)
        welcome.path_chosen.connect(opener.open)
        welcome.forget_asked.connect(self._forget_recent)

    def show_project(self, opened: Opened) -> None:
        """Show a project that was opened, as it was left."""
        workspace = opened.workspace
        self._notices.clear()
        self._curves.begin()
        self._front.show_workspace(workspace)
        shown = self._memory.restore_pages(self._pages.pages, workspace.project.path)
        self._pages.show_page(shown or next(iter(self._pages.pages)))
        title = self.tr("{name} (read only)") if opened.read_only_because else "{name}"
        name = title.format(name=workspace.project.info.name)
        self._window.setWindowTitle(f"{name} - HistoViewer")
        self._tools.show()
        self._models.set_enabled(on=opened.read_only_because is None)
        self._tell_read_only(opened)
        self._tell_scores_lost()
        self._memory.add_recent(workspace.project.path)
        self._write_memory()
        self.changed.emit()

    def leave_project(self) -> None:
        """Show the start page."""
        self.keep_pages()
        self._front.leave_workspace()
        self._notices.clear_standing()
        self._window.setWindowTitle("HistoViewer")
        self._tools.hide()
        self._models.show_models([], None)
        self._curves.begin()
        self._status.set_resting("")
        self.changed.emit()

    def keep_pages(self) -> None:
        """Remember the state of the pages, where they show a project."""
        if self._front.has_project:
            shown = self._pages.current_id
            is_of_project = bool(shown) and self._pages.entry(shown).needs_project
            self._memory.keep_pages(self._pages.pages, shown=shown if is_of_project else "")

    def offer_recent(self) -> None:
        """List the recent projects on the start page."""
        self._bench.background.run(
            self._memory.recent_projects,
            then=self._welcome.show_recent,
            failed=self._notices.show_error,
        )

    def apply_changes(self, changes: "Changes") -> None:
        """Let every page show what has changed."""
        for page in self._pages.pages.values():
            page.apply_changes(changes)
        self.changed.emit()

    def _tell_read_only(self, opened: Opened) -> None:
        reason = opened.read_only_because
        if reason is None:
            return
        title = self.tr("{reason} Here it is open for reading only.")
        hint = self.tr("{hint} Then try again; what is shown is its state at opening.")
        if isinstance(reason, InUseError):
            hint = self.tr("Close it there, then try again; what is shown is its state at opening.")
        self._notices.add(
            "warning",
            title.format(reason=reason.message),
            hint.format(hint=reason.hint),
            action=(self.tr("Try again for writing"), self._opener.open_again),
            stays=True,
        )

    def _tell_scores_lost(self) -> None:
        """Say that the champion's scores are damaged, until they are there again."""
        self._notices.withdraw(self._lost)
        standing, workspace = self._bench.standing, self._bench.workspace
        if standing is None or workspace is None or not standing.ranking.scores_lost:
            return
        model = standing.ranking.model
        assert model is not None, "only a model has scores"
        title = self.tr("The scores of model {number} are damaged and count as not there.")
        self._lost = title.format(number=model.number)
        hint = self.tr("Verdicts and labels are not touched; score the tiles again to rank them.")
        can_score = workspace.packed is not None and not workspace.session.read_only
        action = (self.tr("Score again"), self._score_again) if can_score else None
        self._notices.add("warning", self._lost, hint, action=action)

    def _score_again(self) -> None:
        if self._bench.workspace is not None:
            self._bench.score()

    def _show_standing(self) -> None:
        standing, champion = self._bench.standing, self._bench.champion
        if standing is not None:
            self._models.show_models(standing.models, champion)
        ranked = self.tr("Ranked by {model}")
        self._status.set_resting(
            self.tr("No model yet: train one to rank the tiles.")
            if champion is None
            else ranked.format(model=describe(champion))
        )
        self._tell_scores_lost()
        self.changed.emit()

    def _use_pixels(self, workspace: "Workspace") -> None:
        for page in self._pages.pages.values():
            page.set_pixels(workspace.pixels)
        self.changed.emit()

    def _forget_recent(self, path: Path) -> None:
        self._memory.forget_recent(path)
        self._write_memory()
        self.offer_recent()

    def _write_memory(self) -> None:
        self._bench.background.run(
            self._memory.write, then=lambda _: None, failed=self._notices.show_error
        )
