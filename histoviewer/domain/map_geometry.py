"""From the cells of a map to the pixels of a tile."""

import numpy as np

from histoviewer.domain.arrays import Float32, Float64, Int64


def enlarge(maps: Float32, size: tuple[int, int]) -> Float32:
    """Return maps at tile size, bilinear between the centres of cells.

    Args:
        maps: (n, h, w) float32; a cell covers an equal share of the tile.
        size: Height and width of a tile.

    Returns:
        (n, H, W) float32. Beyond the outermost centres the outermost cells go on.
    """
    if maps.shape[1:] == size:
        return maps
    down, across = (_weights(*sides) for sides in zip(maps.shape[1:], size, strict=True))
    return np.asarray(down @ maps @ across.T, np.float32)


def _weights(cells: int, pixels: int) -> Float32:
    """Return how much each cell counts for each pixel along one side, (pixels, cells)."""
    at = np.clip((np.arange(pixels) + 0.5) * cells / pixels - 0.5, 0, cells - 1)
    before = np.minimum(at.astype(np.int64), max(cells - 2, 0))
    share = at - before
    weights = np.zeros((pixels, cells))
    rows = np.arange(pixels)
    weights[rows, before] = 1 - share
    weights[rows, np.minimum(before + 1, cells - 1)] += share
    return weights.astype(np.float32)


def patch_starts(pixels: int, *, patch: int, stride: int) -> Int64:
    """Return where squares begin along a side; the last one ends where the tile does.

    Args:
        pixels: Length of the side.
        patch: Side of a square; a longer one than the tile's is cut to it.
        stride: Pixels from one to the next.
    """
    last = max(pixels - patch, 0)
    starts = np.arange(0, last + 1, stride, dtype=np.int64)
    return starts if starts[-1] == last else np.append(starts, last)


def spread_patches(maps: Float32, size: tuple[int, int], *, patch: int, stride: int) -> Float32:
    """Return the mean, at each pixel, of the values of the squares that covered it.

    Args:
        maps: (n, rows, columns) float32, a value for each square.
        size: Height and width of a tile.
        patch: Side of a square in pixels.
        stride: Pixels from one square to the next.

    Returns:
        (n, H, W) float32.
    """
    down, across = (_shares(side, patch=patch, stride=stride) for side in size)
    return np.asarray(down @ maps @ across.T, np.float32)


def _shares(pixels: int, *, patch: int, stride: int) -> Float64:
    """Return the share of each square in each pixel along one side, (pixels, squares)."""
    starts = patch_starts(pixels, patch=patch, stride=stride)
    at = np.arange(pixels)[:, None]
    covers = (at >= starts) & (at < starts + patch)
    counts = covers.sum(axis=1, keepdims=True)
    # A stride wider than the square leaves gaps; what lies there was never covered: 0.
    return np.asarray(covers / np.maximum(counts, 1), np.float64)
