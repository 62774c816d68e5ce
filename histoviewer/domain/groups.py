"""The names of the groups of a project, found and ordered at the size of thousands of slides."""

import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from histoviewer.domain.arrays import Int32

UNGROUPED = -1  # the number of tiles whose group is not known; their name is ''
_UNHEARD_OF = -2
_DIGITS = re.compile(r"(\d+)")


class GroupNames:
    """The groups by number and by name. Any thread.

    Args:
        names: Unique names, by number.
    """

    def __init__(self, names: Sequence[str] = ()) -> None:
        self.names = names

    def __len__(self) -> int:
        """Return how many groups there are."""
        return len(self.names)

    def number(self, name: str) -> int:
        """Return the number of a group; -1 for '', and -2 for a name that no tile has."""
        return UNGROUPED if name == "" else self._numbers.get(name, _UNHEARD_OF)

    def name(self, number: int) -> str:
        """Return the name of a group; '' for `UNGROUPED`."""
        return "" if number == UNGROUPED else self.names[number]

    @cached_property
    def ordered(self) -> Int32:
        """Return (G,) int32 numbers in the order people expect: 'slide 9' before 'slide 10'."""
        return np.array(sorted(range(len(self)), key=lambda n: _natural(self.names[n])), np.int32)

    @cached_property
    def ranks(self) -> Int32:
        """Return (G + 1,) int32: the place of each group in that order, of `UNGROUPED` the last.

        So that a number, -1 included, is the index of its rank.
        """
        ranks = np.empty(len(self) + 1, np.int32)
        ranks[self.ordered] = np.arange(len(self), dtype=np.int32)
        ranks[UNGROUPED] = len(self)
        return ranks

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names)}


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Return a key by which numbers in names sort by their value."""
    parts = _DIGITS.split(name.casefold())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]
