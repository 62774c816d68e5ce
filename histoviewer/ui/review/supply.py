"""The tiles the grid paints: cached ones at once, the others as soon as the readers bring them."""

from collections.abc import Callable
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from histoviewer.domain.arrays import Int64
from histoviewer.domain.source import TileSource
from histoviewer.ui.review.cache import TileCache
from histoviewer.ui.review.mosaic import UInt32
from histoviewer.ui.review.reading import TileAnswer, TileReaders

MISSING: Final = 0  # on its way
STAND_IN: Final = -1  # on its way; there is one of another size
FAILED: Final = -2  # cannot be read

_NONE: Final[Int64] = np.zeros(0, np.int64)


class TileSupply(QObject):
    """Cache and reader pool behind one question: give me these tiles now. UI thread only.

    Args:
        on_arrived: Called when tiles have arrived that were missing.
        cache: Where tiles are kept.
    """

    unreadable = Signal(object)  # Mapping[int, str]: tiles that could not be read, and why

    def __init__(self, on_arrived: Callable[[], None], *, cache: TileCache | None = None) -> None:
        super().__init__()
        self._on_arrived = on_arrived
        self._cache = TileCache() if cache is None else cache  # an empty one is falsy
        self._readers = TileReaders(self._arrived)
        self._source: TileSource | None = None
        self._side = 1
        self._wanted = _NONE
        self._in_view = _NONE
        self._stand_ins: dict[int, UInt32] = {}
        self._given_up: set[int] = set()  # those of `failed` that are not asked for again
        self.failed: dict[int, str] = {}

    def aim(self, source: TileSource | None, side: int) -> None:
        """Take tiles from another source; what is cached of the old one is dropped.

        Args:
            source: Pixels; None for none.
            side: Side of a tile, device pixels.
        """
        self._source, self._side = source, side
        self._stand_ins = {}
        self._in_view = _NONE
        self._given_up, self.failed = set(), {}
        self._start_over()

    def resize(self, side: int) -> None:
        """Deliver tiles in another size; those in view stand in until they are there."""
        if side == self._side:
            return
        self._let_stand_in()
        self._side = side
        self._start_over()

    def renew(self, source: TileSource) -> None:
        """Deliver tiles that look otherwise by now; those in view stand in until they are there.

        Args:
            source: Of the same tiles.
        """
        self._let_stand_in()
        self._source = source
        self._given_up, self.failed = set(), {}
        self._start_over()

    def retry(self) -> None:
        """Read what could not be read once more when it is next in view: a drive may be back."""
        self._given_up = set()
        self._wanted = _NONE

    def take(self, tiles: Int64, around: Int64) -> Int64:
        """Return for each tile whether it is there, and have those fetched that are not.

        Args:
            tiles: (n,) tiles in view.
            around: Tiles that are likely to be next, the likeliest first.

        Returns:
            (n,) int64: a number above 0 that is another one each time that the pixels have
            arrived, else `MISSING`, `STAND_IN` or `FAILED`.
        """
        if self._source is None:
            return np.full(len(tiles), MISSING, np.int64)
        self._in_view = tiles
        self._cache.reserve(len(tiles))
        around = around[: self._cache.capacity - len(tiles)]
        self._cache.touch(around)
        self._cache.touch(tiles)
        stamps = self._cache.stamps(tiles)
        missing = np.concatenate((tiles[stamps == 0], around[self._cache.stamps(around) == 0]))
        self._want(missing)
        for place in np.flatnonzero(stamps == 0).tolist() if self.failed or self._stand_ins else ():
            stamps[place] = self._state(int(tiles[place]))
        return stamps

    def _state(self, tile: int) -> int:
        if tile in self.failed:
            return FAILED
        return STAND_IN if tile in self._stand_ins else MISSING

    def pixels(self, tile: int) -> UInt32 | None:
        """Return a tile as (h, h) 0xffRRGGBB; one that stands in has another size than asked for.

        It must be used up before the next event is handled.
        """
        pixels = self._cache.pixels(tile)
        return self._stand_ins.get(tile) if pixels is None else pixels

    def has(self, tiles: Int64) -> bool:
        """Return whether all of some tiles are there, or known to be unreadable."""
        missing = tiles[self._cache.stamps(tiles) == 0] if self._source is not None else tiles
        return all(tile in self.failed for tile in missing.tolist())

    def set_limits(self, *, threads: int | None = None, cache_bytes: int | None = None) -> None:
        """Change how much of the machine is used; what is not given stays as it is.

        Args:
            threads: Threads that read tiles, at least 1.
            cache_bytes: Memory for scaled tiles; all in view are kept, whatever this says.
        """
        if cache_bytes is not None:
            self._cache.limit(cache_bytes)
            self._wanted = _NONE
            self._on_arrived()
        if threads is not None:
            self._readers.set_threads(threads)

    def close(self) -> None:
        """End the threads."""
        self._readers.close()

    def _want(self, missing: Int64) -> None:
        """Ask for what is missing; the same wish is uttered once."""
        if self._given_up:
            missing = missing[[tile not in self._given_up for tile in missing.tolist()]]
        if not np.array_equal(missing, self._wanted):
            self._wanted = missing
            self._readers.want(missing)

    def _let_stand_in(self) -> None:
        kept = {tile: self.pixels(tile) for tile in self._in_view.tolist()}
        self._stand_ins = {tile: old.copy() for tile, old in kept.items() if old is not None}

    def _start_over(self) -> None:
        self._wanted = _NONE
        self._cache.aim(0 if self._source is None else self._source.shape[0], self._side)
        self._readers.aim(self._source, self._side)

    def _arrived(self, answer: TileAnswer) -> None:
        if not self._readers.is_current(answer):
            return
        self._cache.put(answer.tiles, answer.pixels)
        for tile in answer.tiles.tolist() if self.failed else ():
            self.failed.pop(tile, None)
        self.failed.update(answer.failed)
        self._given_up.update(answer.failed)
        if answer.failed:
            self.unreadable.emit(answer.failed)
        if answer.failed or np.isin(answer.tiles, self._in_view).any():
            self._on_arrived()
