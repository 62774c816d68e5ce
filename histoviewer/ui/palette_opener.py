"""Opens the command palette with what there is at that moment."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from histoviewer.ui.actions import ActionSet
from histoviewer.ui.background import Background
from histoviewer.ui.dialogs.palette import CommandPalette
from histoviewer.ui.opening import Opener
from histoviewer.ui.page_stack import PageStack
from histoviewer.ui.palette_entries import (
    Entry,
    command_entries,
    project_entries,
    view_entries,
)
from histoviewer.ui.remembering import Memory, RecentProject


class PaletteOpener(QObject):
    """Fills the palette: commands and pages at once, what is on the disk when it has been read.

    UI thread only.

    Args:
        window: Below whose top it opens.
        actions: The commands.
        pages: Know the saved views.
        opener: Opens recent projects.
        memory: Knows them.
        background: Looks which of them still exist.
    """

    def __init__(
        self,
        window: QWidget,
        *,
        actions: ActionSet,
        pages: PageStack,
        opener: Opener,
        memory: Memory,
        background: Background,
    ) -> None:
        super().__init__(window)
        self.palette = CommandPalette(window)
        self._actions, self._pages, self._opener = actions, pages, opener
        self._memory, self._background = memory, background

    def open(self) -> None:
        """Open the palette."""
        self.palette.show_entries([*command_entries(self._actions), *self._views()])
        self._background.run(
            self._memory.recent_projects, then=self._add_projects, failed=lambda _error: None
        )

    def _views(self) -> list[Entry]:
        return [
            entry
            for page_id, page in self._pages.pages.items()
            for entry in view_entries(page.view_names, partial(self._show_view, page_id))
        ]

    def _show_view(self, page_id: str, name: str) -> None:
        self._pages.show_page(page_id).show_view(name)

    def _add_projects(self, projects: Iterable[RecentProject]) -> None:
        paths = [each.path for each in projects if each.changed is not None]
        self.palette.add_entries(project_entries(paths, self._opener.open))
