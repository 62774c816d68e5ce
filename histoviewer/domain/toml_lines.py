"""Reading TOML that people wrote, and in which line of it something stands, for messages.

`tomllib` does not say, and a second parser would be one more opinion of what TOML is. But TOML is
read from top to bottom: the line of a key is the first after which the file so far has it.
"""

import tomllib
from collections.abc import Mapping
from typing import Any, Final

from histoviewer.domain.strict import KeyPath

# What may be open at the end of a line: an array that goes on in the next one.
_CLOSINGS: Final = ("", "]")


def read_toml(text: str) -> dict[str, Any]:
    """Return the tables of a TOML file.

    Raises:
        ValueError: It is no valid one, or holds what cannot be read; says why and at which line.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as error:  # Python reads no number of thousands of digits
        why = f"A number of too many digits (at line {_line_of_end(text)})"
        raise ValueError(why) from error
    except RecursionError as error:
        why = f"Brackets within brackets, too deep (at line {_line_of_end(text)})"
        raise ValueError(why) from error


def _line_of_end(text: str) -> int:
    """Return the first line, counted from 1, after which the file so far cannot be read at all."""
    so_far, lines = "", text.split("\n")
    for number, line in enumerate(lines, start=1):
        so_far += f"{line}\n"
        try:
            tomllib.loads(so_far)
        except tomllib.TOMLDecodeError:  # in the middle of a value
            continue
        except (ValueError, RecursionError):
            return number
    return len(lines)


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
    # In the middle of a value, or closed where nothing is open; what is nested just not too deeply
    # for `read_toml` may be so here.
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    return _known_part(table, key) == key
