"""Tiles that are the same on every machine, to see whether a model computes the same there."""

from typing import Final

import numpy as np

from histoviewer.domain.arrays import UInt8

COUNT: Final = 8

# Haematoxylin-eosin as it looks: background, stroma, nuclei.
_COLOURS: Final = np.array([(242, 236, 242), (222, 160, 200), (92, 58, 140)], np.int64)


def golden_tiles(size: int) -> UInt8:
    """Return `COUNT` tiles (COUNT, size, size, 3) uint8 RGB by integer arithmetic alone.

    Stripes, spots and noise of the colours of a stained section, coarser from tile to tile. No
    random generator and no floating point takes part: both may change from release to release.

    Args:
        size: Side in pixels.
    """
    rows, columns = np.indices((size, size), dtype=np.int64)
    return np.stack([_tile(rows, columns, number) for number in range(COUNT)])


def _tile(
    rows: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    columns: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    number: int,
) -> UInt8:
    period = 4 + 3 * number
    phase_x, phase_y = columns % period - period // 2, (rows + columns // 3) % period - period // 2
    spot = phase_x**2 + phase_y**2 <= (period // 3) ** 2
    stripe = (rows * (number + 1) + 2 * columns) // (2 * period) % 2
    noise = (rows * 7919 + columns * 104_729 + number * 1_299_709) * 2_654_435_761 >> 7 & 31
    shade = noise[..., None] - 16
    colour = _COLOURS[np.where(spot, 2, stripe)]
    return np.clip(colour + shade, 0, 255).astype(np.uint8)
