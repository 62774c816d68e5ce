"""A tile in its eight orientations, one below the other in a batch, and their mean again."""

from typing import Any

from keras import ops

from histoviewer.domain.recipe_rules import ORIENTATIONS

Tensor = Any


def turned(tiles: Tensor) -> Tensor:
    """Return (8 * n, H, W, C): all tiles as they are, then all of them turned in the next way.

    Args:
        tiles: (n, H, W, C), H = W.
    """
    views = [tiles, ops.transpose(tiles, (0, 2, 1, 3))]
    for axis in (1, 2):
        views += [ops.flip(view, axis=axis) for view in views]
    return ops.concatenate(views, axis=0)


def pooled(values: Tensor) -> Tensor:
    """Return (n, C): the mean over the orientations of each tile.

    Args:
        values: (8 * n, C), in the order of `turned`.
    """
    return ops.mean(ops.reshape(values, (ORIENTATIONS, -1, values.shape[-1])), axis=0)


def orientations_of(model: Any) -> int:  # noqa: ANN401 - Keras has no types
    """Return in how many orientations a network looks at each tile: 8 or 1."""
    names = (type(operation).__name__ for operation in getattr(model, "operations", ()))
    return ORIENTATIONS if "Flip" in names else 1
