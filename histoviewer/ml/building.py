"""From a recipe to a Keras model.

The model takes raw uint8 RGB tiles and holds its own preprocessing. It is made of built-in layers
only, so that its file opens in plain Keras.
"""

from dataclasses import replace
from typing import Any, Final

import keras
from keras import layers

from histoviewer.domain.blocks import DenseLayer
from histoviewer.domain.recipe import Recipe
from histoviewer.errors import InputError
from histoviewer.ml.backbones import check_named_layers, freeze, preprocess
from histoviewer.ml.layering import Style, Tensor, add_block, unrolled
from histoviewer.ml.members import joined, member_names, shared
from histoviewer.ml.orientations import pooled, turned

# Name of the layer whose output is the logit; the sigmoid after it is the model's output.
LOGIT: Final = "logit"

_LUMA: Final = (0.299, 0.587, 0.114)  # ITU-R BT.601

# Added to the variance of a tile's pixels, which lie from 0 to 1: a quarter of a grey level. Pale
# tiles deviate by three, and Keras' own 1e-3 would leave them a third of the contrast of others.
# Not less: what rounding leaves of the variance of a blank tile is some 1e-7, below zero too.
_LEAST_VARIANCE: Final = 1e-6

_POOLS: Final = {
    "average": layers.GlobalAveragePooling2D,
    "max": layers.GlobalMaxPooling2D,
    "flatten": layers.Flatten,
}


def build(
    recipe: Recipe,
    *,
    tile_size: int,
    policy: str,
    weights: str | None = None,
    views: int = 1,
) -> keras.Model:
    """Return an untrained model.

    Args:
        recipe: What to build.
        tile_size: Side of the project's tiles in pixels.
        policy: Keras dtype policy of the layers; logit and sigmoid are float32 in any case, else
            bfloat16 would round neighbouring scores to the same value.
        weights: What the recipe's backbone starts from, see `backbones.add_backbone`.
        views: In how many orientations it looks at each tile, see `orientations.turned`; it takes
            the mean of what it then knows of them (Laptev et al. 2016, 'TI-pooling'). Its weights
            are the same.

    Returns:
        A model from (n, tile_size, tile_size, 3) uint8 RGB to (n, 1) float32 probability.

    Raises:
        InputError: The network does not fit tiles of this size, the weights cannot be had, or the
            recipe names a layer that its backbone does not have.
    """
    momentum = recipe.training.norm_momentum
    style = Style(policy=policy, norm_momentum=momentum, prefix="input", weights=weights)
    raw = keras.Input((tile_size, tile_size, 3), dtype="uint8", name="tile")
    try:
        x = _preprocess(turned(raw, views), recipe, style)
        maps = [_add_blocks(x, recipe, style, name) for name in member_names(recipe)]
        logit = _add_head(joined(maps, policy), recipe, style, views=views)
    except ValueError as error:  # Keras: 'computed output size would be negative'
        raise InputError(
            f"The network of the recipe '{recipe.name}' does not fit tiles of {tile_size} pixels.",
            "Choose another recipe or a larger tile size.",
        ) from error
    probability = layers.Activation("sigmoid", dtype="float32", name="probability")(logit)
    model = keras.Model(raw, probability, name="classifier")
    if backbone := recipe.backbone:
        check_named_layers(model, recipe)  # of both parts of a run, before it begins
        freeze(model, backbone.frozen_below)
    return model


def _preprocess(x: Tensor, recipe: Recipe, style: Style) -> Tensor:
    """Return float maps from raw tiles."""
    wanted, backbone = recipe.input, recipe.backbone
    if wanted.channels == "grey":
        x = layers.Rescaling(_LUMA, **style.named("luma"))(x)
        x = keras.ops.sum(x, axis=-1, keepdims=True)
    if wanted.size is not None and wanted.size != x.shape[1]:
        x = layers.Resizing(wanted.size, wanted.size, **style.named("resize"))(x)
    if wanted.preprocessing == "backbone" and backbone is not None:
        return preprocess(backbone.name, x, style.named("rescale"))
    scale = 1.0 if wanted.preprocessing == "raw" else 1 / 255
    x = layers.Rescaling(scale, **style.named("rescale"))(x)
    if wanted.preprocessing == "standardise":
        options = {"axis": (1, 2, 3), "center": False, "scale": False, "epsilon": _LEAST_VARIANCE}
        x = layers.LayerNormalization(**options, **style.named("standardise"))(x)
    return x


def _add_blocks(x: Tensor, recipe: Recipe, style: Style, member: str) -> Tensor:
    for prefix, block in unrolled(recipe.blocks):
        x = add_block(block, x, replace(style, prefix=member + prefix))
    return x


def _add_head(x: Tensor, recipe: Recipe, style: Style, *, views: int) -> Tensor:
    """Return the logit."""
    head, style = recipe.head, replace(style, prefix="head")
    x = _POOLS[head.pool](**style.named(head.pool))(x)
    if views > 1:
        x = pooled(x, views)
    x = shared(x, recipe.training.members, style.policy)
    x = _drop(x, head.dropout, style)
    for number, dense in enumerate(head.dense, start=1):
        x = _add_dense(x, dense, replace(style, prefix=f"head{number}"))
    return layers.Dense(1, dtype="float32", name=LOGIT)(x)


def _add_dense(x: Tensor, dense: DenseLayer, style: Style) -> Tensor:
    x = layers.Dense(
        dense.units,
        use_bias=dense.bias,
        kernel_regularizer=keras.regularizers.L2(dense.l2) if dense.l2 else None,
        **style.named("dense"),
    )(x)
    return _drop(style.activate(x, dense.activation, dense.norm), dense.dropout, style)


def _drop(x: Tensor, rate: float, style: Style) -> Tensor:
    return layers.Dropout(rate, **style.named("dropout"))(x) if rate else x


def logit_model(model: keras.Model) -> keras.Model:
    """Return the same network, sharing its weights, up to the logit."""
    return keras.Model(model.inputs[0], model.get_layer(LOGIT).output)


def float_variables(model: keras.Model) -> list[Any]:
    """Return the variables that make up what a model has learned, in a fixed order.

    Weights and the statistics of batch normalisation; not the states of random generators.
    """
    return [v for v in model.variables if keras.backend.is_float_dtype(v.dtype)]
