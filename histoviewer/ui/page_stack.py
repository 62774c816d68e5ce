"""The pages in a stack, and the rail beside it to choose one of them."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from histoviewer.ui import icons
from histoviewer.ui.pages import Page, PageEntry
from histoviewer.ui.theme import GAP, TIGHT, Theme
from histoviewer.ui.widgets import frame

_ICON_SIDE = 22


class PageStack(QWidget):
    """The pages and the rail; the rail is hidden while there is only one.

    Args:
        theme: Colours of the icons.
        parent: Owner.
    """

    current_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pages: dict[str, Page] = {}
        self._rail_buttons: dict[str, QToolButton] = {}
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
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, Page) else None

    def add(self, entry: PageEntry, page: Page) -> None:
        """Add a page below the others."""
        self._pages[entry.id] = page
        self._stack.addWidget(page)
        button = QToolButton()
        button.setText(entry.title)
        button.setToolTip(entry.explanation)
        button.setObjectName(entry.icon)
        button.setCheckable(True)
        button.setChecked(len(self._pages) == 1)
        button.setIconSize(QSize(_ICON_SIDE, _ICON_SIDE))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.clicked.connect(lambda: self.show_page(entry.id))
        self._rail_buttons[entry.id] = button
        self._choices.addButton(button)
        self._buttons.insertWidget(self._buttons.count() - 1, button)
        self._rail.setVisible(len(self._pages) > 1)
        self._draw_icons()

    def show_page(self, page_id: str) -> Page:
        """Go to a page, give it the keyboard, and return it."""
        page = self._pages[page_id]
        self._rail_buttons[page_id].setChecked(True)
        self._stack.setCurrentWidget(page)
        page.setFocus()
        self.current_changed.emit()
        return page

    def _draw_icons(self) -> None:
        for button in self._choices.buttons():
            button.setIcon(icons.icon(button.objectName(), self._theme))
