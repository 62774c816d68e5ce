"""The pages of an open project, side by side in a stack: a new page is one more entry here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QSize, Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.source import TileSource
from histoviewer.ui import icons
from histoviewer.ui.theme import GAP, TIGHT, Theme
from histoviewer.ui.widgets import frame

if TYPE_CHECKING:  # these import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.changes import Changes
    from histoviewer.services.opening import Workspace

_ICON_SIDE = 22


class Page(Protocol):
    """What the window asks of a page, which is a `QWidget` with the methods its commands name."""

    changed: SignalInstance  # Changes made on it
    notice: SignalInstance  # a sentence for the reader

    @property
    def undo_text(self) -> str:
        """Return what undo would do; '' where there is nothing."""
        ...

    @property
    def redo_text(self) -> str:
        """Return what redo would do; '' where there is nothing."""
        ...

    @property
    def advances(self) -> bool:
        """Return whether a verdict leads on to the next undecided tile."""
        ...

    def setFocus(self) -> None:
        """Take the keyboard."""
        ...

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Show a project; None for none."""
        ...

    def apply_changes(self, changes: "Changes") -> None:
        """Refresh what changed elsewhere."""
        ...

    def set_pixels(self, source: "TileSource | None" = None) -> None:
        """Take the pixels from a faster place."""
        ...

    def state(self) -> dict[str, Any]:
        """Return what to remember, as JSON values."""
        ...

    def restore(self, values: Mapping[str, Any]) -> None:
        """Go back to a remembered state."""
        ...

    def close_threads(self) -> None:
        """End the page's threads."""
        ...


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page.

    Args:
        id: Key of its remembered state.
        title: English, marked for translation.
        icon: File name in `resources/icons`.
        load: Imports its class, in the background; what it imports may take long.
    """

    id: str
    title: str
    icon: str
    load: Callable[[], type[QWidget]]


def _load_review() -> type[QWidget]:
    from histoviewer.ui.review.page import ReviewPage

    return ReviewPage


PAGES = (PageEntry("review", str(QT_TRANSLATE_NOOP("pages", "Review")), "review", _load_review),)


def load_pages() -> list[tuple[PageEntry, type[QWidget]]]:
    """Import every page. Any thread but the UI thread."""
    return [(entry, entry.load()) for entry in PAGES]


class PageStack(QWidget):
    """The pages and the rail to choose one of them; the rail is hidden while there is only one.

    Args:
        theme: Colours of the icons.
        parent: Owner.
    """

    current_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pages: dict[str, Page] = {}
        self._stack = QStackedWidget()
        self._rail = frame("rail")
        self._choices = QButtonGroup(self)
        self._buttons = QVBoxLayout(self._rail)
        self._buttons.setContentsMargins(TIGHT, GAP, TIGHT, GAP)
        self._buttons.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._rail)
        row.addWidget(self._stack, 1)
        self._rail.hide()
        theme.changed.connect(self._draw_icons)

    @property
    def pages(self) -> Mapping[str, Page]:
        """Return the pages by id."""
        return self._pages

    @property
    def current(self) -> Page | None:
        """Return the page that is shown; None before there is one."""
        return cast("Page | None", self._stack.currentWidget())

    def add(self, entry: PageEntry, page: QWidget) -> None:
        """Add a page below the others."""
        self._pages[entry.id] = cast("Page", page)
        self._stack.addWidget(page)
        button = QToolButton()
        button.setText(QCoreApplication.translate("pages", entry.title))
        button.setObjectName(entry.icon)
        button.setCheckable(True)
        button.setChecked(len(self._pages) == 1)
        button.setIconSize(QSize(_ICON_SIDE, _ICON_SIDE))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.clicked.connect(lambda: self._show(page))
        self._choices.addButton(button)
        self._buttons.insertWidget(self._buttons.count() - 1, button)
        self._rail.setVisible(len(self._pages) > 1)
        self._draw_icons()

    def _show(self, page: QWidget) -> None:
        self._stack.setCurrentWidget(page)
        page.setFocus()
        self.current_changed.emit()

    def _draw_icons(self) -> None:
        for button in self._choices.buttons():
            button.setIcon(icons.icon(button.objectName(), self._theme))
