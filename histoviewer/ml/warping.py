"""Random turns, zooms, shifts and shears as one resampling of each tile."""

import math
from collections.abc import Callable
from typing import Any

from keras import ops

from histoviewer.domain.recipe_tables import Augmentation

Tensor = Any

# Draws (n, 1) numbers between two bounds, one a tile.
Draw = Callable[[float, float], Tensor]


def warp(pixels: Tensor, settings: Augmentation, draw: Draw) -> Tensor:
    """Return tiles resampled bilinearly; what comes in from outside repeats the edge.

    Args:
        pixels: (n, H, W, 3) float32.
        settings: How much may change.
        draw: Source of random numbers.
    """
    height, width = pixels.shape[1], pixels.shape[2]
    matrix = transforms(settings, draw, height=height, width=width)
    return ops.image.affine_transform(
        pixels, matrix, interpolation="bilinear", fill_mode="nearest", data_format="channels_last"
    )


def transforms(settings: Augmentation, draw: Draw, *, height: int, width: int) -> Tensor:
    """Return (n, 8): from a pixel of the changed tile to where it comes from in the original.

    Zoomed first, then sheared, then turned, all about the centre, then moved.
    """
    angle = draw(-1.0, 1.0) * math.radians(settings.rotation)
    across = 1.0 / draw(1.0 - settings.zoom, 1.0 + settings.zoom)
    down = 1.0 / draw(1.0 - settings.zoom, 1.0 + settings.zoom)
    slide = draw(-settings.shear, settings.shear)
    cos, sin = ops.cos(angle), ops.sin(angle)
    a, b = cos * across, (slide * cos - sin) * down
    d, e = sin * across, (slide * sin + cos) * down
    x, y = (width - 1) / 2, (height - 1) / 2
    move_x = draw(-settings.shift, settings.shift) * width
    move_y = draw(-settings.shift, settings.shift) * height
    none = ops.zeros_like(a)
    rows = (a, b, x - a * x - b * y + move_x, d, e, y - d * x - e * y + move_y, none, none)
    return ops.concatenate(rows, axis=-1)
