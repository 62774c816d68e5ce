"""The map as a table and as a picture, without a window."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from histoviewer.domain.arrays import UInt8, UInt32
from histoviewer.domain.embedding_map import EmbeddingMap
from histoviewer.domain.labels import NEGATIVE, POSITIVE, ClassNames
from histoviewer.domain.map_colouring import SCORE_STEPS, Category, Colouring, Kind
from histoviewer.domain.map_view import MapView
from histoviewer.domain.palettes import LIGHT
from histoviewer.domain.tiles import Split
from histoviewer.errors import storage_error
from histoviewer.files import whole_file
from histoviewer.services.embedding_map.raster import render
from histoviewer.services.embedding_map.scene import MapPoints, Scene, emphasise
from histoviewer.services.explanation_pictures import save_picture
from histoviewer.services.listing import describe_tiles
from histoviewer.services.reviewing import ReviewSession

_SIZE: Final = (1600, 1200)  # pixels of a picture
_RATIO: Final = 1.5  # pixels of it for one of a screen: how large signs are
_COLUMNS: Final = ("id", "x", "y", "label", "given", "score", "split", "group")


@dataclass(frozen=True, kw_only=True)
class LegendEntry:
    """What a colour and a sign stand for in a picture.

    Args:
        name: In English, but for names that the data set gives.
        sign: Its shape.
        colour: '#rrggbb'.
        tiles: How many tiles there are of it.
    """

    name: str
    sign: str
    colour: str
    tiles: int


def legend(coloured: Colouring, classes: ClassNames) -> list[LegendEntry]:
    """Return the legend of a picture, without what no tile is in."""
    return [
        LegendEntry(
            name=_name(each, classes),
            sign=str(each.sign),
            colour=LIGHT.tints[each.tint],
            tiles=each.count,
        )
        for each in coloured.categories
        if each.count
    ]


def _name(category: Category, classes: ClassNames) -> str:
    match category.kind:
        case Kind.POSITIVE:
            return classes.of(POSITIVE)
        case Kind.NEGATIVE:
            return classes.of(NEGATIVE)
        case Kind.SCORE:
            low, high = (int(category.value) + end for end in (0, 1))
            return f"{low / SCORE_STEPS:.1f} to {high / SCORE_STEPS:.1f}"
        case Kind.SPLIT:
            return Split(int(category.value)).word
        case Kind.STATE | Kind.GROUP:
            return str(category.value)
        case _:
            return str(category.kind)


def write_table(session: ReviewSession, laid_out: EmbeddingMap, path: Path) -> None:
    """Write where each tile lies, and what it is, as CSV.

    Raises:
        StorageError: The file cannot be written.
    """
    tiles = np.arange(len(session.tiles), dtype=np.int64)
    try:
        with whole_file(path) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
            table = csv.writer(text)
            table.writerow(_COLUMNS)
            places = laid_out.places.tolist()
            for place, tile in zip(places, describe_tiles(session, tiles), strict=True):
                told = (tile.label, tile.given, tile.score, tile.split, tile.group)
                table.writerow((tile.id, *(f"{axis:.6g}" for axis in place), *told))
            text.detach()  # else it would close the stream
    except OSError as error:
        raise storage_error(error, f"the table {path}") from error


def write_picture(laid_out: EmbeddingMap, coloured: Colouring, path: Path) -> None:
    """Write the whole map as PNG, on white.

    Raises:
        StorageError: The file cannot be written.
    """
    save_picture(picture(laid_out, coloured), path)


def picture(laid_out: EmbeddingMap, coloured: Colouring) -> UInt8:
    """Return the whole map, (H, W, 3) uint8 RGB on white."""
    points = MapPoints.of(laid_out.places)
    count = len(points)
    everything = emphasise(
        count, absent=np.zeros(count, bool), shown=None, chosen=np.zeros(0, np.int64)
    )
    view = MapView.of_all(points.index.bounds, width=_SIZE[0], height=_SIZE[1])
    return _rgb(render(Scene.of(points, coloured, everything, LIGHT), view, ratio=_RATIO))


def _rgb(pixels: UInt32) -> UInt8:
    """Return (H, W, 3) uint8 RGB of (H, W) uint32 0xffRRGGBB."""
    channels = [(pixels >> shift) & 0xFF for shift in (16, 8, 0)]
    return np.stack(channels, axis=-1).astype(np.uint8)
