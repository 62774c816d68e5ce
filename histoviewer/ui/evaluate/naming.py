"""Names of models where there is little room: a recipe may have a hundred letters."""

from textwrap import wrap
from typing import Final

_LINE: Final = 17  # letters: '(mean of 8 views)' is not parted
_LINES: Final = 3
_BOX: Final = 32  # letters: a usual name with the way in which its model has scored
_ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"


def in_lines(name: str) -> str:
    """Return a name in short lines, for a cell of a table or the title of a column."""
    return "\n".join(wrap(name, _LINE, max_lines=_LINES, placeholder=_ELLIPSIS))


def in_box(name: str) -> str:
    """Return a name for a box to choose from, which is as wide as its longest one."""
    return cut(name, _BOX)


def cut(name: str, most: int) -> str:
    """Return a name in one line of at most so many letters: its beginning and its end."""
    if len(name) <= most:
        return name
    end = (most - 1) // 2
    return f"{name[: most - 1 - end]}{_ELLIPSIS}{name[-end:]}"
