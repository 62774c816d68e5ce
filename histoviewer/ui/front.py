"""What fills the middle of the window: the welcome page, a word while opening, or the pages."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from histoviewer.ui.page_stack import PageStack
from histoviewer.ui.theme import GAP
from histoviewer.ui.verdict_bar import VerdictBar
from histoviewer.ui.welcome import WelcomePage
from histoviewer.ui.widgets import heading, label

if TYPE_CHECKING:
    from histoviewer.services.opening import Workspace

_BAR_WIDTH = 220
_LEAST_HEIGHT = 460


class Front(QStackedWidget):
    """Shows one of three things.

    Args:
        welcome: Shown while no project is open.
        pages: Shown on an open project, with the verdict buttons below.
        verdicts: The verdict buttons.
        parent: Owner.
    """

    def __init__(
        self,
        *,
        welcome: WelcomePage,
        pages: PageStack,
        verdicts: VerdictBar,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._welcome = welcome
        self._pages = pages
        self._work = QWidget()
        column = QVBoxLayout(self._work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(pages, 1)
        column.addWidget(verdicts)
        self._title = heading("", scale=1.4)
        self._place = label("", role="muted")
        self._waiting = self._make_waiting()
        for widget in (welcome, self._waiting, self._work):
            self.addWidget(widget)
        # What stands above and below it comes and goes: the window must not grow with it.
        self.setMinimumHeight(_LEAST_HEIGHT)

    @property
    def shows_project(self) -> bool:
        """Return whether the pages are shown."""
        return self.currentWidget() is self._work

    def show_welcome(self) -> None:
        """Show the welcome page."""
        self.setCurrentWidget(self._welcome)
        self._welcome.focus_first()

    def show_opening(self, path: Path) -> None:
        """Say what is being opened."""
        self._title.setText(self.tr("Opening {name}…").format(name=path.stem))
        self._place.setText(str(path.parent))
        self.setCurrentWidget(self._waiting)

    def show_workspace(self, workspace: "Workspace") -> None:
        """Show the pages on a project."""
        for page in self._pages.pages.values():
            page.show_workspace(workspace)
        self.setCurrentWidget(self._work)
        if self._pages.current is not None:
            self._pages.current.setFocus()

    def leave_workspace(self) -> None:
        """Let no page show a project."""
        for page in self._pages.pages.values():
            page.show_workspace(None)
        self.show_welcome()

    def _make_waiting(self) -> QWidget:
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setFixedWidth(_BAR_WIDTH)
        bar.setAccessibleName(self.tr("Opening"))
        widget = QWidget()
        column = QVBoxLayout(widget)
        column.setSpacing(GAP)
        column.addStretch(2)
        for part in (self._title, self._place, bar):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        return widget
