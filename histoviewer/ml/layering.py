"""The layers of each building block. One function a block; a new block is a new function here."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any

from keras import layers, ops

from histoviewer.domain.blocks import (
    ActivationBlock,
    BackboneBlock,
    Block,
    BrightnessBlock,
    ConvBlock,
    DropoutBlock,
    NormBlock,
    PoolBlock,
    ResidualBlock,
    SeparableBlock,
)
from histoviewer.ml.backbones import add_backbone

Tensor = Any


@dataclass(frozen=True, kw_only=True)
class Style:
    """What all layers of a block share.

    Args:
        policy: Keras dtype policy.
        norm_momentum: Of batch normalisation.
        prefix: Starts the name of each layer: explicit names make two runs name them alike.
        weights: What a backbone starts from, see `backbones.add_backbone`.
    """

    policy: str
    norm_momentum: float
    prefix: str
    weights: str | None = None

    def named(self, name: str) -> dict[str, Any]:
        """Return the options of a layer called `name`."""
        return {"dtype": self.policy, "name": f"{self.prefix}_{name}"}

    def norm(self, x: Tensor, name: str = "norm") -> Tensor:
        """Add batch normalisation."""
        return layers.BatchNormalization(momentum=self.norm_momentum, **self.named(name))(x)

    def activate(self, x: Tensor, activation: str, norm: str, *, part: str = "") -> Tensor:
        """Add an activation, and normalisation 'before' or 'after' it."""
        if norm == "before":
            x = self.norm(x, f"{part}norm")
        if activation != "linear":
            x = layers.Activation(activation, **self.named(f"{part}{activation}"))(x)
        if norm == "after":
            x = self.norm(x, f"{part}norm")
        return x


def unrolled(blocks: tuple[Block, ...]) -> Iterator[tuple[str, Block]]:
    """Yield each block as often as it repeats, with a prefix; only the first keeps its stride."""
    for number, block in enumerate(blocks, start=1):
        yield f"b{number}", block
        if isinstance(block, ConvBlock | SeparableBlock | ResidualBlock):
            for repetition in range(2, block.repeat + 1):
                yield f"b{number}r{repetition}", replace(block, stride=1)


@singledispatch
def add_block(block: Block, _x: Tensor, _style: Style) -> Tensor:
    """Return the output of a block on feature maps."""
    raise TypeError(f"no layers for {type(block).__name__}")


@add_block.register
def _(block: ConvBlock, x: Tensor, style: Style) -> Tensor:
    x = layers.Conv2D(
        block.filters,
        block.kernel,
        strides=block.stride,
        padding=block.padding,
        use_bias=block.bias,
        **style.named("conv"),
    )(x)
    return style.activate(x, block.activation, block.norm)


@add_block.register
def _(block: SeparableBlock, x: Tensor, style: Style) -> Tensor:
    x = layers.DepthwiseConv2D(
        block.kernel,
        strides=block.stride,
        padding="same",
        use_bias=False,
        **style.named("depthwise"),
    )(x)
    x = style.activate(x, block.activation, "before", part="depthwise_")
    x = layers.Conv2D(block.filters, 1, use_bias=False, **style.named("pointwise"))(x)
    return style.activate(x, block.activation, "before")


@add_block.register
def _(block: ResidualBlock, x: Tensor, style: Style) -> Tensor:
    def conv(x: Tensor, name: str, kernel: int, stride: int) -> Tensor:
        options = {"strides": stride, "padding": "same", "use_bias": block.bias}
        return layers.Conv2D(block.filters, kernel, **options, **style.named(name))(x)

    shortcut = x
    if block.stride > 1 or x.shape[-1] != block.filters:
        shortcut = style.norm(conv(x, "shortcut", 1, block.stride), "shortcut_norm")
    x = conv(x, "conv1", block.kernel, block.stride)
    x = style.activate(x, block.activation, "before", part="1_")
    x = style.norm(conv(x, "conv2", block.kernel, 1), "2_norm")
    x = layers.Add(**style.named("add"))([shortcut, x])
    return style.activate(x, block.activation, "none")


@add_block.register
def _(block: PoolBlock, x: Tensor, style: Style) -> Tensor:
    kind = layers.MaxPooling2D if block.mode == "max" else layers.AveragePooling2D
    return kind(block.size, block.stride, block.padding, **style.named("pool"))(x)


@add_block.register
def _(block: DropoutBlock, x: Tensor, style: Style) -> Tensor:
    kind = layers.SpatialDropout2D if block.maps else layers.Dropout
    return kind(block.rate, **style.named("dropout"))(x)


@add_block.register
def _(block: NormBlock, x: Tensor, style: Style) -> Tensor:
    if block.per_tile == "none":
        return style.norm(x)
    half = x.shape[-1] // 2
    of_tile = layers.GroupNormalization(groups=-1, **style.named("tile_norm"))(x[..., :half])
    of_batch = style.norm(x[..., half:])
    return layers.Concatenate(**style.named("norms"))([of_tile, of_batch])


@add_block.register
def _(block: ActivationBlock, x: Tensor, style: Style) -> Tensor:
    return style.activate(x, block.activation, "none")


@add_block.register
def _(_block: BrightnessBlock, x: Tensor, _style: Style) -> Tensor:
    return ops.mean(x, axis=(1, 2, 3), keepdims=True)


@add_block.register
def _(block: BackboneBlock, x: Tensor, style: Style) -> Tensor:
    return add_backbone(block, x, policy=style.policy, weights=style.weights)
