"""What the user prefers, kept between sessions in one JSON file."""

import getpass
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final

from platformdirs import user_config_path

from histoviewer.files import whole_file

_RECENT: Final = 10
_NAMELESS: Final = "reader"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """User settings; every field has a default and is of a JSON type.

    Args:
        reader: Name recorded with verdicts; '' for the name of the account.
        theme: 'system', 'light' or 'dark'.
        recent: Paths of recent projects, newest first.
        window: State of the window by name, such as its geometry; opaque to all but the window.
    """

    reader: str = ""
    theme: str = "system"
    recent: tuple[str, ...] = ()
    window: Mapping[str, Any] = field(default_factory=dict)

    def with_recent(self, project: Path) -> "Settings":
        """Return the settings with a project as the newest of the recent ones."""
        name = str(project.absolute())
        others = (path for path in self.recent if path != name)
        return replace(self, recent=(name, *others)[:_RECENT])

    @property
    def reader_name(self) -> str:
        """Return the name recorded with verdicts; accounts without a name, as in containers, do."""
        if self.reader:
            return self.reader
        try:
            return getpass.getuser()
        except (KeyError, OSError, ImportError):  # what it raises differs by Python and system
            return _NAMELESS

    @property
    def recent_projects(self) -> tuple[Path, ...]:
        """Return the recent projects that still exist, newest first."""
        paths = (Path(name) for name in self.recent)
        return tuple(path for path in paths if (path / "project.db").exists())


@dataclass(frozen=True)
class Loaded:
    """Settings as read.

    Args:
        settings: What was read; defaults where the file is missing or broken.
        notice: One sentence for the user where the file was broken, else ''.
    """

    settings: Settings
    notice: str = ""


def settings_file() -> Path:
    """Return the path of the settings file; HISTOVIEWER_CONFIG_DIR names another folder."""
    return _settings_folder() / "settings.json"


def keymap_file() -> Path:
    """Return the path of the reader's own key map, which need not exist."""
    return _settings_folder() / "keymap.toml"


def _settings_folder() -> Path:
    folder = os.environ.get("HISTOVIEWER_CONFIG_DIR")
    return Path(folder) if folder else user_config_path("histoviewer")


def load_settings() -> Loaded:
    """Return the user's settings. Never fails: a broken file gives defaults and a notice."""
    path = settings_file()
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Loaded(Settings())
    except (OSError, ValueError) as error:
        return Loaded(Settings(), _notice(path, str(error)))
    if not isinstance(stored, dict):
        return Loaded(Settings(), _notice(path, "it is not a JSON object"))
    return _checked(stored, path)


def save_settings(settings: Settings) -> None:
    """Write the settings whole.

    Raises:
        OSError: They cannot be written.
    """
    path = settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as stream:
        stream.write(json.dumps(asdict(settings), indent=2, ensure_ascii=False).encode())


def _checked(stored: Mapping[str, Any], path: Path) -> Loaded:
    """Take over each field of the right type; keys of newer versions are left out."""
    defaults = Settings()
    values, wrong = {}, []
    for item in fields(Settings):
        if item.name not in stored:
            continue
        value, default = stored[item.name], getattr(defaults, item.name)
        if isinstance(default, tuple) and isinstance(value, list):
            value = tuple(str(entry) for entry in value)
        if type(value) is type(default):
            values[item.name] = value
        else:
            wrong.append(item.name)
    notice = _notice(path, f"wrong type of {', '.join(wrong)}") if wrong else ""
    return Loaded(replace(defaults, **values), notice)


def _notice(path: Path, reason: str) -> str:
    return f"The settings file {path} could not be used ({reason}); defaults are in use instead."
