"""The pages, one of which is shown."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from histoviewer.ui.pages import Page, PageEntry


class PageStack(QStackedWidget):
    """The pages by id. UI thread only.

    Args:
        parent: Owner.
    """

    shown = Signal(str)  # id of the page that was gone to

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages: dict[str, Page] = {}
        self._entries: dict[str, PageEntry] = {}

    @property
    def pages(self) -> Mapping[str, Page]:
        """Return the pages by id, in their order."""
        return self._pages

    @property
    def current(self) -> Page | None:
        """Return the page that is shown; None before there is one."""
        shown = self.currentWidget()
        return shown if isinstance(shown, Page) else None

    @property
    def current_id(self) -> str:
        """Return its id; '' before there is one."""
        return next((name for name, page in self._pages.items() if page is self.current), "")

    def add(self, entry: PageEntry, page: Page) -> None:
        """Add a page after the others."""
        self._pages[entry.id] = page
        self._entries[entry.id] = entry
        self.addWidget(page)

    def entry(self, page_id: str) -> PageEntry:
        """Return what a page was made from."""
        return self._entries[page_id]

    def finish_typing(self) -> None:
        """Let every page take what is still being typed."""
        for page in self._pages.values():
            page.finish_typing()

    def show_page(self, page_id: str) -> Page:
        """Go to a page, give it the keyboard, and return it."""
        page = self._pages[page_id]
        self.setCurrentWidget(page)
        self.shown.emit(page_id)
        page.setFocus()
        return page
