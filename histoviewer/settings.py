"""What the user prefers, kept between sessions in one JSON file."""

import getpass
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final

from platformdirs import user_config_path

from histoviewer.files import whole_file
from histoviewer.resources import resource

THEMES: Final = ("system", "light", "dark")
ENGLISH: Final = "en"  # the language of the texts in the code
TEXT_PERCENT: Final = (75, 200)
TILE_THREADS: Final = (0, 32)
TILE_CACHE_MB: Final = (32, 4096)
PROMOTION_MARGIN: Final = (0.0, 0.1)
QUICK_RETRAIN_EVERY: Final = (0, 10_000)

_RECENT: Final = 10
_NAMELESS: Final = "reader"
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, kw_only=True)
class Settings:
    """User settings; every field has a default and is of a JSON type.

    Args:
        reader: Name recorded with verdicts; '' for the name of the account.
        theme: 'system', 'light' or 'dark'.
        language: Of the window, one of `languages()`; '' for the system's.
        text_percent: Size of the text relative to the system's, percent.
        tile_threads: Threads that read tiles for the grid; 0 for what suits the machine.
        tile_cache_mb: Memory for scaled tiles, MiB.
        promotion_margin: By how much area under the ROC curve a new model may be worse than the
            champion and still take its place.
        quick_retrain_every: Verdicts after which the head is retrained by itself; 0 for never.
        starter_model: Whether the model that comes with the program ranks new projects it suits.
        projects: Folder proposed for new projects; '' for the one the data set is in.
        recent: Paths of recent projects, newest first.
        window: State of the window by name, such as its geometry; opaque to all but the window.
    """

    reader: str = ""
    theme: str = "system"
    language: str = ""
    text_percent: int = 100
    tile_threads: int = 0
    tile_cache_mb: int = 192
    promotion_margin: float = 0.002
    quick_retrain_every: int = 0
    starter_model: bool = True
    projects: str = ""
    recent: tuple[str, ...] = ()
    window: Mapping[str, Any] = field(default_factory=dict)

    def with_recent(self, project: Path) -> "Settings":
        """Return the settings with a project as the newest of the recent ones."""
        name = str(project.absolute())
        others = (path for path in self.recent if path != name)
        return replace(self, recent=(name, *others)[:_RECENT])

    def without_recent(self, project: Path) -> "Settings":
        """Return the settings without a project among the recent ones."""
        name = str(project.absolute())
        return replace(self, recent=tuple(path for path in self.recent if path != name))

    @property
    def reader_name(self) -> str:
        """Return the name recorded with verdicts: the chosen one, else that of the account."""
        return self.reader or account_name()


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """Settings as read.

    Args:
        settings: What was read; defaults where the file is missing or broken.
        problem: Why the file could not be used as it is, half a sentence; '' where it could.
        path: The file.
    """

    settings: Settings
    problem: str = ""
    path: Path


def languages() -> tuple[str, ...]:
    """Return the languages that can be chosen: '' for the system's, English, then the translated.

    Each translated one has a file `histoviewer_<language>.qm` among the shipped translations.
    """
    files = resource("translations").glob("histoviewer_*.qm")
    translated = {file.stem.removeprefix("histoviewer_") for file in files}
    return ("", ENGLISH, *sorted(translated - {ENGLISH}))


def account_name() -> str:
    """Return the name of the account; accounts without one, as in containers, are 'reader'."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # what it raises differs by Python and system
        return _NAMELESS


def clean_name(text: str) -> str:
    """Return a reader's name as it is recorded: one line without spaces around it, not too long."""
    return " ".join(text.split())[:_LONGEST_NAME].rstrip()


def settings_file() -> Path:
    """Return the path of the settings file; HISTOVIEWER_CONFIG_DIR names another folder."""
    return _settings_folder() / "settings.json"


def keymap_file() -> Path:
    """Return the path of the reader's own key map, which need not exist."""
    return _settings_folder() / "keymap.toml"


def recipes_folder() -> Path:
    """Return the folder of the reader's own recipes, which need not exist."""
    return _settings_folder() / "recipes"


def _settings_folder() -> Path:
    folder = os.environ.get("HISTOVIEWER_CONFIG_DIR")
    return Path(folder) if folder else user_config_path("histoviewer")


def load_settings() -> Loaded:
    """Return the user's settings. Never fails: what is broken gives defaults and is said."""
    path = settings_file()
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Loaded(settings=Settings(), path=path)
    except (OSError, ValueError, RecursionError) as error:
        return Loaded(settings=Settings(), problem=_one_line(error), path=path)
    if not isinstance(stored, dict):
        return Loaded(settings=Settings(), problem="it is not a JSON object", path=path)
    return _checked(stored, path)


def save_settings(settings: Settings, *, since: Settings | None = None) -> None:
    """Write the settings whole; what a newer version has put into the file stays in it.

    Args:
        settings: As they are now.
        since: As they were read; what has not changed since is left as the file has it by now, so
            that two windows do not undo one another's changes. By default everything is written.

    Raises:
        OSError: They cannot be written.
    """
    path = settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {**_of_newer_versions(path), **asdict(settings)}
    if since is not None:
        before, now = asdict(since), asdict(load_settings().settings)
        values |= {name: now[name] for name in before if values[name] == before[name]}
    with whole_file(path) as stream:
        stream.write(json.dumps(values, indent=2, ensure_ascii=False).encode())


def set_aside(path: Path) -> Path:
    """Copy a file that could not be used to a name of its own beside it, so that nothing is lost.

    Returns:
        The copy: 'settings.broken.json', or with a number where there is one already.

    Raises:
        OSError: It cannot be read, or there is no room.
    """
    content = path.read_bytes()
    for number in range(1, 100):
        mark = "broken" if number == 1 else f"broken-{number}"
        copy = path.with_name(f"{path.stem}.{mark}{path.suffix}")
        if copy.exists() and copy.read_bytes() != content:
            continue
        with whole_file(copy) as stream:
            stream.write(content)
        return copy
    raise OSError(f"too many broken copies of {path}")


def _of_newer_versions(path: Path) -> dict[str, Any]:
    """Return what the file holds that this version does not know."""
    known = {item.name for item in fields(Settings)}
    with suppress(OSError, ValueError, RecursionError):
        stored = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(stored, dict):
            return {name: value for name, value in stored.items() if name not in known}
    return {}


def _among(values: tuple[str, ...]) -> Callable[[Any], bool]:
    return lambda value: value in values


def _within(limits: tuple[float, float]) -> Callable[[Any], bool]:
    return lambda value: limits[0] <= value <= limits[1]


# What a value must be besides of the right type.
_RULES: Final[Mapping[str, Callable[[Any], bool]]] = {
    "reader": lambda value: value == clean_name(value),
    "theme": _among(THEMES),
    "language": lambda value: value in languages(),
    "text_percent": _within(TEXT_PERCENT),
    "tile_threads": _within(TILE_THREADS),
    "tile_cache_mb": _within(TILE_CACHE_MB),
    "promotion_margin": _within(PROMOTION_MARGIN),
    "quick_retrain_every": _within(QUICK_RETRAIN_EVERY),
}


def _checked(stored: Mapping[str, Any], path: Path) -> Loaded:
    """Take over each value that can be; a wrong one costs only itself."""
    defaults = Settings()
    values, wrong = {}, []
    for item in fields(Settings):
        if item.name not in stored:
            continue
        value, default = stored[item.name], getattr(defaults, item.name)
        if isinstance(default, tuple) and isinstance(value, list):
            value = tuple(str(entry) for entry in value)
        if type(value) is type(default) and _RULES.get(item.name, _any)(value):
            values[item.name] = value
        else:
            wrong.append(item.name)
    problem = f"wrong value of {', '.join(wrong)}" if wrong else ""
    return Loaded(settings=replace(defaults, **values), problem=problem, path=path)


def _any(_value: object) -> bool:
    return True


def _one_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
