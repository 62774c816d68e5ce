"""Puts into force what the reader prefers, as soon as it is changed."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from histoviewer.ui.actions import ActionSet
from histoviewer.ui.background import Background
from histoviewer.ui.page_stack import PageStack
from histoviewer.ui.preferences import Preferences
from histoviewer.ui.theme import Mode, Theme

_MIB = 2**20


class PreferenceFollower(QObject):
    """Follows settings and keys: paints, limits, shortcuts, and the files they are kept in.

    UI thread only; the files are written in the background.

    Args:
        preferences: What is followed.
        theme: Colours and text size.
        actions: The commands and their keys.
        pages: What reads tiles.
        background: Where the files are written.
        failed: Takes the error where one cannot be written.
        parent: Owner.
    """

    def __init__(
        self,
        preferences: Preferences,
        *,
        theme: Theme,
        actions: ActionSet,
        pages: PageStack,
        background: Background,
        failed: Callable[[Exception], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._theme, self._actions, self._pages = theme, actions, pages
        self._background, self._failed = background, failed
        self._limits = self._wanted_limits()
        preferences.changed.connect(self._follow)
        preferences.keymap_changed.connect(self._follow_keys)

    def limit_pages(self) -> None:
        """Let the pages read with as many threads and as much memory as the settings say."""
        threads, cache_bytes = self._limits = self._wanted_limits()
        for page in self._pages.pages.values():
            page.set_limits(threads=threads, cache_bytes=cache_bytes)

    def _wanted_limits(self) -> tuple[int | None, int]:
        settings = self._preferences.settings
        return settings.tile_threads or None, settings.tile_cache_mb * _MIB

    def _follow(self) -> None:
        settings = self._preferences.settings
        self._theme.set_look(Mode(settings.theme), text_percent=settings.text_percent)
        if self._limits != self._wanted_limits():
            self.limit_pages()
        self._write(self._preferences.write)

    def _follow_keys(self) -> None:
        self._actions.set_keymap(self._preferences.keymap)
        self._write(self._preferences.write_keys)

    def _write(self, write: Callable[[], None]) -> None:
        self._background.run(write, then=lambda _: None, failed=self._failed)
