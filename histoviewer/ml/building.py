"""From a recipe to a Keras model.

The model takes raw uint8 RGB tiles and holds its own preprocessing. It is made of built-in layers
only, so that its file opens in plain Keras.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

import keras
from keras import layers

from histoviewer.domain.blocks import (
    ActivationBlock,
    ConvBlock,
    CropBlock,
    DenseLayer,
    DropoutBlock,
    Head,
    NormBlock,
    PoolBlock,
    ResidualBlock,
    SeparableBlock,
)
from histoviewer.domain.recipe import Input, Recipe
from histoviewer.errors import InputError

Tensor = Any

# Name of the layer whose output is the logit; the sigmoid after it is the model's output.
LOGIT: Final = "logit"

_LUMA: Final = (0.299, 0.587, 0.114)  # ITU-R BT.601


def build(recipe: Recipe, *, tile_size: int, policy: str) -> keras.Model:
    """Return an untrained model.

    Args:
        recipe: What to build.
        tile_size: Side of the project's tiles in pixels.
        policy: Keras dtype policy of the layers; logit and sigmoid are float32 in any case, else
            bfloat16 would round neighbouring scores to the same value.

    Returns:
        A model from (n, tile_size, tile_size, 3) uint8 RGB to (n, 1) float32 probability.

    Raises:
        InputError: The network does not fit tiles of this size.
    """
    builder = _Builder(recipe, policy)
    raw = keras.Input((tile_size, tile_size, 3), dtype="uint8", name="tile")
    try:
        maps = builder.blocks(builder.preprocessing(raw, recipe.input))
        logit = builder.head(maps, recipe.head)
    except ValueError as error:  # Keras: 'computed output size would be negative'
        raise InputError(
            f"The network of the recipe '{recipe.name}' does not fit tiles of {tile_size} pixels.",
            "Choose another recipe or a larger tile size.",
        ) from error
    probability = layers.Activation("sigmoid", dtype="float32", name="probability")(logit)
    return keras.Model(raw, probability, name=recipe.name.replace("-", "_") or None)


def logit_model(model: keras.Model) -> keras.Model:
    """Return the same network, sharing its weights, up to the logit."""
    return keras.Model(model.inputs[0], model.get_layer(LOGIT).output)


class _Builder:
    """Adds layers, each with an explicit name so that two runs name them alike."""

    def __init__(self, recipe: Recipe, policy: str) -> None:
        self._recipe = recipe
        self._policy = policy
        self._prefix = "input"

    def _options(self, name: str) -> dict[str, Any]:
        return {"dtype": self._policy, "name": f"{self._prefix}_{name}"}

    def preprocessing(self, x: Tensor, wanted: Input) -> Tensor:
        """Return float maps from raw tiles."""
        if wanted.channels == "grey":
            x = layers.Rescaling(_LUMA, **self._options("luma"))(x)
            x = keras.ops.sum(x, axis=-1, keepdims=True)
        if wanted.size not in (None, x.shape[1]):
            x = layers.Resizing(wanted.size, wanted.size, **self._options("resize"))(x)
        match wanted.preprocessing:
            case "rescale":
                return layers.Rescaling(1 / 255, **self._options("rescale"))(x)
            case "standardise":
                x = layers.Rescaling(1 / 255, **self._options("rescale"))(x)
                return layers.LayerNormalization(
                    axis=(1, 2, 3), center=False, scale=False, **self._options("standardise")
                )(x)
            case _:
                return layers.Rescaling(1.0, **self._options("float"))(x)

    def blocks(self, x: Tensor) -> Tensor:
        """Return the last feature maps."""
        for number, block in enumerate(self._recipe.blocks, start=1):
            for repetition in range(getattr(block, "repeat", 1)):
                self._prefix = f"b{number}" if repetition == 0 else f"b{number}r{repetition}"
                x = self._block(x, block, first=repetition == 0)
        return x

    def _block(self, x: Tensor, block: Any, *, first: bool) -> Tensor:
        add = _ADDERS[type(block)]
        return add(self, x, block, first)

    def conv(self, x: Tensor, block: ConvBlock, first: bool) -> Tensor:
        """Add a convolution, its activation and normalisation."""
        x = layers.Conv2D(
            block.filters,
            block.kernel,
            strides=block.stride if first else 1,
            padding=block.padding,
            use_bias=block.bias,
            **self._options("conv"),
        )(x)
        return self._activate(x, block.activation, block.norm)

    def separable(self, x: Tensor, block: SeparableBlock, first: bool) -> Tensor:
        """Add a depthwise and a pointwise convolution."""
        x = layers.DepthwiseConv2D(
            block.kernel,
            strides=block.stride if first else 1,
            padding="same",
            use_bias=False,
            **self._options("depthwise"),
        )(x)
        x = self._activate(x, block.activation, "before", "depthwise_")
        x = layers.Conv2D(block.filters, 1, use_bias=False, **self._options("pointwise"))(x)
        return self._activate(x, block.activation, "before")

    def residual(self, x: Tensor, block: ResidualBlock, first: bool) -> Tensor:
        """Add two convolutions beside a shortcut."""
        stride = block.stride if first else 1
        shortcut = x
        if stride > 1 or x.shape[-1] != block.filters:
            shortcut = layers.Conv2D(
                block.filters, 1, strides=stride, use_bias=False, **self._options("shortcut")
            )(x)
            shortcut = self._norm(shortcut, "shortcut_norm")
        options = {"padding": "same", "use_bias": False}
        x = layers.Conv2D(
            block.filters, block.kernel, strides=stride, **options, **self._options("conv1")
        )(x)
        x = self._activate(x, block.activation, "before", "1_")
        x = layers.Conv2D(block.filters, block.kernel, **options, **self._options("conv2"))(x)
        x = self._norm(x, "norm2")
        x = layers.Add(**self._options("add"))([shortcut, x])
        return self._activate(x, block.activation, "none")

    def pool(self, x: Tensor, block: PoolBlock, _first: bool) -> Tensor:
        """Add pooling."""
        kind = layers.MaxPooling2D if block.mode == "max" else layers.AveragePooling2D
        return kind(block.size, block.stride, block.padding, **self._options("pool"))(x)

    def crop(self, x: Tensor, block: CropBlock, _first: bool) -> Tensor:
        """Keep the centre."""
        return layers.Cropping2D(block.border, **self._options("crop"))(x)

    def dropout(self, x: Tensor, block: DropoutBlock, _first: bool) -> Tensor:
        """Add dropout."""
        kind = layers.SpatialDropout2D if block.maps else layers.Dropout
        return kind(block.rate, **self._options("dropout"))(x)

    def norm(self, x: Tensor, _block: NormBlock, _first: bool) -> Tensor:
        """Add a normalisation."""
        return self._norm(x, "norm")

    def activation(self, x: Tensor, block: ActivationBlock, _first: bool) -> Tensor:
        """Add an activation."""
        return self._activate(x, block.activation, "none")

    def _norm(self, x: Tensor, name: str) -> Tensor:
        momentum = self._recipe.training.norm_momentum
        return layers.BatchNormalization(momentum=momentum, **self._options(name))(x)

    def _activate(self, x: Tensor, activation: str, norm: str, part: str = "") -> Tensor:
        if norm == "before":
            x = self._norm(x, f"{part}norm")
        if activation != "linear":
            x = layers.Activation(activation, **self._options(f"{part}{activation}"))(x)
        if norm == "after":
            x = self._norm(x, f"{part}norm")
        return x

    def head(self, x: Tensor, head: Head) -> Tensor:
        """Return the logit."""
        self._prefix = "head"
        pools = {
            "average": layers.GlobalAveragePooling2D,
            "max": layers.GlobalMaxPooling2D,
            "flatten": layers.Flatten,
        }
        x = pools[head.pool](**self._options(head.pool))(x)
        x = self._drop(x, head.dropout)
        for number, dense in enumerate(head.dense, start=1):
            self._prefix = f"head{number}"
            x = self._dense(x, dense)
        return layers.Dense(1, dtype="float32", name=LOGIT)(x)

    def _dense(self, x: Tensor, dense: DenseLayer) -> Tensor:
        x = layers.Dense(
            dense.units,
            use_bias=dense.bias,
            kernel_regularizer=keras.regularizers.L2(dense.l2) if dense.l2 else None,
            **self._options("dense"),
        )(x)
        return self._drop(self._activate(x, dense.activation, dense.norm), dense.dropout)

    def _drop(self, x: Tensor, rate: float) -> Tensor:
        return layers.Dropout(rate, **self._options("dropout"))(x) if rate else x


_ADDERS: Final[dict[type, Callable[..., Tensor]]] = {
    ConvBlock: _Builder.conv,
    SeparableBlock: _Builder.separable,
    ResidualBlock: _Builder.residual,
    PoolBlock: _Builder.pool,
    CropBlock: _Builder.crop,
    DropoutBlock: _Builder.dropout,
    NormBlock: _Builder.norm,
    ActivationBlock: _Builder.activation,
}


def float_variables(model: keras.Model) -> list[Any]:
    """Return the variables that make up what a model has learned, in a fixed order.

    Weights and the statistics of batch normalisation; not the states of random generators.
    """
    return [v for v in _unique(model.variables) if keras.backend.is_float_dtype(v.dtype)]


def _unique(variables: Iterable[Any]) -> list[Any]:
    return list({id(variable): variable for variable in variables}.values())
