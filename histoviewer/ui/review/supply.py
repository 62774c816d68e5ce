"""The tiles the grid paints: cached ones at once, the others as soon as the readers bring them."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject

from histoviewer.domain.arrays import Int64
from histoviewer.domain.source import TileSource
from histoviewer.ui.review.cache import TileCache
from histoviewer.ui.review.mosaic import UInt32
from histoviewer.ui.review.reading import TileAnswer, TileReaders


class TileSupply(QObject):
    """Cache and reader pool behind one question: give me these tiles now. UI thread only.

    Args:
        on_arrived: Called when tiles have arrived that were missing.
        cache: Where tiles are kept.
    """

    def __init__(self, on_arrived: Callable[[], None], *, cache: TileCache | None = None) -> None:
        super().__init__()
        self._on_arrived = on_arrived
        self._cache = cache or TileCache()
        self._readers = TileReaders(self._arrived)
        self._source: TileSource | None = None
        self._side = 0
        self._wanted: Int64 = np.zeros(0, np.int64)
        self.failed: dict[int, str] = {}

    def aim(self, source: TileSource | None, side: int) -> None:
        """Take tiles from another source; what is cached of the old one is dropped.

        Args:
            source: Pixels; None for none.
            side: Side of a tile, device pixels.
        """
        self._source, self._side = source, side
        self._cache.clear()
        self.failed = {}
        self._start_over()

    def resize(self, side: int) -> None:
        """Deliver tiles in another size; other sizes stay in the cache."""
        if side != self._side:
            self._side = side
            self._start_over()

    def take(self, tiles: Int64, around: Int64) -> list[UInt32 | None]:
        """Return tiles as (side, side) uint32 0xffRRGGBB, None for those that are on their way.

        Args:
            tiles: (n,) tiles in view.
            around: Tiles that are likely to be next; they are fetched after those in view.
        """
        side, get = self._side, self._cache.get
        found: list[UInt32 | None] = []
        missing = []
        for tile in tiles.tolist():
            pixels = get((tile, side))
            found.append(None if pixels is None else pixels.view(np.uint32)[..., 0])
            if pixels is None and tile not in self.failed:
                missing.append(tile)
        self._want(missing, around)
        return found

    def has(self, tiles: Int64) -> bool:
        """Return whether all of some tiles are there, or known to be unreadable."""
        side = self._side
        return all((tile, side) in self._cache or tile in self.failed for tile in tiles.tolist())

    def set_limits(self, *, threads: int | None = None, cache_bytes: int | None = None) -> None:
        """Change how much of the machine is used; what is not given stays as it is.

        Args:
            threads: Threads that read tiles, at least 1.
            cache_bytes: Memory for scaled tiles.
        """
        if cache_bytes is not None:
            self._cache.limit(cache_bytes)
        if threads is not None:
            self._readers.set_threads(threads)

    def close(self) -> None:
        """End the threads."""
        self._readers.close()

    def _want(self, missing: list[int], around: Int64) -> None:
        """Ask for what is missing in view, then around it; the same wish is uttered once."""
        seen, side = set(missing), self._side
        missing += [
            tile
            for tile in around.tolist()
            if (tile, side) not in self._cache and tile not in seen and tile not in self.failed
        ]
        wanted = np.array(missing, np.int64)
        if not np.array_equal(wanted, self._wanted):
            self._wanted = wanted
            self._readers.want(wanted)

    def _start_over(self) -> None:
        self._wanted = np.zeros(0, np.int64)
        self._readers.aim(self._source, self._side)

    def _arrived(self, answer: TileAnswer) -> None:
        if not self._readers.is_current(answer):
            return
        for tile, pixels in zip(answer.tiles.tolist(), answer.pixels, strict=True):
            self._cache.put((tile, answer.request.side), pixels)
        self.failed.update(answer.failed)
        self._on_arrived()
