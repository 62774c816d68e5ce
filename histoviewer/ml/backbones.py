"""Networks of `keras.applications` as a block: preprocessing, ImageNet weights, freezing."""

import difflib
import re
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import keras
from keras import layers, ops

from histoviewer.domain.blocks import WHOLE_BACKBONE, BackboneBlock
from histoviewer.domain.recipe import Recipe
from histoviewer.domain.strict import TableError, key_text
from histoviewer.errors import InputError
from histoviewer.ml.orientations import CHANNELS
from histoviewer.ml.plain_backbones import DEVIATION, MEAN, with_public_layers

Tensor = Any

# In place of a file: from Keras' cache (KERAS_HOME, else ~/.keras), else downloaded to there.
IMAGENET: Final = "imagenet"

_CONNECT_S: Final = 30.0

# Keras' modes 'caffe' (B G R, mean subtracted), 'torch' (mean and deviation) and 'tf' (-1 to 1);
# what is named in neither takes 0-255 and holds its own preprocessing.
_CAFFE: Final = ("VGG", "ResNet50", "ResNet101", "ResNet152")
_TORCH: Final = ("DenseNet",)
_SYMMETRIC: Final = (
    "ResNet50V2", "ResNet101V2", "ResNet152V2", "Inception", "NASNet", "Xception",
)  # fmt: skip
_MOBILE: Final = ("MobileNet", "MobileNetV2")
_CAFFE_MEAN: Final = (103.939, 116.779, 123.68)

# How `build` names the layers of all other blocks and of the head.
_OURS: Final = re.compile(r"(b\d+(r\d+)?|head\d*)_")
_INPUT: Final = "input_"  # and those that make of a tile what the backbone is given


def preprocess(name: str, x: Tensor, options: dict[str, Any]) -> Tensor:
    """Return maps as the backbone saw them when its ImageNet weights were made.

    Args:
        name: Of the backbone.
        x: (n, H, W, 3), R G B from 0 to 255.
        options: Name and dtype policy of the layer.
    """
    if name in _MOBILE or name.startswith(_SYMMETRIC):
        return layers.Rescaling(1 / 127.5, offset=-1.0, **options)(x)
    if name.startswith(_TORCH):
        pairs = list(zip(MEAN, DEVIATION, strict=True))
        scale = [1 / (255 * deviation) for _, deviation in pairs]
        offset = [-mean / deviation for mean, deviation in pairs]
        return layers.Rescaling(scale, offset=offset, **options)(x)
    if name.startswith(_CAFFE):
        offset = [-mean for mean in _CAFFE_MEAN]
        return layers.Rescaling(1.0, offset=offset, **options)(ops.flip(x, axis=CHANNELS))
    return layers.Rescaling(1.0, **options)(x)


def add_backbone(block: BackboneBlock, x: Tensor, *, policy: str, weights: str | None) -> Tensor:
    """Return the feature maps of a backbone.

    Its layers become layers of the model itself, not of a model within: explanations, measured
    statistics and freezing by name find them there.

    Args:
        block: Which one.
        x: Preprocessed tiles.
        policy: Keras dtype policy.
        weights: `IMAGENET`, the path of a file, or None for random ones.

    Raises:
        InputError: The weights cannot be had, or are those of another network.
        ValueError: The tiles are too small for it.
    """
    make = getattr(keras.applications, block.name)
    try:
        with _surroundings(policy):
            base = make(include_top=False, weights=weights, input_tensor=x)
            model = with_public_layers(base, is_loaded=weights is not None)
    except Exception as error:  # Keras raises a bare Exception for a failed download
        if weights is None:
            raise
        raise _unusable(block.name, weights, error) from error
    return model.output


@contextmanager
def _surroundings(policy: str) -> Iterator[None]:
    """Make layers of one dtype policy; let a dead network fail instead of hanging."""
    before, timeout = keras.config.dtype_policy(), socket.getdefaulttimeout()
    keras.config.set_dtype_policy(policy)
    socket.setdefaulttimeout(_CONNECT_S)
    try:
        with warnings.catch_warnings():
            # Its weights were made at 224 pixels; convolutions take any size.
            warnings.filterwarnings("ignore", message="`input_shape` is undefined or non-square")
            yield
    finally:
        socket.setdefaulttimeout(timeout)
        keras.config.set_dtype_policy(before)


def _unusable(name: str, weights: str, error: Exception) -> InputError:
    said = (str(error).strip() or type(error).__name__).splitlines()[0]
    if weights == IMAGENET:
        # Keras tells an address, an error number and the reason; readers want the last and, to
        # fetch the file elsewhere, the first.
        reason = getattr(error.__context__, "reason", None)
        address = re.search(r"https?://\S+[^\s:]", said)
        file = f"Fetch {address[0]} elsewhere" if address else "Fetch them elsewhere"
        return InputError(
            f"The ImageNet weights of {name} are not in Keras' cache and cannot be downloaded: "
            f"{getattr(reason, 'strerror', None) or reason or said}.",
            f"{file} and give the file as weights (--weights), or train where there is a network.",
        )
    return InputError(
        f"The file {weights} does not hold the weights of {name} without its top: {said}",
        f"Choose the file that Keras publishes for {name} without its top ('…notop.h5').",
    )


def wanted_weights(recipe: Recipe, file: Path | None) -> str | None:
    """Return what the backbone starts from, None where it starts at random or there is none.

    Args:
        recipe: May have a backbone.
        file: Given by the user in place of cache and download.

    Raises:
        InputError: The file is missing, or the recipe has no use for it.
    """
    if file is None:
        return IMAGENET if recipe.pretrained else None
    if recipe.pretrained is None:
        raise InputError(
            f"The recipe '{recipe.name}' starts from no pretrained weights.",
            "Leave the weights (--weights) out, or choose a recipe with a pretrained backbone.",
        )
    if not file.is_file():
        raise InputError(
            f"There is no file {file}.", "Check the path given as weights (--weights)."
        )
    return str(file)


def layers_of_backbone(model: keras.Model) -> list[Any]:
    """Return the layers of the backbone of a model that was built from a recipe with one."""
    names = [layer.name for layer in model.layers]
    end = next(place for place, name in enumerate(names) if _OURS.match(name))
    last = max(place for place, name in enumerate(names[:end]) if name.startswith(_INPUT))
    return list(model.layers[last + 1 : end])


def check_named_layers(model: keras.Model, recipe: Recipe) -> None:
    """Check that the backbone has the layers that the recipe names.

    Args:
        model: Built from the recipe.
        recipe: Starts with a backbone.

    Raises:
        TableError: It has no such layer; names file, line and key.
    """
    names = [layer.name for layer in layers_of_backbone(model)]
    for key, name in recipe.named_layers.items():
        if name not in names:
            near = ", ".join(difflib.get_close_matches(name, names, n=3, cutoff=0.0))
            sentence = f"'{key_text(key)}' cannot be {name!r} here."
            hint = f"Allowed: a layer of the backbone, such as {near}; '{WHOLE_BACKBONE}' for all."
            raise recipe.located(TableError(sentence, hint, key=key))


def freeze(model: keras.Model, below: str) -> None:
    """Set which layers of the model's backbone are trained.

    Args:
        model: Built from a recipe that starts with a backbone.
        below: Layers before the one of this name are not; 'head' freezes all, '' none.
    """
    is_trained = below == ""
    for layer in layers_of_backbone(model):
        is_trained = is_trained or layer.name == below
        layer.trainable = is_trained
