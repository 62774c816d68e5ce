"""What fills the middle of the window: the start page, a word while one waits, or the pages."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from histoviewer.ui.page_stack import PageStack
from histoviewer.ui.rail import Rail
from histoviewer.ui.theme import GAP
from histoviewer.ui.verdict_bar import VerdictBar
from histoviewer.ui.welcome import WelcomePage
from histoviewer.ui.widgets import heading, label

if TYPE_CHECKING:
    from histoviewer.services.opening import Workspace

_BAR_WIDTH = 220
_LEAST_HEIGHT = 460


class Front(QWidget):
    """The rail, and beside it one of three things.

    Args:
        rail: Goes to the pages.
        welcome: Shown while no project is open, unless the reader goes to a page that needs none.
        pages: The pages; the verdict buttons are below those on which verdicts are given.
        verdicts: The verdict buttons.
        parent: Owner.
    """

    changed = Signal()  # another page is shown
    stay_asked = Signal()  # leaving, which waits, is to be taken back

    def __init__(
        self,
        *,
        rail: Rail,
        welcome: WelcomePage,
        pages: PageStack,
        verdicts: VerdictBar,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._rail, self._welcome, self._pages, self._verdicts = rail, welcome, pages, verdicts
        self._has_project = False
        self._before_waiting: QWidget | None = welcome
        self._stack = QStackedWidget()
        self._work = self._make_work()
        self._title = heading("", scale=1.4)
        self._detail = label("", role="muted")
        self.keep_open = self._make_keep_open()
        self._waiting = self._make_waiting()
        for widget in (welcome, self._waiting, self._work):
            self._stack.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(rail)
        row.addWidget(self._stack, 1)
        # What stands above and below it comes and goes: the window must not grow with it.
        self.setMinimumHeight(_LEAST_HEIGHT)
        rail.start_asked.connect(self.show_welcome)
        pages.shown.connect(self._show_page)

    @property
    def has_project(self) -> bool:
        """Return whether the pages show a project, be they in sight or not."""
        return self._has_project

    @property
    def shows_project(self) -> bool:
        """Return whether a project is open and shown."""
        return self._has_project and not self.is_waiting

    @property
    def is_waiting(self) -> bool:
        """Return whether only what is waited for is shown."""
        return self._stack.currentWidget() is self._waiting

    def show_welcome(self) -> None:
        """Show the start page."""
        self._rail.setEnabled(True)
        self._rail.mark("")
        self._stack.setCurrentWidget(self._welcome)
        self._welcome.focus_first()
        self.changed.emit()

    def show_opening(self, path: Path) -> None:
        """Say what is being opened."""
        self.show_waiting(self.tr("Opening {name}…").format(name=path.stem), str(path.parent))

    def show_waiting(self, title: str, detail: str = "") -> None:
        """Say what is waited for, in place of all else."""
        self._title.setText(title)
        self._detail.setText(detail)
        if not self.is_waiting:
            self._before_waiting = self._stack.currentWidget()
        self.keep_open.hide()
        self._rail.setEnabled(False)
        self._stack.setCurrentWidget(self._waiting)

    def show_leaving(self, title: str, detail: str) -> None:
        """Say what is waited for before one leaves, which can still be taken back."""
        self.show_waiting(title, detail)
        self.keep_open.show()

    def show_work(self) -> None:
        """Go back from what is waited for to the page that was shown before."""
        if self._stack.currentWidget() is self._work:  # the reader has gone to another
            return
        if self._before_waiting is self._work:
            self._pages.show_page(self._pages.current_id)
        else:
            self.show_welcome()

    def show_workspace(self, workspace: "Workspace") -> None:
        """Let every page show a project."""
        self._has_project = True
        self._rail.show_pages(of_project=True)
        for page in self._pages.pages.values():
            page.show_workspace(workspace)

    def leave_workspace(self) -> None:
        """Let no page show a project."""
        self._has_project = False
        self._rail.show_pages(of_project=False)
        for page in self._pages.pages.values():
            page.show_workspace(None)
        self.show_welcome()

    def _show_page(self, page_id: str) -> None:
        self._rail.setEnabled(True)
        self._rail.mark(page_id)
        self._verdicts.setVisible(self._pages.entry(page_id).judges)
        self._stack.setCurrentWidget(self._work)
        self.changed.emit()

    def _make_work(self) -> QWidget:
        work = QWidget()
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages, 1)
        column.addWidget(self._verdicts)
        return work

    def _make_keep_open(self) -> QPushButton:
        button = QPushButton(self.tr("Keep open"))
        button.setToolTip(self.tr("Go on working; what is being written is written all the same."))
        button.clicked.connect(self.stay_asked)
        return button

    def _make_waiting(self) -> QWidget:
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setFixedWidth(_BAR_WIDTH)
        bar.setAccessibleName(self.tr("Please wait"))
        widget = QWidget()
        column = QVBoxLayout(widget)
        column.setSpacing(GAP)
        column.addStretch(2)
        for part in (self._title, self._detail, bar, self.keep_open):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        return widget
