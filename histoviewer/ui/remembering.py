"""What the window remembers from one session to the next."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QWidget

from histoviewer.errors import StorageError
from histoviewer.ui.pages import Page
from histoviewer.ui.preferences import Preferences

log = logging.getLogger(__name__)

# What suits the reader rather than the data; the rest of a page's state is kept by project.
_SHARED: Final = ("tile_size", "panes", "parts", "advances")
_PAGE: Final = "page"  # id of the page that was shown, kept among the states of the pages


@dataclass(frozen=True, kw_only=True)
class RecentProject:
    """A project that was open before.

    Args:
        path: Its folder.
        changed: When something was decided on it last; None where it is gone.
    """

    path: Path
    changed: datetime | None


class Memory:
    """The geometry of the window, the state of its pages and the recent projects.

    UI thread only, but for `recent_projects` and `write`, which touch the disk and may be called in
    the background.

    Args:
        preferences: Where it is kept.
    """

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences
        window = preferences.settings.window
        self._pages = _tables(window.get("pages"))
        projects = _tables(window.get("projects"))
        self._projects = {path: _tables(kept) for path, kept in projects.items()}
        self._project = ""  # the one whose pages were restored last

    def restore_window(self, window: QWidget) -> bool:
        """Put the window where it was; return False where that is not known."""
        geometry = self._preferences.settings.window.get("geometry")
        if not isinstance(geometry, str):
            return False
        return window.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii", "ignore")))

    def restore_pages(self, pages: Mapping[str, Page], project: Path) -> str:
        """Put every page into the state it was in on a project; what suits the reader is shared.

        Returns:
            Id of the page that was shown then; '' where that is not known.
        """
        self._project = str(project.absolute())
        kept = self._projects.get(self._project, {})
        for name, page in pages.items():
            if values := {**kept.get(name, {}), **_shared(self._pages.get(name, {}))}:
                page.restore(values)
        shown = kept.get(_PAGE, {}).get("id")
        return shown if isinstance(shown, str) and shown in pages else ""

    def keep_pages(self, pages: Mapping[str, Page], *, shown: str) -> None:
        """Remember the state of every page on the project it was restored for.

        Args:
            pages: By id.
            shown: Id of the one that is shown.
        """
        self._pages = {name: page.state() for name, page in pages.items()}
        self._projects[self._project] = {**self._pages, _PAGE: {"id": shown}}

    def keep_window(self, window: QWidget) -> None:
        """Remember where the window is."""
        geometry = bytes(window.saveGeometry().toBase64().data()).decode("ascii")
        settings = self._preferences.settings
        projects = {path: kept for path, kept in self._projects.items() if path in settings.recent}
        values = {"geometry": geometry, "pages": self._pages, "projects": projects}
        self._preferences.remember(replace(settings, window=values))

    def add_recent(self, project: Path) -> None:
        """Remember a project as the newest of the recent ones."""
        self._preferences.remember(self._preferences.settings.with_recent(project))

    def forget_recent(self, project: Path) -> None:
        """Offer a project no longer."""
        self._preferences.remember(self._preferences.settings.without_recent(project))

    def recent_projects(self) -> tuple[RecentProject, ...]:
        """Return the recent projects, newest first, also those that are gone. Any thread."""
        return tuple(_look_at(Path(name)) for name in self._preferences.settings.recent)

    def write(self) -> None:
        """Put everything on the disk. Any thread. A failure costs only what is remembered."""
        try:
            self._preferences.write()
        except StorageError:
            log.warning("the settings could not be written", exc_info=True)


def _look_at(path: Path) -> RecentProject:
    """Return a project with the time of its last verdict: SQLite's log, where there is one."""
    try:
        times = [(path / "project.db").stat().st_mtime]
    except OSError:
        return RecentProject(path=path, changed=None)
    with suppress(OSError):
        times.append((path / "project.db-wal").stat().st_mtime)
    return RecentProject(path=path, changed=datetime.fromtimestamp(max(times), UTC))


def _tables(stored: object) -> dict[str, dict[str, Any]]:
    """Return the tables in a table; what else a file may hold by mistake is left out."""
    if not isinstance(stored, dict):
        return {}
    return {name: value for name, value in stored.items() if isinstance(value, dict)}


def _shared(state: Mapping[str, Any]) -> dict[str, Any]:
    return {key: state[key] for key in _SHARED if key in state}
