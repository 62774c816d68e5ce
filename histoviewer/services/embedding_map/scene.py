"""What a picture of the map is made of: where the points are, and how each is to be painted."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Final, Self

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int64, UInt8, UInt32
from histoviewer.domain.map_colouring import Colouring, Sign
from histoviewer.domain.palettes import Palette, channels
from histoviewer.domain.plane import PointIndex

_CELLS: Final = 192  # a side, by which the area that has points is measured
_SEED: Final = 7


class Emphasis(IntEnum):
    """How much a point stands out; the higher, the more on top."""

    ABSENT = 0
    FAINT = 1
    SHOWN = 2
    CHOSEN = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class MapPoints:
    """The points of a map. Nobody writes to it; any thread.

    Args:
        index: Finds points; arrays below are in its order.
        lots: (N,) uint32, drawn once: which of several points carries the sign of all.
        room: Area of the plane for each point, where there are any.
        places_of: (N,) int64, where in the order of the index each tile is.
    """

    index: PointIndex
    lots: UInt32
    room: float
    places_of: Int64

    @classmethod
    def of(cls, places: Float32) -> Self:
        """Return the points at (N, 2) float32 places of the plane."""
        index = PointIndex.of(places)
        lots = np.random.default_rng(_SEED).permutation(len(index)).astype(np.uint32)
        places_of = np.empty(len(index), np.int64)
        places_of[index.order] = np.arange(len(index))
        return cls(index=index, lots=lots, room=_room(index), places_of=places_of)

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.index)


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """Points with what they look like. Nobody writes to it; any thread.

    Args:
        points: Where they are.
        codes: (N,) uint8 category of each, in the order of the index.
        emphasis: (N,) uint8 of `Emphasis`, in the order of the index.
        tones: (K, 3) float32 red, green and blue of each category, 0-255.
        signs: Of each category.
        palette: Of the ground and of marks.
    """

    points: MapPoints
    codes: UInt8
    emphasis: UInt8
    tones: Float32
    signs: Sequence[Sign]
    palette: Palette

    @cached_property
    def present(self) -> Bool:
        """Return (N,) bool, in the order of the index: the points that are painted."""
        return np.asarray(self.emphasis != Emphasis.ABSENT)

    @cached_property
    def sets_apart(self) -> bool:
        """Return whether several points are chosen, so that the others step back."""
        return int(np.count_nonzero(self.emphasis == Emphasis.CHOSEN)) > 1

    @classmethod
    def of(cls, points: MapPoints, coloured: Colouring, emphasis: UInt8, palette: Palette) -> Self:
        """Return the scene of a colouring. O(N): not for the UI thread.

        Args:
            points: Where they are.
            coloured: Of all tiles.
            emphasis: (N,) uint8 of `Emphasis` by tile.
            palette: The colours.
        """
        order = points.index.order
        tones = [channels(palette.tints[each.tint]) for each in coloured.categories]
        return cls(
            points=points,
            codes=coloured.codes[order],
            emphasis=emphasis[order],
            tones=np.array(tones, np.float32),
            signs=[each.sign for each in coloured.categories],
            palette=palette,
        )


def emphasise(count: int, *, absent: Bool, shown: Int64 | None, chosen: Int64) -> UInt8:
    """Return (count,) uint8 of `Emphasis` by tile.

    Args:
        count: Number of tiles.
        absent: (count,) bool; those that are not painted at all.
        shown: Those that the grid shows, any order; None for all of them.
        chosen: Those that are selected.
    """
    emphasis = np.full(count, Emphasis.SHOWN if shown is None else Emphasis.FAINT, np.uint8)
    if shown is not None:
        emphasis[shown] = Emphasis.SHOWN
    emphasis[chosen] = Emphasis.CHOSEN
    emphasis[absent] = Emphasis.ABSENT
    return emphasis


def _room(index: PointIndex) -> float:
    """Return the area of the plane that has points, shared among them."""
    if not len(index):
        return 1.0
    left, top, right, bottom = index.bounds
    across, down = (max(extent, 1e-6) for extent in (right - left, bottom - top))
    columns = np.minimum((index.x - left) / across * _CELLS, _CELLS - 1).astype(np.int64)
    rows = np.minimum((index.y - top) / down * _CELLS, _CELLS - 1).astype(np.int64)
    filled = np.count_nonzero(np.bincount(rows * _CELLS + columns))
    return across * down * filled / _CELLS**2 / len(index)
