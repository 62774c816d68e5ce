"""Tiles as the grid paints them: plain, or with something laid over those that it is known of."""

from collections.abc import Callable
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from histoviewer.domain.arrays import Bool, Int64
from histoviewer.domain.source import TileSource
from histoviewer.ui.review.cache import TileCache
from histoviewer.ui.review.mosaic import UInt32
from histoviewer.ui.review.supply import STAND_IN, TileSupply

OVERLAID_STAND_IN: Final = -3  # on its way; there is one with something else laid over it
_OVERLAID: Final = 1 << 40  # added to the stamps of what is overlaid: a plain tile has none so high

_BYTES: Final = 64 * 2**20
_NONE: Final[Int64] = np.zeros(0, np.int64)


class OverlaidTiles(QObject):
    """A supply of plain tiles, and one above it of those that something is laid over.

    What is overlaid is a source like any other, read, scaled and kept by the same machinery. Which
    tiles may be painted from it is asked at every paint, so that what must not be seen any more is
    not painted once more. UI thread only.

    Args:
        on_arrived: Called when tiles have arrived that were missing.
    """

    lacking = Signal(object)  # Int64: tiles in view that nothing is laid over, at each paint

    def __init__(self, on_arrived: Callable[[], None]) -> None:
        super().__init__()
        self.plain = TileSupply(on_arrived)
        self._above = TileSupply(on_arrived, cache=TileCache(_BYTES))
        self._covers: Callable[[Int64], Bool] | None = None
        self._in_view = _NONE
        self._side = 1

    # -- what is laid over --------------------------------------------------------------------

    def lay_over(self, source: TileSource, covers: Callable[[Int64], Bool]) -> None:
        """Paint some tiles from another source from now on.

        Args:
            source: Tiles with something laid over them.
            covers: Returns (n,) bool, which of n tiles to take from there; asked at each paint.
        """
        self._covers = covers
        self._above.aim(source, self._side)

    def renew(self, source: TileSource) -> None:
        """Take what is laid over from a source that looks otherwise; the old stands in till then.

        Args:
            source: Of the same tiles.
        """
        self._above.renew(source)

    def lift(self) -> None:
        """Paint all tiles plain again."""
        self._covers = None
        self._above.aim(None, self._side)

    @property
    def is_overlaid(self) -> bool:
        """Return whether something is laid over the tiles of which it is known."""
        return self._covers is not None

    @property
    def in_view(self) -> Int64:
        """Return (n,) the tiles that were painted last, in their order."""
        return self._in_view

    # -- what is painted ----------------------------------------------------------------------

    def aim(self, source: TileSource | None, side: int) -> None:
        """Take plain tiles from another source; nothing is laid over them any more.

        Args:
            source: Pixels; None for none.
            side: Side of a tile, device pixels.
        """
        self._side, self._in_view = side, _NONE
        self.plain.aim(source, side)
        self.lift()

    def resize(self, side: int) -> None:
        """Deliver tiles in another size; those in view stand in until they are there."""
        self._side = side
        self.plain.resize(side)
        self._above.resize(side)

    def retry(self) -> None:
        """Read what could not be read once more when it is next in view."""
        self.plain.retry()
        self._above.retry()

    def take(self, tiles: Int64, around: Int64) -> Int64:
        """Return for each tile whether it is there, and have those fetched that are not.

        Args:
            tiles: (n,) tiles in view.
            around: Tiles that are likely to be next, the likeliest first.

        Returns:
            (n,) int64 as `TileSupply.take`, or `OVERLAID_STAND_IN`.
        """
        self._in_view = tiles
        stamps = self.plain.take(tiles, around)
        if self._covers is None:
            return stamps
        covered = self._covers(tiles)
        if not covered.all():
            self.lacking.emit(tiles[~covered])
        above = self._above.take(tiles[covered], _NONE)
        above = np.where(above == STAND_IN, OVERLAID_STAND_IN, np.where(above > 0, above, 0))
        above[above > 0] += _OVERLAID
        stamps[covered] = np.where(above != 0, above, stamps[covered])
        return stamps

    def pixels(self, tile: int, stamp: int) -> UInt32 | None:
        """Return a tile as (h, h) 0xffRRGGBB; one that stands in may have another size.

        It must be used up before the next event is handled.

        Args:
            tile: Index of the tile.
            stamp: What `take` returned for it.
        """
        is_overlaid = stamp >= _OVERLAID or stamp == OVERLAID_STAND_IN
        return (self._above if is_overlaid else self.plain).pixels(tile)

    def fault(self, tile: int) -> str:
        """Return why a tile could not be read."""
        return self.plain.failed[tile]

    def close(self) -> None:
        """End the threads."""
        self.plain.close()
        self._above.close()
