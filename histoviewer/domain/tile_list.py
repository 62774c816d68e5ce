"""A list of tiles that something else than a query has made: what is similar, what to read next."""

from dataclasses import dataclass, replace
from enum import Enum, auto

import numpy as np

from histoviewer.domain.arrays import Bool, Int64
from histoviewer.domain.ordering import put_in_order
from histoviewer.domain.triage import Query, TriageColumns, matches


class Tells(Enum):
    """What a list gives away of what models say of its tiles, which a blind read must not show."""

    NOTHING = auto()
    ORDER = auto()  # what comes first
    MEMBERS = auto()  # that a tile is listed at all


@dataclass(frozen=True, kw_only=True, eq=False)
class TileList:
    """Tiles to look at, in an order of their own. Any thread; nobody writes to it.

    A query can say which tiles share a property; it cannot say 'these forty, nearest first'. Such
    a list takes the place of all tiles: filters then narrow within it.

    Args:
        tiles: (n,) int64 tile indexes; a tile that comes again is left out.
        title: What they are, for the reader.
        ordered: Whether they are shown in the order given; else in that of the query.
        tells: What the list gives away of scores and predictions.
    """

    tiles: Int64
    title: str
    ordered: bool = True
    tells: Tells = Tells.NOTHING

    def __post_init__(self) -> None:
        """Leave out repeats."""
        object.__setattr__(self, "tiles", _without_repeats(np.asarray(self.tiles, np.int64)))

    def __len__(self) -> int:
        """Return the number of tiles."""
        return len(self.tiles)

    def in_order(self, *, ordered: bool) -> "TileList":
        """Return the same tiles, in their own order or in that of the query."""
        return replace(self, ordered=ordered)

    def mask(self, count: int) -> Bool:
        """Return (count,) bool: the tiles of a project of `count` tiles that are in the list."""
        listed = np.zeros(count, bool)
        listed[self.tiles] = True
        return listed

    def arrange(self, query: Query, columns: TriageColumns) -> Int64:
        """Return those of the tiles that pass the filters, in the order to show them in."""
        passed = self.tiles[matches(query, columns)[self.tiles]]
        return passed if self.ordered else put_in_order(query, columns, np.sort(passed))


def _without_repeats(tiles: Int64) -> Int64:
    """Return the tiles in their order, each where it comes first."""
    seen = np.zeros(int(tiles.max(initial=-1)) + 1, bool)
    seen[tiles] = True
    if np.count_nonzero(seen) == len(tiles):  # the usual case, without a sort
        return tiles
    return tiles[np.sort(np.unique(tiles, return_index=True)[1])]
