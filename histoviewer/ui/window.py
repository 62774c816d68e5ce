"""The main window: puts the parts together and keeps them in step."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from histoviewer.errors import UserError
from histoviewer.logs import log_file
from histoviewer.ui import menus
from histoviewer.ui.actions import ActionSet
from histoviewer.ui.closing import may_close
from histoviewer.ui.commands.command import Menu, Target
from histoviewer.ui.front import Front
from histoviewer.ui.jobs.curves import CurvesPanel
from histoviewer.ui.jobs.panel import JobsPanel
from histoviewer.ui.key_guard import belongs_to_control
from histoviewer.ui.keymap import KeyMap
from histoviewer.ui.model_menu import ModelMenu, describe
from histoviewer.ui.notices import NoticeArea
from histoviewer.ui.opening import Opener
from histoviewer.ui.outcomes import OutcomeNotices
from histoviewer.ui.page_stack import PageStack
from histoviewer.ui.pages import PageContext, PageEntry, PageFactory, load_pages
from histoviewer.ui.palette_opener import PaletteOpener
from histoviewer.ui.remembering import Memory
from histoviewer.ui.save_state import SaveState
from histoviewer.ui.saving import Saver
from histoviewer.ui.situation import assess
from histoviewer.ui.standing import Opened
from histoviewer.ui.tasks import Task
from histoviewer.ui.theme import Theme
from histoviewer.ui.verdict_bar import VerdictBar
from histoviewer.ui.welcome import WelcomePage, dropped_path
from histoviewer.ui.widgets import label
from histoviewer.ui.window_commands import WindowCommands
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:
    from histoviewer.services.changes import Changes
    from histoviewer.services.opening import Workspace

_SIZE = QSize(1400, 900)
_NOTICE_MS = 6000
_TOOLS = ("model.train", "model.score", "model.retrain", "project.export")
_WELCOME = ("project.open", "project.open-file", "project.demo")


class MainWindow(QMainWindow):
    """The window. UI thread only; imports nothing heavy before it has been painted.

    Args:
        theme: Colours.
        memory: Where the last session ended.
        keymap: The keys in force.
        reader: Name recorded with each verdict.
    """

    first_painted = Signal()

    def __init__(self, *, theme: Theme, memory: Memory, keymap: KeyMap, reader: str) -> None:
        super().__init__()
        self._theme = theme
        self._memory = memory
        self._was_painted = False
        self._is_closed = False
        self._make_workers(reader)
        self._make_parts(keymap)
        self._lay_out()
        self._connect()
        if not memory.restore_window(self):
            self.resize(_SIZE)
        self.setAcceptDrops(True)
        self._leave_project()

    def _make_workers(self, reader: str) -> None:
        self.bench = Workbench(self)
        self.saver = Saver(self)
        self.opener = Opener(
            self.bench,
            self.saver,
            reader=reader,
            may_leave=lambda: may_close(self, self.bench, self.saver),
            parent=self,
        )

    def _make_parts(self, keymap: KeyMap) -> None:
        theme = self._theme
        self.notices = NoticeArea(theme)
        self.pages = PageStack(theme)
        self.curves = CurvesPanel(
            theme=theme, background=self.bench.background, notices=self.notices
        )
        self._commands = WindowCommands(
            self, bench=self.bench, opener=self.opener, curves=self.curves, keymap=keymap
        )
        self.commands = ActionSet(self, keymap=keymap, theme=theme, target=self._target)
        self.welcome = WelcomePage([self.commands[name] for name in _WELCOME], theme=theme)
        self.verdicts = VerdictBar(self.commands)
        self.front = Front(welcome=self.welcome, pages=self.pages, verdicts=self.verdicts)
        self.finder = PaletteOpener(
            self,
            actions=self.commands,
            opener=self.opener,
            memory=self._memory,
            background=self.bench.background,
        )
        self.jobs = JobsPanel(
            list(self.bench.lanes),
            curves=self.commands["view.curves"],
            theme=theme,
            log_path=str(log_file()),
        )
        self.outcomes = OutcomeNotices(self.bench, self.notices, self)
        self.reader = label(self.tr("reader: {name}").format(name=self.opener.reader), role="muted")
        self.save_state = SaveState(self.saver, theme=theme)
        self.model_line = label("", role="muted")

    def _lay_out(self) -> None:
        menu_of = menus.fill_menu_bar(self.menuBar(), self.commands)
        self.models = ModelMenu(menu_of[Menu.MODELS], self)
        self._tools = menus.make_tool_bar(self.commands, _TOOLS, [self.reader, self.save_state])
        self.addToolBar(self._tools)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notices)
        column.addWidget(self.front, 1)
        column.addWidget(self.curves)
        column.addWidget(self.jobs)
        self.setCentralWidget(middle)
        self.statusBar().addWidget(self.model_line)
        self.statusBar().setSizeGripEnabled(False)

    def _connect(self) -> None:
        opener, bench = self.opener, self.bench
        opener.opening_started.connect(self.front.show_opening)
        opener.opened.connect(self._show_project)
        opener.closed.connect(self._leave_project)
        opener.failed.connect(self._show_error)
        bench.failed.connect(self._show_error)
        bench.changed.connect(self._apply_changes)
        bench.pixels_changed.connect(self._use_pixels)
        bench.standing_changed.connect(self._show_standing)
        bench.batch.task_started.connect(self._begin_job)
        bench.batch.curve_point_added.connect(self.curves.add)
        for lane in bench.lanes:
            lane.task_started.connect(self._refresh_commands)
            lane.became_idle.connect(self._refresh_commands)
            lane.operation_failed.connect(self._note_failure)
            lane.operation_cancelled.connect(self._stop_waiting)
        self.outcomes.problems_asked.connect(self._commands.show_problems)
        bench.outgrown.connect(opener.open)
        opener.dataset_found.connect(self._stop_waiting)
        self._commands.palette_asked.connect(self.finder.open)
        self.pages.current_changed.connect(self._refresh_commands)
        self.models.model_chosen.connect(bench.promote)
        self.welcome.path_chosen.connect(opener.open)
        self.saver.failed.connect(self._show_error)
        self.saver.recovered.connect(lambda error: self.notices.withdraw(error.message))

    # --- from the start to the end

    def begin(self, path: Path | None, *, warm_up: bool = True) -> None:
        """Show the window; once it is painted, import what is heavy and open what was asked for.

        Args:
            path: A project or a data set; None for the welcome page.
            warm_up: Whether the compute process is started ahead of the first job.
        """
        self.first_painted.connect(lambda: self._load(path, warm_up=warm_up))
        if path is not None:
            self.front.show_opening(path)
        self.show()

    def _load(self, path: Path | None, *, warm_up: bool) -> None:
        if self._is_closed:  # as soon as it was painted
            return
        self.bench.background.run(load_pages, then=self._add_pages, failed=self._show_error)
        self._offer_recent()
        if path is not None:
            self.opener.open(path)
        if warm_up:
            self.bench.warm_up()

    def _offer_recent(self) -> None:
        self.bench.background.run(
            self._memory.recent_projects, then=self.welcome.show_recent, failed=self._show_error
        )

    def _add_pages(self, loaded: Sequence[tuple[PageEntry, PageFactory]]) -> None:
        context = PageContext(
            bench=self.bench,
            opener=self.opener,
            saver=self.saver,
            memory=self._memory,
            actions=self.commands,
            theme=self._theme,
            notices=self.notices,
            pages=self.pages,
        )
        for entry, make in loaded:
            self.pages.add(entry, make(context))
        for page in self.pages.pages.values():
            page.changed.connect(self._apply_changes)
            page.notice.connect(self._say)
            page.targets_changed.connect(self.verdicts.show_targets)
        self._refresh_commands()  # those that go to a page can be used from now on

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once when the window has been painted."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def event(self, event: QEvent) -> bool:
        """Keep from the single-key commands what the focused control needs for itself."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and belongs_to_control(self.focusWidget(), event)
        ):
            event.accept()
            return True
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close when every verdict is on the disk; ask once where something would be lost."""
        if not may_close(self, self.bench, self.saver):
            event.ignore()
            return
        self.shut_down()
        event.accept()

    def shut_down(self) -> None:
        """Write what is to be kept and end every thread and process, whoever ends the program."""
        if self._is_closed:
            return
        self._is_closed = True
        if self.front.shows_project:
            self._memory.keep_pages(self.pages.pages)
        self._memory.keep_window(self)
        self.opener.close()
        for page in self.pages.pages.values():
            page.close_threads()
        self._memory.write()  # the background is closed: nobody else writes them now

    # --- the open project

    def _show_project(self, opened: Opened) -> None:
        workspace = opened.workspace
        self.notices.clear()
        self.curves.begin()
        self.front.show_workspace(workspace)
        self._memory.restore_pages(self.pages.pages, workspace.project.path)
        info = workspace.project.info
        self.setWindowTitle(f"{info.name} - HistoViewer")
        self._tools.show()
        self._memory.add_recent(workspace.project.path)
        self.bench.background.run(self._memory.write, then=lambda _: None, failed=self._show_error)
        self._refresh_commands()

    def _leave_project(self) -> None:
        if self.front.shows_project:
            self._memory.keep_pages(self.pages.pages)
            self._offer_recent()
        self.front.leave_workspace()
        self.setWindowTitle("HistoViewer")
        self._tools.hide()
        self.models.show_models([], None)
        self.curves.begin()
        self.model_line.clear()
        self.save_state.refresh()
        self._refresh_commands()

    def _begin_job(self, task: Task) -> None:
        self.notices.clear("info")  # what the job before has done is old news
        if task.trains:
            self.curves.begin()

    def _show_standing(self) -> None:
        standing, champion = self.bench.standing, self.bench.champion
        if standing is not None:
            self.models.show_models(standing.models, champion)
        ranked = self.tr("Ranked by {model}")
        self.model_line.setText(
            self.tr("No model yet: train one to rank the tiles.")
            if champion is None
            else ranked.format(model=describe(champion))
        )

    def _apply_changes(self, changes: "Changes") -> None:
        for page in self.pages.pages.values():
            page.apply_changes(changes)
        self._refresh_commands()

    def _use_pixels(self, workspace: "Workspace") -> None:
        for page in self.pages.pages.values():
            page.set_pixels(workspace.pixels)
        self._refresh_commands()

    def _refresh_commands(self, *_: object) -> None:
        self.commands.update(assess(self.bench, self.pages))

    def _target(self, target: Target) -> object | None:
        match target:
            case Target.WINDOW:
                return self._commands
            case Target.PAGES:
                return self.pages
            case Target.STEPS:
                return self.pages.pages.get("review")
            case Target.PAGE:
                return self.pages.current

    # --- what is said

    def _show_error(self, error: Exception) -> None:
        self.notices.show_error(error)
        self._stop_waiting()

    def _note_failure(self, _task: Task, error: Exception) -> None:
        if isinstance(error, UserError):
            self.notices.show_error(error)
        self._stop_waiting()

    def _stop_waiting(self, *_: object) -> None:
        """Go back to the welcome page where nothing is open or being opened any more."""
        if self.bench.workspace is None and not self.opener.is_opening:
            self.front.show_welcome()

    def _say(self, sentence: str) -> None:
        self.statusBar().showMessage(sentence, _NOTICE_MS)

    # --- dropping a folder anywhere

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one folder or file."""
        if dropped_path(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open it."""
        path = dropped_path(event)
        if path is not None:
            event.acceptProposedAction()
            self.opener.open(path)
