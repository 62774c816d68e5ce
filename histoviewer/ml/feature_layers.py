"""Which layers of a network give feature maps, and which of them speaks of its reasons best."""

from collections.abc import Sequence
from typing import Any, Final

import keras
from keras import layers

from histoviewer.domain.explanation import FeatureLayer
from histoviewer.errors import InputError

_MAP_AXES: Final = 4  # tiles, rows, columns, channels

# What only moves cells about, throws some away, or sums up the cells next to one another: the maps
# before it show the same and more.
_RESHAPERS: Final = (
    layers.AveragePooling2D,
    layers.Cropping2D,
    layers.Dropout,
    layers.MaxPooling2D,
    layers.SpatialDropout2D,
    layers.UpSampling2D,
    layers.ZeroPadding2D,
)
_CONVOLUTIONS: Final = (layers.Conv2D, layers.DepthwiseConv2D, layers.SeparableConv2D)


def feature_layers(model: keras.Model) -> list[FeatureLayer]:
    """Return the layers that give feature maps, in the order of computation.

    From the first convolution on: what comes before it is the tile, preprocessed.
    """
    found: list[FeatureLayer] = []
    for layer in model.layers:
        if not found and not isinstance(layer, _CONVOLUTIONS):
            continue
        shape = _map_shape(layer)
        if shape is not None and not isinstance(layer, _RESHAPERS):
            height, width, channels = shape
            kind = type(layer).__name__
            found.append(
                FeatureLayer(
                    name=layer.name, kind=kind, height=height, width=width, channels=channels
                )
            )
    return found


def _map_shape(layer: keras.layers.Layer) -> tuple[int, int, int] | None:
    """Return height, width and channels of a layer's maps; None where it gives none."""
    output: Any = getattr(layer, "output", None)
    shape = tuple(getattr(output, "shape", ()))
    if len(shape) != _MAP_AXES or None in shape[1:] or shape[1] * shape[2] == 1:
        return None
    return shape[1], shape[2], shape[3]


def default_layer(found: Sequence[FeatureLayer]) -> str | None:
    """Return the name of the last feature maps before pooling; None where there are none."""
    return found[-1].name if found else None


def choose_layer(found: Sequence[FeatureLayer], name: str | None) -> FeatureLayer:
    """Return a layer by its name, the last one before pooling for None.

    Raises:
        InputError: The model has no feature maps, or no such layer.
    """
    if not found:
        raise InputError(
            "The model has no feature maps: it looks at the whole tile at once.",
            "Use the saliency or the occlusion map instead.",
        )
    wanted = name or default_layer(found)
    for layer in found:
        if layer.name == wanted:
            return layer
    names = ", ".join(layer.name for layer in found[-8:])
    raise InputError(
        f"The model has no layer '{name}' that gives feature maps.", f"The last ones are {names}."
    )


def first_convolution(model: keras.Model) -> keras.layers.Layer:
    """Return the convolution that looks at the tile itself.

    Raises:
        InputError: There is none.
    """
    for layer in model.layers:
        if isinstance(layer, _CONVOLUTIONS):
            return layer
    raise InputError(
        "The model has no convolution, and so no filters.",
        "Use the saliency or the occlusion map instead.",
    )
