"""Scaled tiles kept in memory, the least recently painted ones dropped first."""

from collections import OrderedDict
from typing import Final

from histoviewer.domain.arrays import UInt8

DEFAULT_BYTES: Final = 192 * 2**20


class TileCache:
    """Scaled tiles by (tile index, side in pixels), bounded by their bytes. UI thread only.

    Args:
        capacity: Most bytes of pixels kept.
    """

    def __init__(self, capacity: int = DEFAULT_BYTES) -> None:
        self.capacity = capacity
        self.bytes = 0
        self._tiles: OrderedDict[tuple[int, int], UInt8] = OrderedDict()

    def __len__(self) -> int:
        """Return how many tiles are kept."""
        return len(self._tiles)

    def __contains__(self, key: tuple[int, int]) -> bool:
        """Return whether a tile is kept in a size; does not count as use."""
        return key in self._tiles

    def get(self, key: tuple[int, int]) -> UInt8 | None:
        """Return a tile and remember that it was used; None where it is not kept."""
        tile = self._tiles.get(key)
        if tile is not None:
            self._tiles.move_to_end(key)
        return tile

    def put(self, key: tuple[int, int], tile: UInt8) -> None:
        """Keep a tile, dropping the least recently used ones where it does not fit."""
        old = self._tiles.pop(key, None)
        self.bytes += tile.nbytes - (0 if old is None else old.nbytes)
        self._tiles[key] = tile
        self._shrink()

    def limit(self, capacity: int) -> None:
        """Keep at most this many bytes from now on."""
        self.capacity = capacity
        self._shrink()

    def _shrink(self) -> None:
        while self.bytes > self.capacity and len(self._tiles) > 1:
            self.bytes -= self._tiles.popitem(last=False)[1].nbytes

    def clear(self) -> None:
        """Drop everything."""
        self._tiles.clear()
        self.bytes = 0
