"""Fitting a tile of any size to the tile size of the project.

The shape of nuclei matters, so nothing is stretched: a tile that is not square is first padded to a
square by reflection, the original in the middle. Shrinking averages areas, enlarging is bicubic,
which keeps edges of nuclei sharper than bilinear does.
"""

import cv2
import numpy as np

from histoviewer.domain.arrays import UInt8


def fit(rgb: UInt8, size: int) -> UInt8:
    """Return a tile fitted to the project's tile size; the same array where nothing is to be done.

    Args:
        rgb: (H, W, 3) uint8, neither side 0; slivers such as 50x1 work.
        size: Wanted height and width, pixels.

    Returns:
        (size, size, 3) uint8; the same for the same input.
    """
    if rgb.shape[:2] == (size, size):
        return rgb
    square = _pad_to_square(rgb)
    if len(square) == size:
        return square
    method = cv2.INTER_AREA if len(square) > size else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(square, (size, size), interpolation=method), np.uint8)


def describe_fit(height: int, width: int, size: int) -> str:
    """Return what `fit` does to a tile of this size, '' if nothing; shown with the tile."""
    side = max(height, width)
    steps = []
    if height != width:
        steps.append(f"padded to {side}x{side} by reflection")
    if side > size:
        steps.append(f"shrunk to {size}x{size} by area")
    elif side < size:
        steps.append(f"enlarged to {size}x{size} (bicubic)")
    return ", ".join(steps)


def _pad_to_square(rgb: UInt8) -> UInt8:
    height, width = rgb.shape[:2]
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    border = (top, side - height - top, left, side - width - left)
    return np.asarray(cv2.copyMakeBorder(rgb, *border, cv2.BORDER_REFLECT_101), np.uint8)
