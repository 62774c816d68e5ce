"""A tile in several orientations, one below the other in a batch, and their mean again."""

from typing import Any, Final

import numpy as np
from keras import ops

from histoviewer.domain.arrays import Float32
from histoviewer.domain.recipe import Recipe
from histoviewer.domain.recipe_rules import HALF_TURN, KEPT_VIEWS, ORIENTATIONS

Tensor = Any

CHANNELS: Final = -1  # the axis along which red and blue change places for some backbones


def kept_views(recipe: Recipe) -> int:
    """Return in how many orientations the network that a recipe keeps looks at each tile."""
    return KEPT_VIEWS.get(recipe.training.symmetry, 1)


def turned(tiles: Tensor, views: int = ORIENTATIONS) -> Tensor:
    """Return (views * n, H, W, C): all tiles as they are, then all of them turned in the next way.

    Args:
        tiles: (n, H, W, C), H = W where there are 8 views.
        views: 8 for all orientations; 2 for as it is and turned by half; 1 for as it is.

    Raises:
        ValueError: Another number of views.
    """
    if views == 1:
        return tiles
    if views == HALF_TURN:
        return ops.concatenate([tiles, ops.flip(tiles, axis=(1, 2))], axis=0)
    if views != ORIENTATIONS:
        raise ValueError(f"a tile is not seen in {views} orientations")
    seen = [tiles, ops.transpose(tiles, (0, 2, 1, 3))]
    for axis in (1, 2):
        seen += [ops.flip(view, axis=axis) for view in seen]
    return ops.concatenate(seen, axis=0)


def turned_back(seen: Float32) -> Float32:
    """Return what was found in each orientation as the tile lies, on the way back from `turned`.

    Args:
        seen: (views, n, H, W, ...), in the order of `turned`.
    """
    if len(seen) == HALF_TURN:
        return np.stack([seen[0], seen[1, :, ::-1, ::-1]])
    return np.stack([_back(view, place) for place, view in enumerate(seen)])


def _back(view: Float32, place: int) -> Float32:
    """Return one of eight orientations as the tile lies; the last turn made is the first undone."""
    is_transposed, is_upside_down, is_mirrored = place & 1, place & 2, place & 4
    if is_mirrored:
        view = np.flip(view, axis=2)
    if is_upside_down:
        view = np.flip(view, axis=1)
    return np.swapaxes(view, 1, 2) if is_transposed else view


def pooled(values: Tensor, views: int = ORIENTATIONS) -> Tensor:
    """Return (n, C): the mean over the orientations of each tile.

    Args:
        values: (views * n, C), in the order of `turned`.
        views: As there.
    """
    return ops.mean(ops.reshape(values, (views, -1, values.shape[-1])), axis=0)


def orientations_of(model: Any) -> int:  # noqa: ANN401 - Keras has no types
    """Return in how many orientations a network looks at each tile: 8, 2 or 1."""
    flips = [
        operation
        for operation in getattr(model, "operations", ())
        if type(operation).__name__ == "Flip" and operation.axis != CHANNELS
    ]
    return {0: 1, 1: HALF_TURN}.get(len(flips), ORIENTATIONS)
