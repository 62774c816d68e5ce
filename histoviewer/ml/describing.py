"""Says what a recipe's network is made of, without making its weights."""

import math
import re
from collections.abc import Callable, Sequence
from threading import Thread
from typing import Any, Final, TypeVar

import keras

from histoviewer.domain.network import LayerFacts, NetworkFacts
from histoviewer.domain.recipe import Recipe
from histoviewer.ml.backbones import layers_of_backbone
from histoviewer.ml.backend import dtype_policy
from histoviewer.ml.building import build

Layer = Any  # Keras has no types
Result = TypeVar("Result")

_WEIGHT_BYTES: Final = 4  # float32, whatever is computed in
_WITH_GRADIENT: Final = 2  # what a layer puts out is kept, and has a gradient of the same size

_ITEM_BYTES: Final = {"uint8": 1, "bfloat16": 2, "float16": 2, "float32": 4}

# How many numbers each optimiser keeps of a weight: mean and variance of its gradient.
_SLOTS: Final = {"adam": 2, "adamw": 2, "sgd": 1}

# How `building` names the layers of a block.
_BLOCK: Final = re.compile(r"(?:m\d+_)?b(\d+)(r\d+)?_")


def describe_network(recipe: Recipe, *, tile_size: int) -> NetworkFacts:
    """Return the layers of a recipe's network and what a training step takes.

    No weight is made: a network far too large for the machine is described all the same, at once.

    Args:
        recipe: Which network; pretrained weights are not asked for.
        tile_size: Side of the project's tiles in pixels.

    Raises:
        InputError: The network does not fit tiles of this size, or the recipe names a layer that
            its backbone does not have.
    """
    policy = dtype_policy(recipe.training.precision)
    return _without_weights(lambda: _describe(recipe, tile_size, policy))


def _describe(recipe: Recipe, tile_size: int, policy: str) -> NetworkFacts:
    model = build(recipe, tile_size=tile_size, policy=policy)
    found = layers_of_backbone(model) if recipe.backbone else []
    names = {layer.name for layer in found}
    layers = [_layer(layer, is_backbone=layer.name in names) for layer in model.layers]
    parameters = sum(layer.parameters for layer in layers)
    trainable = sum(layer.trainable for layer in layers)
    kept = trainable * (1 + _SLOTS[recipe.optimiser.kind])  # its gradient and the optimiser's
    outputs = sum(math.prod(layer.output.shape[1:]) * _bytes(layer) for layer in model.layers)
    return NetworkFacts(
        layers=tuple(layers),
        tile_size=tile_size,
        batch=recipe.training.batch,
        fixed_bytes=(parameters + kept) * _WEIGHT_BYTES,
        tile_bytes=_WITH_GRADIENT * outputs,
    )


def _without_weights(make: Callable[[], Result]) -> Result:
    """Return what a function makes of layers whose weights are never allocated.

    Within Keras' stateless scope variables have a shape and no value. It gives them one when the
    scope is left; so it is entered in a thread of its own, and ends with that.
    """
    outcome: list[Result] = []
    failures: list[BaseException] = []

    def run() -> None:
        keras.StatelessScope().__enter__()
        try:
            outcome.append(make())
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for it
            failures.append(error)

    thread = Thread(target=run, name="describe")
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return outcome[0]


def _layer(layer: Layer, *, is_backbone: bool) -> LayerFacts:
    shape = tuple(int(side) for side in layer.output.shape[1:])
    positions = math.prod(shape[:-1])
    kernels = [w for w in layer.weights if w.name.endswith("kernel")]
    found = _BLOCK.match(layer.name)
    block = int(found[1]) - 1 if found else 0 if is_backbone else None
    return LayerFacts(
        name=layer.name,
        kind=type(layer).__name__,
        shape=shape,
        parameters=_count(layer.weights),
        trainable=_count(layer.trainable_weights),
        multiply_adds=positions * _count(kernels),
        block=block,
    )


def _count(weights: Sequence[Layer]) -> int:
    return sum(math.prod(weight.shape) for weight in weights)


def _bytes(layer: Layer) -> int:
    return _ITEM_BYTES[keras.backend.standardize_dtype(layer.output.dtype)]
