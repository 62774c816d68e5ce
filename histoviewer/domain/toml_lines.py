"""Reading TOML that people wrote, and in which line of it something stands, for messages.

`tomllib` does not say, and a second parser would be one more opinion of what TOML is. But TOML is
read from top to bottom: what is true of a file up to some line stays true further down, so that the
first such line is found by halving, with a dozen readings of a file of thousands of lines.
"""

import tomllib
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from histoviewer.domain.strict import KeyPath

# What may be open at the end of a line: an array or a text that goes on in the next one.
_CLOSINGS: Final = ("", "]", '"""', "'''")


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
    lines = text.split("\n")

    def cannot_be_read(count: int) -> bool:
        try:
            tomllib.loads(_first(lines, count))
        except tomllib.TOMLDecodeError:  # in the middle of a value
            return False
        except (ValueError, RecursionError):
            return True
        return False

    return _first_line(lines, cannot_be_read)


def line_of(text: str, key: KeyPath) -> int | None:
    """Return the line of a key, counted from 1; of the innermost table around it where it misses.

    Meant for errors: what is open within an array of many lines, such as another array, is read
    once for each of them.

    Args:
        text: A valid TOML file.
        key: Where to look.

    Returns:
        None where not even the outermost part is there.
    """
    known = _known_part(tomllib.loads(text), key)
    if not known:
        return None
    lines = text.split("\n")  # and at nothing else, as TOML

    def has(count: int) -> bool:
        """Return whether the key is there by the end of the value that is open at a line."""
        ends = (_tables(_first(lines, end)) for end in range(count, len(lines) + 1))
        found = next((tables for tables in ends if tables is not None), None)
        return found is None or _known_part(found, known) == known

    return _first_line(lines, has)


def _first(lines: Sequence[str], count: int) -> str:
    return "".join(f"{line}\n" for line in lines[:count])


def _first_line(lines: Sequence[str], is_so: Callable[[int], bool]) -> int:
    """Return the first line, counted from 1, up to which something is so; if none, the last."""
    return 1 + bisect_left(range(1, len(lines)), x=True, key=is_so)


def _known_part(table: Mapping[str, Any], key: KeyPath) -> KeyPath:
    """Return the longest beginning of a path that is there."""
    found: Any = table
    for length, part in enumerate(key):
        try:
            found = found[part]
        except (KeyError, IndexError, TypeError):
            return key[:length]
    return key


def _tables(text: str) -> dict[str, Any] | None:
    """Return the tables of a file so far; None where it ends in the middle of a value."""
    for closing in _CLOSINGS:
        try:
            return tomllib.loads(text + closing)
        # Also closed where nothing is open; and what is nested just not too deeply for `read_toml`
        # may be so here.
        except (tomllib.TOMLDecodeError, RecursionError):
            continue
    return None
