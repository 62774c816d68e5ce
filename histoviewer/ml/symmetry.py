"""Weights for which a tile's score is the same however it is flipped or turned by quarters.

Cohen & Welling 2016, 'Group equivariant convolutional networks', for the dihedral group D4. Each
feature comes as eight channels, one an orientation; flipping or turning the tile flips or turns the
maps and changes the orientations for one another. Such a network is a plain one whose weights
repeat each other in a certain pattern. So it is trained as a plain one, and after each step its
weights are replaced by the nearest ones of that pattern: what is saved is made of Keras' own layers
and opens anywhere.

Channels lie feature by feature: channel `8 * feature + g`.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

import keras
import numpy as np
from keras import layers, ops

from histoviewer.domain.arrays import Int64
from histoviewer.domain.recipe_rules import ORIENTATIONS

Tensor = Any

# Elements of D4: `g % 4` quarter turns after a mirroring where `g >= 4`.
ORDER: Final = ORIENTATIONS

# Averaging over the orientations makes random weights smaller by its root.
_SPREAD: Final = ORDER**0.5


def move(maps: np.ndarray[Any, Any], element: int) -> np.ndarray[Any, Any]:
    """Return maps (..., H, W), H = W, flipped and turned by an element of the group."""
    mirrored = np.flip(maps, -1) if element >= ORDER // 2 else maps
    return np.rot90(mirrored, element % 4, (-2, -1))


@cache
def _products() -> Int64:
    """Return (8, 8): which element moves as `b` and then `a` do, at [a, b]."""
    square = np.arange(9).reshape(3, 3)
    moved = [move(square, element).tobytes() for element in range(ORDER)]
    pairs = [
        [
            moved.index(np.ascontiguousarray(move(move(square, b), a)).tobytes())
            for b in range(ORDER)
        ]
        for a in range(ORDER)
    ]
    return np.array(pairs, np.int64)


def _rows(side: int, orientations: int) -> Int64:
    """Return (8, side * side * orientations): where a kernel's cells come from in each orientation.

    A cell is a place and the orientation of the feature it looks at.
    """
    cells = np.arange(side * side * orientations).reshape(side, side, orientations)
    products = _products()
    rows = []
    for element in range(ORDER):
        inverse = int(np.flatnonzero(products[element] == 0)[0])
        maps = np.moveaxis(cells, -1, 0)
        if orientations == ORDER:
            maps = maps[products[inverse]]
        rows.append(np.moveaxis(move(maps, element), 0, -1).reshape(-1))
    return np.array(rows, np.int64)


class SymmetricKernel(keras.constraints.Constraint):  # type: ignore[misc]  # Keras ships no types
    """Keeps a convolution's kernel such that its maps turn with the tile.

    The nearest such kernel in the least-squares sense: the mean over the orientations, each turned
    back into the first one, turned into all of them again.

    Args:
        shape: Of the kernel: side, side, inputs, outputs. Inputs are channels of the tile, or eight
            orientations of features.
    """

    def __init__(self, shape: tuple[int, int, int, int]) -> None:
        side, _, inputs, outputs = shape
        self._orientations = ORDER if inputs % ORDER == 0 else 1
        self._side, self._inputs = side, inputs // self._orientations
        self._features = outputs // ORDER
        rows = _rows(side, self._orientations)
        turned = np.arange(ORDER)[:, None] * rows.shape[1]
        self._spread = rows.reshape(-1).astype(np.int32)
        self._gathered = (np.argsort(rows, axis=1) + turned).reshape(-1).astype(np.int32)

    def __call__(self, kernel: Tensor) -> Tensor:
        """Return the nearest symmetric kernel, of the same shape."""
        side, seen, made = self._side, self._inputs, self._features
        split = ops.reshape(kernel, (side, side, seen, self._orientations, made, ORDER))
        each = ops.reshape(ops.transpose(split, (5, 0, 1, 3, 2, 4)), (-1, seen, made))
        upright = ops.reshape(ops.take(each, self._gathered, axis=0), (ORDER, -1, seen, made))
        spread = ops.take(ops.mean(upright, axis=0), self._spread, axis=0)
        turned = ops.reshape(spread, (ORDER, side, side, self._orientations, seen, made))
        return ops.reshape(ops.transpose(turned, (1, 2, 4, 3, 5, 0)), kernel.shape)


class SymmetricChannels(keras.constraints.Constraint):  # type: ignore[misc]  # Keras ships no types
    """Keeps what belongs to a feature's eight orientations the same: their mean.

    For (channels,) such as the scales of a normalisation, and for (channels, units), the first
    layer after pooling.
    """

    def __call__(self, values: Tensor) -> Tensor:
        """Return the nearest symmetric values, of the same shape."""
        rest = tuple(values.shape[1:])
        split = ops.reshape(values, (values.shape[0] // ORDER, ORDER, *rest))
        mean = ops.mean(split, axis=1, keepdims=True)
        return ops.reshape(ops.broadcast_to(mean, split.shape), values.shape)


def constrain(model: keras.Model) -> None:
    """Make a model symmetric and keep it so in training.

    Args:
        model: Built of convolutions, normalisations, poolings and a head, each of their channels a
            multiple of 8; its weights are changed.
    """
    channels = SymmetricChannels()
    for layer in _in_orientations(model):
        match layer:
            case layers.Conv2D():
                _bind(layer.kernel, SymmetricKernel(tuple(layer.kernel.shape)), scale=_SPREAD)
                if layer.use_bias:
                    _bind(layer.bias, channels)
            case layers.BatchNormalization() | layers.GroupNormalization():
                _bind(layer.gamma, channels)
                _bind(layer.beta, channels)
            case layers.Dense():
                _bind(layer.kernel, channels)


def _in_orientations(model: keras.Model) -> Iterator[keras.layers.Layer]:
    """Yield the layers that make or take features in eight orientations.

    Those are the first convolution and what follows it, to the first layer after pooling.
    """
    is_turned = False
    for layer in model.layers:
        is_turned = is_turned or isinstance(layer, layers.Conv2D)
        if is_turned:
            yield layer
        if isinstance(layer, layers.Dense):
            return


def _bind(
    variable: Tensor, constraint: keras.constraints.Constraint, *, scale: float = 1.0
) -> None:
    variable.constraint = constraint
    variable.assign(constraint(variable) * scale)


def tied(kind: type[keras.optimizers.Optimizer]) -> type[keras.optimizers.Optimizer]:
    """Return an optimiser that gives the weights of all orientations the same step.

    Constraints alone would make them the same after each step. But the step of Adam is as large
    where orientations disagree as where they agree: averaging steps that point anywhere leaves
    little of them, and training crawls.

    Args:
        kind: The optimiser's class.
    """

    class Tied(kind):  # type: ignore[misc]  # as above, and which class is known only now
        def apply(
            self, grads: Sequence[Tensor], trainable_variables: Sequence[Tensor] | None = None
        ) -> None:
            variables = trainable_variables or self._trainable_variables
            pairs = zip(grads, variables, strict=True)
            super().apply([_tie(*pair) for pair in pairs], trainable_variables)

    return Tied


def _tie(gradient: Tensor, variable: Tensor) -> Tensor:
    constraint = getattr(variable, "constraint", None)
    return gradient if constraint is None or gradient is None else constraint(gradient)


def tie_statistics(model: keras.Model) -> None:
    """Make the statistics of the normalisations of a symmetric model the same in all orientations.

    They are measured on tiles in the orientation that these happen to have.
    """
    channels = SymmetricChannels()
    for layer in _in_orientations(model):
        if isinstance(layer, layers.BatchNormalization):
            for statistic in (layer.moving_mean, layer.moving_variance):
                statistic.assign(channels(statistic))
