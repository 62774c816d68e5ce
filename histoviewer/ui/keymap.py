"""Which keys start which command: data, so that a reader can remap them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QKeySequence

from histoviewer.domain.toml_lines import read_toml
from histoviewer.errors import InputError
from histoviewer.files import whole_file
from histoviewer.resources import resource

_HEAD = "# Your own keys; commands that are not named here keep the usual ones.\n"


@dataclass(frozen=True, slots=True)
class KeyMap:
    """Keys by command.

    Args:
        keys: Key names as in the file by 'section.command'; the first is the one shown.
    """

    keys: Mapping[str, tuple[str, ...]]

    @classmethod
    def load(cls, path: Path | None = None) -> "KeyMap":
        """Read a key map, the shipped one by default.

        Raises:
            InputError: The file is not TOML, or one of its keys is no key.
        """
        source = path or resource("keymap.toml")
        try:
            sections = read_toml(source.read_text(encoding="utf-8"))
        except ValueError as error:  # no TOML, or no text
            raise InputError(
                f"The key map {source} cannot be read: {error}.", "Correct it."
            ) from error
        keys = {
            f"{section}.{command}": _checked(names, f"{section}.{command}", source)
            for section, commands in sections.items()
            for command, names in _table(commands, section, source).items()
        }
        return cls(keys)

    @classmethod
    def of_reader(cls, path: Path) -> "KeyMap":
        """Return the shipped key map with a reader's own keys laid over it.

        A key of the reader's leaves whom it started before: a command that a later version brings
        along must not take it away.

        Args:
            path: The reader's file; commands it does not name keep their keys.

        Raises:
            InputError: The file is not TOML, has a wrong key, one key twice, or no command of ours.
        """
        shipped = cls.load()
        try:
            own = cls.load(path) if path.is_file() else cls({})
        except OSError as error:
            raise InputError(f"The key map {path} cannot be read: {error}.", "") from error
        if unknown := sorted(set(own.keys) - set(shipped.keys)):
            raise InputError(f"{path} names no command of ours: {unknown[0]}.", "Correct it.")
        for key, commands in own.clashes().items():
            raise InputError(f"With {path}, {key} starts {' and '.join(commands)}.", "Correct it.")
        merged = shipped
        for command, names in own.keys.items():
            merged = merged.with_keys(command, names)
        return merged

    def with_keys(self, command: str, names: Sequence[str]) -> "KeyMap":
        """Return the key map with other keys for a command; a key leaves whom it started before.

        Args:
            command: 'section.command'.
            names: Key names, the first being the one shown; empty for none.
        """
        taken = {QKeySequence(name) for name in names}
        keys = {
            each: tuple(name for name in those if QKeySequence(name) not in taken)
            for each, those in self.keys.items()
        }
        return KeyMap({**keys, command: tuple(names)})

    def user_of(self, name: str) -> str | None:
        """Return the command that a key starts; None where it starts none."""
        return self.users().get(QKeySequence(name).toString(), [None])[0]

    def write_own(self, path: Path) -> None:
        """Write what differs from the shipped keys as a reader's own key map.

        Raises:
            OSError: It cannot be written.
        """
        shipped = KeyMap.load().keys
        sections: dict[str, list[str]] = {}
        for command, names in self.keys.items():
            if names != shipped.get(command):
                section, name = command.split(".", 1)
                line = f"{name} = {json.dumps(list(names), ensure_ascii=False)}"
                sections.setdefault(section, []).append(line)
        blocks = ["\n".join((f"[{name}]", *lines, "")) for name, lines in sections.items()]
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as stream:
            stream.write("\n".join((_HEAD, *blocks)).encode())

    def sequences(self, command: str) -> list[QKeySequence]:
        """Return the key sequences that start a command; empty where it has none."""
        return [QKeySequence(name) for name in self.keys.get(command, ())]

    def shown(self, command: str) -> str:
        """Return the main key of a command as this platform writes it, '' where it has none."""
        sequences = self.sequences(command)
        return sequences[0].toString(QKeySequence.SequenceFormat.NativeText) if sequences else ""

    def users(self) -> dict[str, list[str]]:
        """Return the commands of every key."""
        users: dict[str, list[str]] = {}
        for command in self.keys:
            for sequence in self.sequences(command):
                users.setdefault(sequence.toString(), []).append(command)
        return users

    def clashes(self) -> dict[str, list[str]]:
        """Return the commands of every key that starts more than one."""
        return {key: commands for key, commands in self.users().items() if len(commands) > 1}


def _table(commands: object, section: str, source: Path) -> Mapping[str, object]:
    if not isinstance(commands, dict):
        raise InputError(f"{section} in {source} is no table of commands.", "Correct it.")
    return commands


def _checked(names: object, command: str, source: Path) -> tuple[str, ...]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InputError(f"{command} in {source} is not a list of keys.", 'Write it as ["Ctrl+Z"].')
    for name in names:
        if QKeySequence(name).toString() == "":
            raise InputError(f"'{name}' of {command} in {source} is not a key.", "Correct it.")
    return tuple(names)
