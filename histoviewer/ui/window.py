"""The main window: puts the parts together and keeps them in step."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from histoviewer.logs import log_file
from histoviewer.ui import menus
from histoviewer.ui.actions import ActionSet
from histoviewer.ui.closing import Leaving
from histoviewer.ui.commands.command import Menu, Target
from histoviewer.ui.dropping import DropTarget
from histoviewer.ui.following import PreferenceFollower
from histoviewer.ui.front import Front
from histoviewer.ui.jobs.curves import CurvesPanel
from histoviewer.ui.jobs.history import JobHistory
from histoviewer.ui.jobs.notifying import JobNotifier
from histoviewer.ui.jobs.panel import JobsPanel
from histoviewer.ui.key_guard import belongs_to_control
from histoviewer.ui.model_menu import ModelMenu
from histoviewer.ui.model_work import ModelWork
from histoviewer.ui.notices import NoticeArea
from histoviewer.ui.opening import Opener
from histoviewer.ui.outcomes import OutcomeNotices
from histoviewer.ui.page_stack import PageStack
from histoviewer.ui.pages import PageContext, PageEntry, PageFactory, load_pages
from histoviewer.ui.palette_opener import PaletteOpener
from histoviewer.ui.preferences import Preferences
from histoviewer.ui.quick import QuickRetrain
from histoviewer.ui.rail import Rail
from histoviewer.ui.reader_button import ReaderButton
from histoviewer.ui.remembering import Memory
from histoviewer.ui.save_state import SaveState
from histoviewer.ui.saving import Saver
from histoviewer.ui.showing import ProjectShow
from histoviewer.ui.situation import assess
from histoviewer.ui.starter import StarterRanking
from histoviewer.ui.status_line import StatusLine
from histoviewer.ui.telling import Teller
from histoviewer.ui.theme import Theme
from histoviewer.ui.verdict_bar import VerdictBar
from histoviewer.ui.welcome import WelcomePage
from histoviewer.ui.window_commands import WindowCommands
from histoviewer.ui.workbench import Workbench

_SIZE = QSize(1400, 900)
_TOOLS = ("model.train", "model.score", "model.retrain", "model.retrain-quick", "project.export")
_WELCOME = ("project.open", "project.open-file", "project.demo")


class MainWindow(QMainWindow):
    """The window. UI thread only; imports nothing heavy before it has been painted.

    Args:
        theme: Colours and text size.
        preferences: Settings and keys.
    """

    first_painted = Signal()

    def __init__(self, *, theme: Theme, preferences: Preferences) -> None:
        super().__init__()
        self._theme = theme
        self.preferences = preferences
        self._memory = Memory(preferences)
        self._was_painted = False
        self._is_closed = self._is_closing = False
        self._make_workers()
        self._make_parts()
        self._lay_out()
        self._make_followers()
        self._connect()
        if not self._memory.restore_window(self):
            self.resize(_SIZE)
        self.project.leave_project()
        self.project.offer_recent()
        for problem in preferences.problems:
            self.notices.add("warning", problem.message, problem.hint)

    def _make_workers(self) -> None:
        self.bench = Workbench(self)
        self.model_work = ModelWork(self.bench, self)
        self.saver = Saver(self)
        self.leaving = Leaving(self, self.bench, self.saver)
        self.opener = Opener(
            self.bench,
            self.saver,
            preferences=self.preferences,
            leaving=self.leaving,
            parent=self,
        )
        self.history = JobHistory(self.bench.listed_lanes, self)
        self.notifier = JobNotifier(self.history, self)

    def _make_parts(self) -> None:
        theme, bench = self._theme, self.bench
        self.notices = NoticeArea(theme)
        self.pages = PageStack()
        self.curves = CurvesPanel(theme=theme, background=bench.background, notices=self.notices)
        self._commands = WindowCommands(
            self,
            bench=bench,
            opener=self.opener,
            curves=self.curves,
            preferences=self.preferences,
        )
        self.commands = ActionSet(
            self, keymap=self.preferences.keymap, theme=theme, target=self._target
        )
        self.welcome = WelcomePage([self.commands[name] for name in _WELCOME], theme=theme)
        self.verdicts = VerdictBar(self.commands)
        self.front = Front(
            rail=Rail(self.commands, theme=theme),
            welcome=self.welcome,
            pages=self.pages,
            verdicts=self.verdicts,
        )
        self.jobs = JobsPanel(
            list(bench.listed_lanes),
            curves=self.commands["view.curves"],
            theme=theme,
            log_path=str(log_file()),
        )
        self.reader = ReaderButton(self.preferences, self.commands["project.reader"])
        self.save_state = SaveState(self.saver, theme=theme)
        self.status = StatusLine()

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
        self.setStatusBar(self.status)

    def _make_followers(self) -> None:
        self._context = context = PageContext(
            bench=self.bench,
            models=self.model_work,
            opener=self.opener,
            saver=self.saver,
            memory=self._memory,
            actions=self.commands,
            theme=self._theme,
            notices=self.notices,
            pages=self.pages,
            preferences=self.preferences,
            jobs=self.history,
        )
        self.teller = Teller(context, front=self.front, curves=self.curves, parent=self)
        self.finder = PaletteOpener(
            self,
            actions=self.commands,
            pages=self.pages,
            opener=self.opener,
            memory=self._memory,
            background=self.bench.background,
        )
        self.follower = PreferenceFollower(context, failed=self.teller.show_error, parent=self)
        self.project = ProjectShow(
            self,
            context,
            front=self.front,
            welcome=self.welcome,
            models=self.models,
            tools=self._tools,
            status=self.status,
            curves=self.curves,
        )
        # After the project is shown, which clears what was said of the one before.
        self.outcomes = OutcomeNotices(
            self.bench, self.opener, self.notices, models=self.model_work, parent=self
        )
        self.quick = QuickRetrain(context, self)
        self.starter = StarterRanking(self.bench, self.model_work, self.preferences, self)

    def _connect(self) -> None:
        for lane in self.bench.listed_lanes:
            lane.task_started.connect(self._refresh_commands)
            lane.became_idle.connect(self._refresh_commands)
        self.outcomes.problems_asked.connect(self._commands.show_problems)
        self.project.changed.connect(self._refresh_commands)
        self.front.changed.connect(self._refresh_commands)
        self.front.changed.connect(self._show_targets)
        self._commands.palette_asked.connect(self.finder.open)
        self._commands.quick_retrain_asked.connect(self.quick.ask)
        self._commands.embedding_asked.connect(lambda: self.model_work.embed(None))
        self.quick.told.connect(self.status.say)
        self.model_work.told.connect(self.status.say)
        DropTarget(self).dropped.connect(self.opener.open)
        self.leaving.begins.connect(self.pages.finish_typing)
        self.leaving.waits.connect(self.front.show_leaving)
        self.leaving.stays.connect(self.front.show_work)
        self.front.stay_asked.connect(self.leaving.take_back)
        self.pages.shown.connect(self.leaving.take_back)

    # --- from the start to the end

    def begin(self, path: Path | None, *, warm_up: bool = True, asks_reader: bool = False) -> None:
        """Show the window; once it is painted, import what is heavy and open what was asked for.

        Args:
            path: A project or a data set; None for the start page.
            warm_up: Whether the compute process is started ahead of the first job.
            asks_reader: Whether to ask who reads where nobody has said so yet.
        """
        self.first_painted.connect(
            lambda: self._load(path, warm_up=warm_up, asks_reader=asks_reader)
        )
        if path is not None:
            self.front.show_opening(path)
        self.show()

    def _load(self, path: Path | None, *, warm_up: bool, asks_reader: bool) -> None:
        if self._is_closing:  # as soon as it was painted
            return
        self.bench.background.run(load_pages, then=self._add_pages, failed=self.teller.show_error)
        if path is not None:
            self.opener.open(path)
        if warm_up:
            self.bench.warm_up()
        if asks_reader and not self.preferences.has_reader:
            self._commands.choose_reader()

    def _add_pages(self, loaded: Sequence[tuple[PageEntry, PageFactory]]) -> None:
        for entry, make in loaded:
            page = make(self._context)
            self.pages.add(entry, page)
            page.changed.connect(self.project.apply_changes)
            page.situation_changed.connect(self._refresh_commands)
            page.notice.connect(self.status.say)
            page.targets_changed.connect(self._show_targets)
        self.follower.limit_pages()
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
        """Close when everything is on the disk; ask once where something would be lost.

        Nothing waits in here: what must be written or ended first is waited for with the window
        open and saying so, which then closes by itself, however often it is asked to meanwhile.
        """
        event.setAccepted(self._is_closed)
        if not self._is_closing:
            self.leaving.ask(self._end)

    def _end(self) -> None:
        """End the jobs and close the project, then the window."""
        title, detail = self.tr("Closing…"), self.tr("Jobs end and files are closed.")
        self.project.keep_pages()
        self.front.show_waiting(title, detail)
        self.setEnabled(False)
        self._is_closing = True
        self.opener.end(self._finish)
        self.front.show_waiting(title, detail)  # again: letting go of a project shows the start

    def _finish(self) -> None:
        """Close for good: nothing runs any more that would be waited for."""
        self.shut_down()
        self.close()

    def shut_down(self) -> None:
        """Write what is to be kept and end every thread and process, whoever ends the program."""
        if self._is_closed:
            return
        self._is_closing = self._is_closed = True
        self.pages.finish_typing()  # again: the session of the system may end unasked
        self.project.keep_pages()
        self._memory.keep_window(self)
        self.notifier.close()
        self.status.rest()
        self.leaving.close()
        for page in self.pages.pages.values():
            page.close_threads()  # before the project, where it is still open: they may read tiles
        self.opener.close()
        self._memory.write()  # the background is closed: nobody else writes them now

    def _refresh_commands(self, *_: object) -> None:
        self.commands.update(assess(self.bench, self.pages))

    def _show_targets(self, *_: object) -> None:
        page = self.pages.current
        self.verdicts.show_targets(0 if page is None else page.target_count)

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
