"""Pixels as the screen wants them, made with numpy and OpenCV: no Qt, device pixels.

A pixel is one uint32 0xffRRGGBB, blue first in the memory of a little-endian machine: what
`QImage.Format_RGB32` is. So painting copies numbers and converts nothing.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from histoviewer.domain.arrays import UInt8

UInt32 = NDArray[np.uint32]

BYTES: Final = 4  # of a pixel


def for_screen(tiles: UInt8, side: int) -> UInt32:
    """Return tiles scaled to squares and in the byte order of the screen. Any thread.

    Args:
        tiles: (n, H, W, 3) uint8 RGB.
        side: Wanted height and width, pixels.

    Returns:
        (n, side, side) uint32 0xffRRGGBB.
    """
    pixels = np.empty((len(tiles), side, side, BYTES), np.uint8)
    if not len(tiles):
        return _as_numbers(pixels)
    height, width = tiles.shape[1:3]
    if (height, width) == (side, side):  # all in one call, which lets the other threads run
        stacked = np.ascontiguousarray(tiles).reshape(-1, side, 3)
        cv2.cvtColor(stacked, cv2.COLOR_RGB2BGRA, dst=pixels.reshape(-1, side, BYTES))
        return _as_numbers(pixels)
    # Area averaging keeps small nuclei from flickering when shrunk; it is no use for enlarging.
    way = cv2.INTER_AREA if side < height else cv2.INTER_LINEAR
    for source, target in zip(tiles, pixels, strict=True):
        fitted = cv2.resize(source, (side, side), interpolation=way)
        cv2.cvtColor(fitted, cv2.COLOR_RGB2BGRA, dst=target)
    return _as_numbers(pixels)


def rescaled(tile: UInt32, side: int) -> UInt32:
    """Return a tile of the screen in another size, quickly rather than well: (side, side)."""
    pixels = np.ascontiguousarray(tile).view(np.uint8).reshape(*tile.shape, BYTES)
    fitted = cv2.resize(pixels, (side, side), interpolation=cv2.INTER_LINEAR)
    return _as_numbers(np.asarray(fitted, np.uint8))


def faded(tile: UInt32, colour: int, *, share: float = 0.65) -> UInt32:
    """Return a tile with a share of 0-1 of its pixels' colour given up for another, 0xffRRGGBB."""
    pixels = np.ascontiguousarray(tile).view(np.uint8).reshape(*tile.shape, BYTES)
    veil = np.full_like(tile, colour).view(np.uint8).reshape(pixels.shape)
    return _as_numbers(np.asarray(cv2.addWeighted(pixels, 1 - share, veil, share, 0), np.uint8))


def _as_numbers(pixels: UInt8) -> UInt32:
    return pixels.view(np.uint32)[..., 0]
