"""Perceptual hashes as bits: how far two are apart, however one of the tiles is flipped or turned.

A hash holds the signs of the `SIDE` x `SIDE` lowest coefficients of a tile's discrete cosine
transform, row by row, that of the mean left at 0 (Zauner, 'Implementation and Benchmarking of
Perceptual Image Hash Functions', 2010, with the sign in place of the median). Flipping a tile
turns the signs of its odd columns or rows round, and transposing it transposes them, so the hashes
of all eight orientations follow from one: a slide has no right way up.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Float32, UInt8

SIDE: Final = 16
BITS: Final = SIDE * SIDE
BYTES: Final = BITS // 8

RADIUS: Final = 31
"""Most bits in which near duplicates differ: measured in decision 25."""

_ODD: Final = (np.arange(SIDE) & 1).astype(np.uint8)


def pack_signs(coefficients: Float32) -> UInt8:
    """Return (n, BYTES) uint8 hashes.

    Args:
        coefficients: (n, SIDE, SIDE) float32, lowest frequencies first.
    """
    return _pack((coefficients > 0).astype(np.uint8))


def orientations(hashes: UInt8) -> Iterator[UInt8]:
    """Yield (n, BYTES) uint8: the hashes of the tiles as they are, then flipped and turned.

    Args:
        hashes: (n, BYTES) uint8 C-contiguous.
    """
    upright = np.unpackbits(hashes, axis=1).reshape(-1, SIDE, SIDE)
    for bits in (upright, upright.transpose(0, 2, 1)):
        for rows in (0, 1):
            for columns in (0, 1):
                yield _pack(bits ^ (_ODD[:, None] * np.uint8(rows)) ^ (_ODD * np.uint8(columns)))


def _pack(bits: UInt8) -> UInt8:
    flat = bits.reshape(-1, BITS)
    flat[:, 0] = 0  # the mean of a tile has no sign
    return np.packbits(flat, axis=1)
