"""Which tiles are selected and which is current, kept by tile index so that sorting keeps them."""

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from histoviewer.domain.arrays import Bool, Int32, Int64

_NONE = np.zeros(0, np.int64)


def places_of(order: Int64, count: int) -> Int32:
    """Return (count,) int32: the place of each tile in `order`, -1 for tiles not in it."""
    places = np.full(count, -1, np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return places


class Pick(Enum):
    """What selecting some tiles does to the tiles that were selected before."""

    REPLACE = auto()
    ADD = auto()
    TOGGLE = auto()


@dataclass(frozen=True, eq=False)
class _Before:
    """A selection to go back to."""

    chosen: Bool
    current: int | None
    anchor: int | None
    is_untouched: bool


class Selection:
    """The order shown, the current tile and the selected tiles. Knows nothing of Qt.

    A plain move selects the tile it ends on. Tiles that a filter hides leave the selection, so a
    verdict never falls on something the reader cannot see. What is O(N) is plain numpy.
    """

    def __init__(self) -> None:
        self.order: Int64 = _NONE
        self.current: int | None = None
        self._places: Int32 = np.zeros(0, np.int32)
        self._chosen: Bool = np.zeros(0, bool)
        self._anchor: int | None = None
        self._before: _Before | None = None  # a rubber band
        self._is_untouched = True  # the current tile is none of the reader's choosing

    def reset(self, count: int) -> None:
        """Forget everything; the project now has `count` tiles."""
        self.order = _NONE
        self.current = self._anchor = self._before = None
        self._is_untouched = True
        self._places = np.full(count, -1, np.int32)
        self._chosen = np.zeros(count, bool)

    def reorder(self, order: Int64, places: Int32 | None = None) -> None:
        """Show other tiles, or the same in another order.

        Where the current tile is no longer shown, the one that took its place becomes current; as
        long as the reader has chosen none, the first one is.

        Args:
            order: (n,) tile indexes, each at most once.
            places: (N,) as from `places_of`; worked out where not given.
        """
        old_place = self.place(self.current)
        self.order, self._before = order, None
        self._places = places_of(order, len(self._chosen)) if places is None else places
        self._chosen &= self._places >= 0
        if self._is_untouched or self.place(self.current) is None:
            self._settle(0 if self._is_untouched else old_place or 0)
        if self.place(self._anchor) is None:
            self._anchor = self.current

    def _settle(self, place: int) -> None:
        """Find a current tile: the first of those still selected, else the one at a place."""
        remaining = self.tiles()
        self.current = self._anchor = None
        if self._is_untouched:
            self._chosen[:] = False
        elif len(remaining):
            self.current = int(remaining[0])
        if self.current is None and len(self.order):
            self.current = int(self.order[min(place, len(self.order) - 1)])
            self._chosen[self.current] = True

    # -- questions ----------------------------------------------------------------------------

    def place(self, tile: int | None) -> int | None:
        """Return the place of a tile in the order, None where it is not shown."""
        if tile is None or not 0 <= tile < len(self._places):
            return None
        place = int(self._places[tile])
        return place if place >= 0 else None

    def places(self, tiles: Int64) -> Int32:
        """Return the places of those of some tiles that are shown."""
        places = self._places[tiles]
        return places[places >= 0]

    def first_shown(self, tiles: Int64) -> int | None:
        """Return which is the first of some tiles that is shown; None where none is."""
        shown = np.flatnonzero(self._places[tiles] >= 0)
        return int(shown[0]) if len(shown) else None

    @property
    def current_place(self) -> int | None:
        """Return the place of the current tile; None where nothing is shown."""
        return self.place(self.current)

    @property
    def count(self) -> int:
        """Return how many tiles are selected."""
        return int(np.count_nonzero(self._chosen))

    def holds(self, tiles: Int64) -> Bool:
        """Return (n,) bool: which of some tiles are selected."""
        return self._chosen[tiles]

    def tiles(self) -> Int64:
        """Return the selected tiles in the order shown."""
        return self.order[np.sort(self._places[np.flatnonzero(self._chosen)])]

    def targets(self) -> Int64:
        """Return the tiles a verdict falls on: the selected ones, else the current one."""
        return self.tiles() if self._chosen.any() else self.target()

    def target(self) -> Int64:
        """Return the current tile as an array, empty where there is none."""
        return _NONE if self.current is None else np.array([self.current], np.int64)

    # -- one tile -----------------------------------------------------------------------------

    def go(self, place: int) -> None:
        """Make a tile current and the only one selected."""
        self.point(place)
        self._anchor = self.current
        self._chosen[:] = False
        self._chosen[self.current] = True

    def point(self, place: int) -> None:
        """Make a tile current and leave the selection as it is."""
        self.current = int(self.order[place])
        self._is_untouched = False

    def extend(self, place: int, *, pick: Pick = Pick.REPLACE) -> None:
        """Make a tile current and select everything from the anchor to it."""
        start = self.place(self._anchor)
        start = place if start is None else start
        low, high = min(start, place), max(start, place)
        self.point(place)
        self.pick(range(low, high + 1), pick)

    def toggle(self, place: int) -> None:
        """Make a tile current and turn its selection over, leaving the others."""
        self.point(place)
        self._anchor = self.current
        self._chosen[self.current] = not self._chosen[self.current]

    # -- many tiles ---------------------------------------------------------------------------

    def pick(self, places: Int64 | range, pick: Pick = Pick.REPLACE) -> None:
        """Select the tiles at some places; the current one stays current."""
        self._is_untouched = False
        if isinstance(places, range):
            tiles = self.order[places.start : places.stop]
        else:
            tiles = self.order[places]
        if pick is Pick.REPLACE:
            self._chosen[:] = False
        self._chosen[tiles] = ~self._chosen[tiles] if pick is Pick.TOGGLE else True

    def choose(self, tiles: Int64) -> None:
        """Select exactly those of some tiles that are shown."""
        self._is_untouched = False
        self._chosen[:] = False
        self._chosen[tiles[self._places[tiles] >= 0]] = True

    def choose_all(self) -> None:
        """Select every tile shown, in view or not."""
        self._is_untouched = False
        self._chosen[self.order] = True

    def choose_none(self) -> None:
        """Select no tile; the current one stays current."""
        self._chosen[:] = False

    def invert(self) -> None:
        """Select the shown tiles that are not selected."""
        self._is_untouched = False
        self._chosen[self.order] = ~self._chosen[self.order]

    # -- a rubber band ------------------------------------------------------------------------

    def begin_band(self) -> None:
        """Remember what is selected now: a rubber band may begin, and may be called off."""
        self._before = _Before(self._chosen.copy(), self.current, self._anchor, self._is_untouched)

    def stretch_band(self, places: Int64, pick: Pick) -> None:
        """Select what the rubber band touches now, with what it began from."""
        if self._before is not None:
            self._chosen[:] = self._before.chosen
            self.pick(places, pick)

    def end_band(self) -> None:
        """Keep what the rubber band has selected."""
        self._before = None

    def cancel_band(self) -> None:
        """Select what was selected before the rubber band began."""
        before, self._before = self._before, None
        if before is not None:
            self._chosen[:] = before.chosen
            self.current, self._anchor = before.current, before.anchor
            self._is_untouched = before.is_untouched
