"""Putting tiles together into one picture with numpy: no Qt, device pixels.

Pixels are kept as (H, W, 4) uint8 blue, green, red, 255: what `QImage.Format_RGB32` is in the
memory of a little-endian machine, so painting copies bytes and converts nothing.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from histoviewer.domain.arrays import UInt8

UInt32 = NDArray[np.uint32]

_OPAQUE: Final = 255


def for_screen(tiles: UInt8, side: int) -> UInt8:
    """Return tiles scaled to squares and in the byte order of the screen. Any thread.

    Args:
        tiles: (n, H, W, 3) uint8 RGB.
        side: Wanted height and width, pixels.

    Returns:
        (n, side, side, 4) uint8 blue, green, red, 255.
    """
    scaled = np.empty((len(tiles), side, side, 4), np.uint8)
    # Area averaging keeps small nuclei from flickering when shrunk; it is no use for enlarging.
    way = cv2.INTER_AREA if side < tiles.shape[1] else cv2.INTER_LINEAR
    for source, target in zip(tiles, scaled, strict=True):
        fitted = source if source.shape[:2] == (side, side) else _resize(source, side, way)
        target[..., :3] = fitted[..., ::-1]
    scaled[..., 3] = _OPAQUE
    return scaled


def _resize(tile: UInt8, side: int, way: int) -> UInt8:
    return np.asarray(cv2.resize(tile, (side, side), interpolation=way), np.uint8)


def fill(canvas: UInt32, colour: int, *, x: int, y: int, width: int, height: int) -> None:
    """Fill a rectangle, cut off at the edges of the canvas.

    Args:
        canvas: (H, W) uint32 0xffRRGGBB.
        colour: 0xffRRGGBB.
        x: Left edge; may lie outside.
        y: Top edge; may lie outside.
        width: Pixels.
        height: Pixels.
    """
    canvas[max(0, y) : max(0, y + height), max(0, x) : max(0, x + width)] = colour


def paste(canvas: UInt32, tile: UInt32, *, x: int, y: int) -> None:
    """Copy a tile into the canvas, cut off at its edges. Arguments as for `fill`."""
    height, width = canvas.shape
    side = tile.shape[0]
    top, left = max(0, -y), max(0, -x)
    bottom, right = min(side, height - y), min(side, width - x)
    if bottom > top and right > left:
        canvas[y + top : y + bottom, x + left : x + right] = tile[top:bottom, left:right]


def paste_all(
    canvas: UInt32, tiles: Sequence[UInt32 | None], xs: Sequence[int], ys: Sequence[int]
) -> None:
    """Copy tiles to where they belong; None leaves what is there."""
    for tile, x, y in zip(tiles, xs, ys, strict=True):
        if tile is not None:
            paste(canvas, tile, x=x, y=y)
