"""What the machine-learning room needs to know of tiles: nothing but their pixels."""

from typing import Protocol, runtime_checkable

from histoviewer.domain.arrays import Int64, UInt8


@runtime_checkable
class TileSource(Protocol):
    """Tiles addressed by their index. Implementations can be pickled into a compute process."""

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return (N, H, W, C); C is 3, RGB."""
        ...

    def gather(self, index: Int64, out: UInt8 | None = None) -> UInt8:
        """Return the tiles at `index` as (n, H, W, C) uint8 RGB, in the order asked for.

        Args:
            index: Tile numbers, any order, repeats allowed.
            out: Written to and returned where given.
        """
        ...
