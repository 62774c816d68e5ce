"""What the window remembers from one session to the next."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QWidget

from histoviewer.settings import Settings, save_settings
from histoviewer.ui.pages import Page

log = logging.getLogger(__name__)


class Memory:
    """The geometry of the window, the state of its pages and the recent projects.

    UI thread only, but for `recent_projects` and `write`, which touch the disk and may be called in
    the background.

    Args:
        settings: As they were read.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        pages = settings.window.get("pages")
        self._pages: dict[str, Any] = dict(pages) if isinstance(pages, dict) else {}

    def restore_window(self, window: QWidget) -> bool:
        """Put the window where it was; return False where that is not known."""
        geometry = self._settings.window.get("geometry")
        if not isinstance(geometry, str):
            return False
        return window.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii", "ignore")))

    def restore_pages(self, pages: Mapping[str, Page]) -> None:
        """Put every page into the state it was in."""
        for name, page in pages.items():
            if name in self._pages:
                page.restore(self._pages[name])

    def keep_pages(self, pages: Mapping[str, Page]) -> None:
        """Remember the state of every page."""
        self._pages = {name: page.state() for name, page in pages.items()}

    def keep_window(self, window: QWidget) -> None:
        """Remember where the window is."""
        geometry = bytes(window.saveGeometry().toBase64().data()).decode("ascii")
        values = {"geometry": geometry, "pages": self._pages}
        self._settings = replace(self._settings, window=values)

    def add_recent(self, project: Path) -> None:
        """Remember a project as the newest of the recent ones."""
        self._settings = self._settings.with_recent(project)

    def recent_projects(self) -> tuple[Path, ...]:
        """Return the recent projects that still exist, newest first. Any thread."""
        return self._settings.recent_projects

    def write(self) -> None:
        """Put everything on the disk. Any thread. A failure costs only what is remembered."""
        try:
            save_settings(self._settings)
        except OSError:
            log.warning("the settings could not be written", exc_info=True)
