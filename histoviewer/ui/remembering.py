"""What the window remembers from one session to the next."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QWidget

from histoviewer.settings import Settings, save_settings
from histoviewer.ui.pages import Page

log = logging.getLogger(__name__)

# What suits the reader rather than the data; the rest of a page's state is kept by project.
_SHARED: Final = ("tile_size", "panes", "advances")


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
        self._pages = _tables(pages)
        projects = settings.window.get("projects")
        self._projects = {path: _tables(kept) for path, kept in _tables(projects).items()}
        self._project = ""  # the one whose pages were restored last

    def restore_window(self, window: QWidget) -> bool:
        """Put the window where it was; return False where that is not known."""
        geometry = self._settings.window.get("geometry")
        if not isinstance(geometry, str):
            return False
        return window.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii", "ignore")))

    def restore_pages(self, pages: Mapping[str, Page], project: Path) -> None:
        """Put every page into the state it was in on a project; what suits the reader is shared."""
        self._project = str(project.absolute())
        kept = self._projects.get(self._project, {})
        for name, page in pages.items():
            if values := {**kept.get(name, {}), **_shared(self._pages.get(name, {}))}:
                page.restore(values)

    def keep_pages(self, pages: Mapping[str, Page]) -> None:
        """Remember the state of every page on the project it was restored for."""
        self._pages = {name: page.state() for name, page in pages.items()}
        self._projects[self._project] = self._pages

    def keep_window(self, window: QWidget) -> None:
        """Remember where the window is."""
        geometry = bytes(window.saveGeometry().toBase64().data()).decode("ascii")
        recent = self._settings.recent
        projects = {path: kept for path, kept in self._projects.items() if path in recent}
        values = {"geometry": geometry, "pages": self._pages, "projects": projects}
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


def _tables(stored: object) -> dict[str, dict[str, Any]]:
    """Return the tables in a table; what else a file may hold by mistake is left out."""
    if not isinstance(stored, dict):
        return {}
    return {name: value for name, value in stored.items() if isinstance(value, dict)}


def _shared(state: Mapping[str, Any]) -> dict[str, Any]:
    return {key: state[key] for key in _SHARED if key in state}
