"""Scaled tiles kept in memory, the least recently painted ones replaced first."""

from typing import Final

import numpy as np

from histoviewer.domain.arrays import Int32, Int64
from histoviewer.ui.review.mosaic import BYTES, UInt32

DEFAULT_BYTES: Final = 192 * 2**20


class TileCache:
    """Scaled tiles of one size in one array, bounded by its bytes. UI thread only.

    The array is claimed at once but costs memory only as far as it has been filled. Looking tiles
    up is plain numpy over the tiles asked for, so that thousands of small ones cost little.

    Args:
        limit: Most bytes of pixels kept.
    """

    def __init__(self, limit: int = DEFAULT_BYTES) -> None:
        self._limit = limit
        self._count = 0
        self._side = 1
        self._clock = 0  # counts what was put and asked for; never starts over
        self.clear()

    @property
    def capacity(self) -> int:
        """Return how many tiles can be kept in the present size."""
        return len(self._tiles)

    @property
    def bytes(self) -> int:
        """Return the bytes of pixels kept now."""
        return self._filled * self._side**2 * BYTES

    def __len__(self) -> int:
        """Return how many tiles are kept."""
        return self._filled

    def aim(self, count: int, side: int) -> None:
        """Start over, for other tiles or another size.

        Args:
            count: Number of tiles of the project.
            side: Height and width of a tile, pixels.
        """
        self._count, self._side = count, side
        self.clear()

    def limit(self, limit: int) -> None:
        """Keep at most this many bytes from now on; what is kept is dropped."""
        self._limit = limit
        self.clear()

    def clear(self) -> None:
        """Drop everything."""
        self._claim(self._limit // (self._side**2 * BYTES))

    def reserve(self, count: int) -> None:
        """Make room for that many tiles, whatever the limit: all in view must fit."""
        if min(count, self._count) > self.capacity:
            self._claim(count)

    def _claim(self, capacity: int) -> None:
        capacity = max(1, min(capacity, self._count))
        self._slots: Int32 = np.full(self._count, -1, np.int32)  # by tile
        self._tiles: Int64 = np.full(capacity, -1, np.int64)  # this and the following by slot
        self._used: Int64 = np.zeros(capacity, np.int64)
        self._stamps: Int64 = np.zeros(capacity, np.int64)
        self._pixels: UInt32 = np.empty((capacity, self._side, self._side), np.uint32)
        self._filled = 0

    def stamps(self, tiles: Int64) -> Int64:
        """Return a number above 0 for each tile kept, 0 for the others; does not count as use.

        Each time that the pixels of a tile are put, it gets a new number.
        """
        slots = self._slots[tiles]
        return np.where(slots >= 0, self._stamps[slots], 0)

    def touch(self, tiles: Int64) -> None:
        """Remember that tiles were used now."""
        self._clock += 1
        slots = self._slots[tiles]
        self._used[slots[slots >= 0]] = self._clock

    def pixels(self, tile: int) -> UInt32 | None:
        """Return a tile as (side, side), None where it is not kept; valid until the next `put`."""
        slot = int(self._slots[tile])
        return self._pixels[slot] if slot >= 0 else None

    def put(self, tiles: Int64, pixels: UInt32) -> None:
        """Keep tiles in place of the least recently used ones.

        Args:
            tiles: (n,) different tiles; of more than fit the last ones are kept.
            pixels: (n, side, side) as `mosaic.for_screen` makes them; copied.
        """
        tiles, pixels = tiles[-self.capacity :], pixels[-self.capacity :]
        self._clock += 1
        slots = self._slots[tiles]
        self._used[slots[slots >= 0]] = self._clock  # none of these makes room for another
        new = slots < 0
        slots[new] = self._room(int(np.count_nonzero(new)))
        replaced = self._tiles[slots]
        self._slots[replaced[replaced >= 0]] = -1
        self._slots[tiles], self._tiles[slots] = slots, tiles
        self._used[slots] = self._stamps[slots] = self._clock
        self._pixels[slots] = pixels

    def _room(self, count: int) -> Int32:
        """Return slots to fill: empty ones, then those used longest ago."""
        empty = np.arange(self._filled, min(self._filled + count, self.capacity))
        self._filled += len(empty)
        missing = count - len(empty)
        if not missing:
            return empty.astype(np.int32)
        ages = self._used.copy()
        ages[empty] = self._clock
        oldest = np.argpartition(ages, missing - 1)[:missing]
        return np.concatenate((empty, oldest)).astype(np.int32)
