"""Maps that are kept to be laid over tiles, and tiles with their maps laid over them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int64, UInt8
from histoviewer.domain.explanation import Explanation, Stretch, stretch_maps
from histoviewer.domain.heatmap import blend
from histoviewer.domain.source import TileSource

BYTES: Final = 96 * 2**20  # some 2,700 maps of 96 x 96


@dataclass(frozen=True, kw_only=True)
class MapLook:
    """How maps are shown.

    Args:
        stretch: What is dark and what is bright.
        strength: As `heatmap.blend`.
    """

    stretch: Stretch
    strength: float


@dataclass(frozen=True, kw_only=True, eq=False)
class MappedTiles:
    """Tiles with their maps laid over them, as a source of tiles. Any thread.

    Args:
        source: The tiles.
        maps: (H, W) float32 unstretched, by tile; it may grow, but nothing leaves it.
        look: How the maps are shown.
    """

    source: TileSource
    maps: Mapping[int, Float32]
    look: MapLook

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return (N, H, W, 3)."""
        return self.source.shape

    def gather(self, index: Int64, out: UInt8 | None = None) -> UInt8:
        """Return tiles with their maps as (n, H, W, 3) uint8 RGB.

        Args:
            index: Tiles that there are maps of.
            out: Written to and returned where given.
        """
        pixels = self.source.gather(index, out)
        raw = np.stack([self.maps[tile] for tile in index.tolist()])
        pixels[...] = blend(
            pixels, stretch_maps(raw, self.look.stretch), strength=self.look.strength
        )
        return pixels


class KnownMaps:
    """The maps known of a project's tiles, of one model worked out in one way. UI thread only.

    Args:
        shape: (N, H, W, 3) of the tiles.
        limit: Bytes that are kept at most.
    """

    def __init__(self, shape: tuple[int, int, int, int], *, limit: int = BYTES) -> None:
        count, height, width, _ = shape
        self.capacity = max(1, limit // (height * width * np.dtype(np.float32).itemsize))
        self.maps: dict[int, Float32] = {}
        self._known: Bool = np.zeros(count, np.bool_)

    def has(self, tiles: Int64) -> Bool:
        """Return (n,) bool: tiles whose maps are known."""
        return np.asarray(self._known[tiles])

    def take(self, found: Explanation, wanted: Int64) -> bool:
        """Keep maps; where there is no room, those that are not wanted go.

        Args:
            found: Maps of some tiles.
            wanted: The tiles that are looked at, `capacity` at most.

        Returns:
            Whether some went: `maps` is another mapping then.
        """
        # Copies: a view of one map would keep all that came with it.
        news = {tile: raw.copy() for tile, raw in zip(found.tiles.tolist(), found.raw, strict=True)}
        is_full = len(self.maps) + len(news) > self.capacity
        if is_full:  # the old mapping stays whole: a thread may be reading from it
            stay = set(wanted.tolist())
            self.maps = {tile: raw for tile, raw in self.maps.items() if tile in stay}
            self._known[:] = False
            self._known[list(self.maps)] = True
        self.maps.update(news)
        self._known[found.tiles] = True
        return is_full
