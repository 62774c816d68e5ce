"""In which line of a TOML file a key stands, for messages.

`tomllib` does not say, and a second parser would be one more opinion of what TOML is. But TOML is
read from top to bottom: the line of a key is the first after which the file so far has it.
"""

import tomllib
from collections.abc import Mapping
from typing import Any, Final

from histoviewer.domain.strict import KeyPath

# What may be open at the end of a line: an array that goes on in the next one.
_CLOSINGS: Final = ("", "]")


def line_of(text: str, key: KeyPath) -> int | None:
    """Return the line of a key, counted from 1; of the innermost table around it where it misses.

    Each line is tried, so that the time grows with the square of the length: some milliseconds for
    a recipe. Meant for errors.

    Args:
        text: A valid TOML file.
        key: Where to look.

    Returns:
        None where not even the outermost part is there.
    """
    known = _known_part(tomllib.loads(text), key)
    if not known:
        return None
    so_far = ""
    for number, line in enumerate(text.split("\n"), start=1):  # and at nothing else, as TOML
        so_far += f"{line}\n"
        if any(_has(so_far + closing, known) for closing in _CLOSINGS):
            return number
    return None


def _known_part(table: Mapping[str, Any], key: KeyPath) -> KeyPath:
    """Return the longest beginning of a path that is there."""
    found: Any = table
    for length, part in enumerate(key):
        try:
            found = found[part]
        except (KeyError, IndexError, TypeError):
            return key[:length]
    return key


def _has(text: str, key: KeyPath) -> bool:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # in the middle of a value, or closed where nothing is open
        return False
    return _known_part(table, key) == key
