"""Tiles decoded from the original files, so that the grid works before anything is packed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from histoviewer.domain.arrays import Int64, UInt8
from histoviewer.tiles.fitting import fit
from histoviewer.tiles.reading import TileReader


class OriginalTiles:
    """A `TileSource` on the original files; pickles by their names.

    Any thread, each call with a reader of its own.

    Args:
        root: As `Catalogue.root`.
        locations: As `Catalogue.locations`.
        size: Height and width that tiles are fitted to, pixels.
    """

    def __init__(self, root: Path, locations: Sequence[str], size: int) -> None:
        self._root = root
        self._locations = locations
        self._size = size

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return (N, H, W, 3)."""
        return (len(self._locations), self._size, self._size, 3)

    def gather(self, index: Int64, out: UInt8 | None = None) -> UInt8:
        """Return tiles as (n, H, W, 3) uint8 RGB.

        Args:
            index: Tile numbers, any order, repeats allowed.
            out: Written to and returned where given.

        Raises:
            Unreadable: One of them cannot be read, or no longer: who shows tiles asks for each by
                itself then, and says why it is missing. (Packing fills in grey instead.)
            IndexError: There is no such tile.
        """
        if out is None:
            out = np.empty((len(index), *self.shape[1:]), np.uint8)
        with TileReader(self._root) as reader:
            for row, tile in zip(out, index.tolist(), strict=True):
                row[...] = fit(reader.read(self._location(tile)), self._size)
        return out

    def original(self, index: int) -> UInt8:
        """Return one tile at its own size, (H, W, 3) uint8 RGB.

        Raises:
            Unreadable: It cannot be read; `reason` says why.
            IndexError: There is no such tile.
        """
        with TileReader(self._root) as reader:
            return reader.read(self._location(index))

    def _location(self, index: int) -> str:
        if index < 0:
            raise IndexError(f"tile {index} of {len(self._locations)}")
        return self._locations[index]
