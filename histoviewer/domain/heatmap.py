"""Laying a map over a tile: the one way of colouring that grid, inspector and files share."""

from functools import lru_cache
from typing import Final, Literal, get_args

import numpy as np

from histoviewer.domain.arrays import Float32, UInt8, UInt16

_LEVELS: Final = 256

# Anchors at equal steps. Viridis (van der Walt and Smith 2015) is even in lightness and reads the
# same with any colour vision; its bright end, yellow, is the one colour that stained tissue lacks.
_ANCHORS: Final = {
    "viridis": (
        "440154", "472d7b", "3b528b", "2c728e", "21918c", "28ae80", "5ec962", "addc30", "fde725",
    ),
    "inferno": (
        "000004", "210c4a", "57106e", "8a226a", "bc3754", "e45a31", "f98e09", "f9cb35", "fcffa4",
    ),
    "grey": ("000000", "ffffff"),
}  # fmt: skip

Palette = Literal["viridis", "inferno", "grey"]
PALETTES: Final[tuple[Palette, ...]] = get_args(Palette)


def blend(
    pixels: UInt8, maps: Float32, *, strength: float = 0.6, palette: str = "viridis"
) -> UInt8:
    """Return tiles with their maps laid over them. Any thread; some 10 ns a pixel.

    What a map calls 0 stays as it is, so that tissue without evidence is not hidden.

    Args:
        pixels: (..., H, W, 3) uint8 RGB.
        maps: (..., H, W) float32, 0 to 1.
        strength: How opaque the colour is where the map is 1; 0 to 1.
        palette: One of `PALETTES`.
    """
    levels = _levels(maps)
    paint, kept = _paint(palette, round(strength * 256))
    mixed = pixels * kept[levels][..., None]
    mixed += paint[levels]
    mixed >>= 8
    return mixed.astype(np.uint8)


def veil(maps: Float32, *, strength: float = 0.6, palette: str = "viridis") -> UInt8:
    """Return maps as translucent colour: laid over pixels, it gives what `blend` gives.

    For pixels that are scaled or adjusted only when they are painted. Any thread.

    Args:
        maps: (..., H, W) float32, 0 to 1.
        strength: As `blend`.
        palette: As `blend`.

    Returns:
        (..., H, W, 4) uint8 RGB and opacity, the colours multiplied by it.
    """
    levels = _levels(maps)
    paint, kept = _paint(palette, round(strength * 256))
    opacity = np.minimum(256 - kept, 255)[:, None]
    return np.concatenate((paint >> 8, opacity), axis=1).astype(np.uint8)[levels]


def colour(maps: Float32, *, palette: str = "viridis") -> UInt8:
    """Return maps (..., H, W) of 0 to 1 as (..., H, W, 3) uint8 RGB. Any thread."""
    return _colours(palette)[_levels(maps)]


def whole_range(maps: Float32) -> Float32:
    """Return maps (n, h, w) in which each one's smallest value is 0 and its largest 1. Any thread.

    For feature maps, whose values have no scale of their own; a constant one is all 0.
    """
    low = maps.min(axis=(1, 2), keepdims=True)
    width = maps.max(axis=(1, 2), keepdims=True) - low
    return np.asarray((maps - low) / np.where(width > 0, width, 1), np.float32)


def _levels(maps: Float32) -> UInt8:
    return (maps * np.float32(_LEVELS - 1) + np.float32(0.5)).astype(np.uint8)


@lru_cache(maxsize=8)
def _colours(palette: str) -> UInt8:
    """Return (256, 3) uint8 RGB."""
    anchors = np.array([list(bytes.fromhex(text)) for text in _ANCHORS[palette]], np.float64)
    at = np.linspace(0, 1, len(anchors))
    levels = np.linspace(0, 1, _LEVELS)
    channels = [np.interp(levels, at, anchors[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


@lru_cache(maxsize=32)
def _paint(palette: str, strength: int) -> tuple[UInt16, UInt16]:
    """Return what each level adds, (256, 3), and how much of a pixel it leaves, (256,), of 256."""
    opacity = np.linspace(0, strength, _LEVELS).round().astype(np.uint16)
    paint = _colours(palette).astype(np.uint16) * opacity[:, None] + 128  # rounds
    return paint, np.asarray(256 - opacity, np.uint16)
