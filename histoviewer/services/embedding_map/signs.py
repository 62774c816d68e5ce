"""The shapes of points, as masks of any size: what windows, legends and pictures paint alike.

Each shape is a signed distance: below 0 inside, above 0 outside, in the unit in which a disc has
the radius 1. A mask is how much of each pixel lies inside: edges are smooth without any drawing.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Float32, Float64
from histoviewer.domain.map_colouring import Sign

_Distance = Callable[[Float64, Float64], Float64]

_STROKE: Final = 0.30  # half the width of a bar
_HOLE: Final = 0.56  # radius of the hole of a ring
_WIDE_HOLE: Final = 0.7  # of one that is filled in part
_HALF_DIAGONAL: Final = 0.7071


@lru_cache(maxsize=256)
def mask(sign: Sign, side: int, *, radius: float, grown: float = 0.0) -> Float32:
    """Return (side, side) float32: the share of each pixel that a shape covers, 0-1. Read only.

    Args:
        sign: The shape, in the middle.
        side: Pixels.
        radius: Of a disc of the same weight, pixels.
        grown: Pixels by which the shape is larger on all sides, as its halo is.
    """
    middle = (side - 1) / 2
    y, x = np.mgrid[0:side, 0:side] - middle
    distance = _SHAPES[sign](x / radius, y / radius) * radius
    return np.clip(0.5 + grown - distance, 0, 1).astype(np.float32)


def _disc(x: Float64, y: Float64) -> Float64:
    return np.hypot(x, y) - 1


def _ring(x: Float64, y: Float64, hole: float = _HOLE) -> Float64:
    middle, half = (1 + hole) / 2, (1 - hole) / 2
    return np.abs(np.hypot(x, y) - middle) - half


def _box(x: Float64, y: Float64, across: float, down: float) -> Float64:
    return np.maximum(np.abs(x) - across, np.abs(y) - down)


def _plus(x: Float64, y: Float64) -> Float64:
    return np.minimum(_box(x, y, 1.05, _STROKE), _box(x, y, _STROKE, 1.05))


def _turned(x: Float64, y: Float64) -> tuple[Float64, Float64]:
    """Return the place in axes turned by 45 degrees."""
    return (x + y) * _HALF_DIAGONAL, (x - y) * _HALF_DIAGONAL


def _triangle(x: Float64, y: Float64) -> Float64:
    """Point upwards: above the base and below both sides."""
    side = np.abs(x) * 0.866 + y * -0.5
    return np.maximum(np.maximum(y - 0.72, np.abs(x) * 0.894 - y * 0.447 - 0.62), side - 1.4)


def _pennant(x: Float64, y: Float64) -> Float64:
    """A flag on a pole at the left."""
    cloth = np.maximum(-0.75 - x, (x + 0.75) * 0.5 + np.abs(y + 0.3) * 0.9 - 0.72)
    pole = _box(x + 0.75, y, 0.17, 1.05)
    return np.minimum(cloth, pole)


def _pie(share: float) -> _Distance:
    """Return a ring of which a share is filled, clockwise from the top: a Harvey ball."""

    def distance(x: Float64, y: Float64) -> Float64:
        turn = np.mod(np.arctan2(x, -y), 2 * np.pi) / (2 * np.pi)
        filled = np.where(turn <= share, _disc(x, y), 1.0)
        return np.minimum(_ring(x, y, _WIDE_HOLE), filled)

    return distance


_SHAPES: Final[Mapping[Sign, _Distance]] = {
    Sign.PLUS: _plus,
    Sign.MINUS: lambda x, y: _box(x, y, 1.05, _STROKE),
    Sign.RING: _ring,
    Sign.DISC: _disc,
    Sign.SQUARE: lambda x, y: _box(x, y, 0.86, 0.86),
    Sign.TRIANGLE: _triangle,
    Sign.TIP: lambda x, y: _triangle(x, -y),
    Sign.DIAMOND: lambda x, y: (np.abs(x) + np.abs(y) - 1.2) * _HALF_DIAGONAL,
    Sign.CROSS: lambda x, y: _plus(*_turned(x, y)),
    Sign.PENNANT: _pennant,
    Sign.BAR: lambda x, y: _box(x, y, _STROKE, 1.05),
    Sign.QUARTER: _pie(0.25),
    Sign.HALF: _pie(0.5),
    Sign.THREE_QUARTERS: _pie(0.75),
}
