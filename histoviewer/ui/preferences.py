"""The reader's settings and keys, in force as soon as they are changed."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from histoviewer.errors import InputError, UserError, storage_error
from histoviewer.settings import (
    ENGLISH,
    Loaded,
    Settings,
    keymap_file,
    languages,
    save_settings,
    set_aside,
)
from histoviewer.ui.keymap import KeyMap
from histoviewer.ui.translation import translate

log = logging.getLogger(__name__)


class Preferences(QObject):
    """Settings and key map as one changeable whole.

    UI thread only, but for `write` and `write_keys`, which write files in any thread.

    Args:
        settings: As they were read.
        keymap: The keys in force.
        parent: Owner.
    """

    changed = Signal()
    keymap_changed = Signal()

    def __init__(self, settings: Settings, keymap: KeyMap, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.keymap = keymap
        self._since = settings
        self._given_reader = ""
        self.problems: list[UserError] = []
        self.languages: tuple[str, ...] = ("", ENGLISH)
        self._keeps_file = False  # a broken file of which there is no copy is not written over
        self._has_broken_keys = False

    @classmethod
    def read(
        cls, loaded: Loaded, *, reader: str = "", parent: QObject | None = None
    ) -> "Preferences":
        """Return what the reader's files say; what is wrong with them is in `problems`.

        The language should be in force already: problems are told in it.

        A broken file is copied aside before anything can be written over it.

        Args:
            loaded: The settings as they were read.
            reader: Who reads in this session whatever the settings say; '' for what they say.
            parent: Owner.
        """
        keymap, wrong_keys = _read_keymap(keymap_file())
        made = cls(loaded.settings, keymap, parent)
        made._given_reader = reader
        made.languages = languages()
        if loaded.problem:
            made._report_settings(loaded.path, loaded.problem)
        if wrong_keys is not None:
            made._has_broken_keys = True
            made.problems.append(wrong_keys)
        return made

    @property
    def reader(self) -> str:
        """Return the name recorded with verdicts in this session."""
        return self._given_reader or self.settings.reader_name

    @property
    def has_reader(self) -> bool:
        """Return whether somebody has said who reads."""
        return bool(self._given_reader or self.settings.reader)

    def set_reader(self, name: str) -> None:
        """Record verdicts under another name from now on, in later sessions too."""
        self._given_reader = ""
        self.put(replace(self.settings, reader=name))

    def put(self, settings: Settings) -> None:
        """Put other settings into force; `changed` tells everybody who follows them."""
        self.settings = settings
        self.changed.emit()

    def remember(self, settings: Settings) -> None:
        """Take over what nobody follows: recent projects, the state of the window."""
        self.settings = settings

    def set_keys(self, command: str, names: Sequence[str]) -> None:
        """Let other keys start a command; a key leaves whom it started before."""
        self.keymap = self.keymap.with_keys(command, names)
        self.keymap_changed.emit()

    def reset_keys(self) -> None:
        """Go back to the shipped keys."""
        self.keymap = KeyMap.load()
        self.keymap_changed.emit()

    def write(self) -> None:
        """Put the settings on the disk. Any thread.

        Raises:
            StorageError: The disk cannot take them.
        """
        if self._keeps_file:
            return
        settings = self.settings
        try:
            save_settings(settings, since=self._since)
        except OSError as error:
            raise storage_error(error, "the settings") from error
        self._since = settings

    def write_keys(self) -> None:
        """Put the reader's own keys on the disk. Any thread.

        Raises:
            StorageError: The disk cannot take them.
        """
        try:
            if self._has_broken_keys:  # again, where there was no room for the copy before
                set_aside(keymap_file())
            self.keymap.write_own(keymap_file())
        except OSError as error:
            raise storage_error(error, "the key map") from error
        self._has_broken_keys = False

    def _report_settings(self, path: Path, problem: str) -> None:
        try:
            copy = set_aside(path)
        except OSError:
            self._keeps_file = True
            hint = translate(
                "preferences",
                "Defaults are in use, and the file is left alone: nothing is saved to it.",
            )
        else:
            hint = translate(
                "preferences", "Defaults are in use instead; the file is kept as {name}."
            ).format(name=copy.name)
        title = translate("preferences", "The settings file {path} could not be used ({problem}).")
        self.problems.append(InputError(title.format(path=path, problem=problem), hint))


def _read_keymap(path: Path) -> tuple[KeyMap, UserError | None]:
    """Return the keys in force, and what is wrong with the reader's own."""
    try:
        return KeyMap.of_reader(path), None
    except InputError as error:
        hint = translate("preferences", "The usual keys are in force.")
        try:
            copy = set_aside(path)
        except OSError:
            log.warning("the key map could not be set aside", exc_info=True)
        else:
            kept = translate(
                "preferences", "The usual keys are in force; the file is kept as {name}."
            )
            hint = kept.format(name=copy.name)
        return KeyMap.load(), InputError(error.message, hint)
