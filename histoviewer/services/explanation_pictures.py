"""Explanations as pictures: what files, inspector and command line show."""

from pathlib import Path
from typing import Final

import numpy as np

from histoviewer.domain.arrays import UInt8
from histoviewer.domain.explanation import Explanation, FeatureMaps, Filters
from histoviewer.domain.heatmap import PALETTES, blend, colour, whole_range
from histoviewer.errors import storage_error
from histoviewer.files import whole_file
from histoviewer.tiles.decode import encode_png

_TILE: Final = 288  # pixels that a tile takes at least: the details of 96 can be told apart
_FEATURES: Final = 144
_FILTER: Final = 60
_GAP: Final = 12
_COLUMNS: Final = 4
_FILTER_COLUMNS: Final = 8


def explanation_sheet(
    explanation: Explanation,
    pixels: UInt8,
    *,
    strength: float = 0.6,
    palette: str = PALETTES[0],
) -> UInt8:
    """Return a row for each tile: the tile, the map laid over it, and the map alone.

    Args:
        explanation: Of n tiles.
        pixels: (n, H, W, 3) uint8 RGB.
        strength: As `heatmap.blend`.
        palette: As `heatmap.blend`.

    Returns:
        (height, width, 3) uint8 RGB on white.
    """
    over = blend(pixels, explanation.maps, strength=strength, palette=palette)
    alone = colour(explanation.maps, palette=palette)
    columns = np.stack([pixels, over, alone], axis=1)
    cells = columns.reshape(-1, *pixels.shape[1:])
    return tabled(_grown(cells, _TILE), columns=3)


def features_sheet(features: FeatureMaps, *, palette: str = PALETTES[0]) -> UInt8:
    """Return the maps in reading order, each from its smallest value to its largest."""
    return tabled(_grown(colour(whole_range(features.maps), palette=palette), _FEATURES))


def filters_sheet(filters: Filters) -> UInt8:
    """Return the filters in reading order."""
    return tabled(_grown(filters.pictures, _FILTER), columns=_FILTER_COLUMNS)


def save_picture(picture: UInt8, path: Path) -> None:
    """Write a picture as PNG.

    Args:
        picture: (H, W, 3) uint8 RGB.
        path: Where to.

    Raises:
        StorageError: The disk does not take the file.
    """
    try:
        with whole_file(path) as stream:
            stream.write(encode_png(picture))
    except OSError as error:
        raise storage_error(error, "the picture") from error


def _grown(pictures: UInt8, side: int) -> UInt8:
    """Return pictures with each pixel a square, about as large as asked for."""
    factor = max(1, -(-side // pictures.shape[1]))
    return pictures.repeat(factor, axis=1).repeat(factor, axis=2)


def tabled(pictures: UInt8, *, columns: int = _COLUMNS, gap: int = _GAP) -> UInt8:
    """Lay pictures out in rows on white.

    Args:
        pictures: (n, H, W, 3) uint8 RGB; at least one.
        columns: Pictures in a row.
        gap: White between them and around them, pixels.

    Returns:
        (height, width, 3) uint8 RGB.
    """
    count, height, width, _ = pictures.shape
    columns = min(columns, count)
    rows = -(-count // columns)
    size = (rows * (height + gap) + gap, columns * (width + gap) + gap, 3)
    sheet = np.full(size, 255, np.uint8)
    for place, picture in enumerate(pictures):
        row, column = divmod(place, columns)
        top, left = gap + row * (height + gap), gap + column * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return sheet
