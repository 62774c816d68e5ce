"""Measuring how tiles look: whether there is anything, in focus, free of ink and folds.

Whole chunks of tiles are worked out at once.
"""

from typing import Final

import cv2
import numpy as np

from histoviewer.domain.appearance import Appearance
from histoviewer.domain.arrays import Bool, Float32, UInt8
from histoviewer.tiles.perceptual import hash_tiles

_FLAT: Final = 8  # grey levels that paper, glass and the noise of a camera differ by
_SPARSE: Final = 0.1  # share of pixels: specks in the corner of an empty tile are all alike
_BLACK: Final = 70  # the brightest channel of black ink
_COLOURLESS: Final = 90  # most saturation of black ink, of 255
_GREENER: Final = 20  # grey levels; haematoxylin and eosin take more green than red from the light
_SILENT: Final = 1e-3  # squared grey levels: keeps a ratio of nothing to nothing finite


def grey_of(tiles: UInt8) -> UInt8:
    """Return (n, H, W) uint8 grey of (n, H, W, 3) uint8 RGB."""
    return _converted(tiles, cv2.COLOR_RGB2GRAY).reshape(tiles.shape[:3])


def look_at(tiles: UInt8) -> Appearance:
    """Return how tiles look.

    Args:
        tiles: (n, H, W, 3) uint8 RGB, C-contiguous.
    """
    grey = grey_of(tiles)
    hashes, structured = hash_tiles(grey)
    covered = _covered(grey)
    hsv = _converted(tiles, cv2.COLOR_RGB2HSV)
    saturation, value = hsv[..., 1], hsv[..., 2]
    black = (value < _BLACK) & (saturation < _COLOURLESS)
    greener = tiles[..., 1] > np.minimum(tiles[..., 0], 255 - _GREENER) + np.uint8(_GREENER)
    return Appearance(
        hashes=hashes,
        structured=structured & (covered >= _SPARSE),
        covered=covered,
        sharpness=sharpness_of(grey),
        ink=_share(black | greener),
        # Kothari et al., 'Eliminating tissue-fold artifacts in histopathological whole-slide images
        # for improved image-based prediction of cancer grade', 2013.
        dense=_share(saturation > value),
    )


def sharpness_of(grey: UInt8) -> Float32:
    """Return (n,) float32: energy of the finest details against that of the next coarser ones.

    Details of the Haar wavelet, of 2 and of 4 pixels: what a blur takes away first (Tong et al.,
    'Blur detection for digital images using wavelet transform', 2004). Their ratio does not depend
    on contrast, nor on how much of the tile is tissue.

    Args:
        grey: (n, H, W) uint8.
    """
    pixels = grey.astype(np.float32)
    halves = _halved(pixels)
    quarters = _halved(halves)
    full, half, quarter = (np.square(each).mean(axis=(1, 2)) for each in (pixels, halves, quarters))
    ratio: Float32 = np.maximum(full - half, 0) / (np.maximum(half - quarter, 0) + _SILENT)
    return ratio


def join(parts: list[Appearance]) -> Appearance:
    """Return one appearance of the tiles of several, in their order."""
    return Appearance(
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in Appearance.__dataclass_fields__
        }
    )


def _halved(pixels: Float32) -> Float32:
    """Return means of 2 x 2 pixels; an odd row or column at the end is left out."""
    rows = pixels[:, : pixels.shape[1] // 2 * 2, : pixels.shape[2] // 2 * 2]
    rows = rows[:, ::2] + rows[:, 1::2]
    return (rows[:, :, ::2] + rows[:, :, 1::2]) / np.float32(4)


def _covered(grey: UInt8) -> Float32:
    means = grey.mean(axis=(1, 2), keepdims=True, dtype=np.float32)
    low = np.clip(means - _FLAT, 0, 255).astype(np.uint8)
    high = np.clip(means + _FLAT, 0, 255).astype(np.uint8)
    return _share((grey < low) | (grey > high))


def _converted(tiles: UInt8, code: int) -> UInt8:
    """Return tiles in another colour space: as one picture, so that OpenCV is called once."""
    count, height, width, _ = tiles.shape
    if count == 0:
        return np.zeros_like(tiles if code == cv2.COLOR_RGB2HSV else tiles[..., 0])
    converted = np.asarray(cv2.cvtColor(tiles.reshape(count * height, width, 3), code), np.uint8)
    return converted.reshape(count, height, width, *converted.shape[2:])


def _share(mask: Bool) -> Float32:
    """Return (n,) float32: the share of true pixels of (n, H, W) bool."""
    if len(mask) == 0:
        return np.zeros(0, np.float32)
    rows = mask.reshape(len(mask), -1).view(np.uint8)
    return np.asarray(cv2.reduce(rows, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[:, 0], np.float32)
