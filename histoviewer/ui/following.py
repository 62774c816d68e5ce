"""Puts into force what the reader prefers, as soon as it is changed."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from histoviewer.ui.pages import PageContext
from histoviewer.ui.theme import Mode

_MIB = 2**20


class PreferenceFollower(QObject):
    """Follows settings and keys: paints, limits, shortcuts, and the files they are kept in.

    UI thread only; the files are written in the background.

    Args:
        context: What is followed, and what follows it.
        failed: Takes the error where one cannot be written.
        parent: Owner.
    """

    def __init__(
        self, context: PageContext, *, failed: Callable[[Exception], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        preferences = context.preferences
        self._preferences = preferences
        self._theme, self._actions, self._pages = context.theme, context.actions, context.pages
        self._background, self._failed = context.bench.background, failed
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
        self._background.write(write, then=lambda _: None, failed=self._failed)
