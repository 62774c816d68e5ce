"""Finding tiles by a part of their id, at the size of the real competition."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from histoviewer.domain.arrays import Bool, Int64, UInt8

_BLOCK = 8_192  # ids that are searched at a time: their letters stay in the cache of a processor
_SURE = 5  # after so many letters it is worth a look whether any place is left
_END = "\n"  # no id holds one: ids are stems of file names, or fields of a CSV line


class IdSearch:
    """Finds ids by a part of them, upper and lower case alike. Any thread.

    All ids lie one behind the other in one array of bytes, so that numpy compares each byte of
    what is sought with thousands of ids at once: in 277,483 ids of 40 letters a part is found in
    some milliseconds, where Python takes 25.

    Args:
        ids: Of the tiles, in index order.
    """

    def __init__(self, ids: Sequence[str]) -> None:
        self._ids = ids
        self._newest: tuple[str, Bool] | None = None

    def __len__(self) -> int:
        """Return how many ids there are."""
        return len(self._ids)

    def prepare(self) -> None:
        """Lay out the letters now, for which the first search would have to wait."""
        _ = self._starts

    def find(self, part: str) -> Bool:
        """Return (N,) bool: the ids that hold `part`; all of them where it is empty.

        The newest answer is kept: typing, sorting and counting ask for the same part again.
        """
        newest = self._newest
        if newest is None or newest[0] != part:
            newest = self._newest = (part, self.search(part))
        return newest[1]

    def take(self, tiles: Int64) -> "IdSearch":
        """Return the search among some tiles only."""
        return IdSearch([self._ids[tile] for tile in tiles.tolist()])

    @cached_property
    def _letters(self) -> UInt8:
        """Return all ids, each with an end behind it, as bytes."""
        return np.frombuffer(_folded(_END.join([*self._ids, ""])), np.uint8)

    @cached_property
    def _starts(self) -> Int64:
        """Return (N + 1,) int64: where each id begins, and where the last one ends."""
        ends: Int64 = np.flatnonzero(self._letters == ord(_END))
        return np.concatenate([[0], ends + 1]).astype(np.int64)

    def search(self, part: str) -> Bool:
        """Return what `find` does, looked for anew."""
        sought, count = _folded(part), len(self._ids)
        if not sought:
            return np.ones(count, bool)
        found = np.zeros(count, bool)
        if ord(_END) in sought:
            return found
        for first in range(0, count, _BLOCK):
            last = min(first + _BLOCK, count)
            starts = self._starts[first : last + 1]
            letters = self._letters[starts[0] : starts[-1]]
            found[first:last] = _holds(letters, starts[:-1] - starts[0], sought)
        return found


def _holds(letters: UInt8, starts: Int64, sought: bytes) -> Bool:
    """Return (n,) bool: which of some ids hold what is sought.

    Args:
        letters: The ids, each with an end behind it.
        starts: (n,) where each of them begins.
        sought: Any bytes but an end, so that no find reaches from one id into the next.
    """
    room = len(letters) - len(sought)
    if room < 0:
        return np.zeros(len(starts), bool)
    fits = np.zeros(len(letters), bool)
    fits[: room + 1] = letters[: room + 1] == sought[0]
    for offset, letter in enumerate(sought[1:], start=1):
        fits[: room + 1] &= letters[offset : room + 1 + offset] == letter
        if offset == _SURE and not fits.any():
            break
    return np.asarray(np.maximum.reduceat(fits.view(np.uint8), starts) != 0)


def _folded(text: str) -> bytes:
    return text.lower().encode()
