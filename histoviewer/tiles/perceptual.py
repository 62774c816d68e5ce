"""Perceptual hashing of packed tiles: what two pictures of the same tissue have in common.

Survives another compression, brightness, staining, a light blur or noise, and a shift by a pixel;
flips and turns are dealt with by `domain.perceptual_hash`.
"""

from typing import Final

import cv2
import numpy as np

from histoviewer.domain.arrays import Bool, Float32, UInt8
from histoviewer.domain.perceptual_hash import SIDE, pack_signs

_REDUCED: Final = 32  # pixels a side before the transform
_LEAST_STRUCTURE: Final = (
    4.0  # of a coefficient, grey levels; empty tiles of scanners have 0.4 to 2
)


def hash_tiles(grey: UInt8) -> tuple[UInt8, Bool]:
    """Return the hashes of tiles, and which of them rise above the noise.

    The signs of an empty tile are those of its noise.

    Args:
        grey: (n, H, W) uint8.

    Returns:
        (n, 32) uint8 and (n,) bool.
    """
    reduced = np.empty((len(grey), _REDUCED, _REDUCED), np.float32)
    for row, tile in enumerate(grey):
        reduced[row] = cv2.resize(tile, (_REDUCED, _REDUCED), interpolation=cv2.INTER_AREA)
    coefficients = np.asarray(_COSINES @ reduced @ _COSINES.T, np.float32)
    energy = (coefficients**2).sum(axis=(1, 2)) - coefficients[:, 0, 0] ** 2
    structure = np.sqrt(np.maximum(energy, 0) / (SIDE * SIDE - 1))
    return pack_signs(coefficients), np.asarray(structure >= _LEAST_STRUCTURE)


def _cosines(count: int, size: int) -> Float32:
    """Return (count, size) float32: the lowest rows of the orthonormal cosine transform (II)."""
    places = (2 * np.arange(size) + 1) / (2 * size)
    rows = np.sqrt(2 / size) * np.cos(np.pi * np.arange(count)[:, None] * places)
    rows[0] /= np.sqrt(2)
    return np.asarray(rows, np.float32)


_COSINES: Final = _cosines(SIDE, _REDUCED)
