"""The building blocks that a recipe's network is made of, and its head.

Each is a table of a recipe; `histoviewer.ml.building` turns it into layers. Kept few on purpose: a
new network is a new list of these, not new code.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from histoviewer.domain.strict import Between

Activation = Literal["relu", "gelu", "silu", "elu", "softmax", "linear"]

# Where batch normalisation stands relative to the activation.
Norm = Literal["none", "before", "after"]
Padding = Literal["same", "valid"]

Filters = Annotated[int, Between(1, 4096)]
Kernel = Annotated[int, Between(1, 31)]
Stride = Annotated[int, Between(1, 16)]
Repeat = Annotated[int, Between(1, 64)]
Rate = Annotated[float, Between(0.0, 0.95)]


@dataclass(frozen=True, kw_only=True)
class ConvBlock:
    """A convolution with its activation and normalisation.

    Args:
        filters: Output channels.
        kernel: Side of the kernel in pixels.
        stride: Step in pixels.
        bias: Whether it has a bias.
        repeat: How often the block stands in a row; only the first has the stride.
    """

    kind: Literal["conv"] = "conv"
    filters: Filters
    kernel: Kernel = 3
    stride: Stride = 1
    padding: Padding = "same"
    activation: Activation = "relu"
    norm: Norm = "none"
    bias: bool = True
    repeat: Repeat = 1


@dataclass(frozen=True, kw_only=True)
class SeparableBlock:
    """A depthwise and a 1x1 convolution (Chollet 2017), each normalised, then activated."""

    kind: Literal["separable"] = "separable"
    filters: Filters
    kernel: Kernel = 3
    stride: Stride = 1
    activation: Activation = "relu"
    repeat: Repeat = 1


@dataclass(frozen=True, kw_only=True)
class ResidualBlock:
    """Two convolutions beside a shortcut (He et al. 2016).

    The shortcut is a 1x1 convolution where the shape changes, else the input itself.
    """

    kind: Literal["residual"] = "residual"
    filters: Filters
    kernel: Kernel = 3
    stride: Stride = 1
    activation: Activation = "relu"
    repeat: Repeat = 1


@dataclass(frozen=True, kw_only=True)
class PoolBlock:
    """Pooling over squares of `size` pixels, side by side unless `stride` says otherwise."""

    kind: Literal["pool"] = "pool"
    size: Annotated[int, Between(2, 16)] = 2
    stride: Stride | None = None
    padding: Padding = "valid"
    mode: Literal["max", "average"] = "max"


@dataclass(frozen=True, kw_only=True)
class NormBlock:
    """Batch normalisation on its own."""

    kind: Literal["norm"] = "norm"


@dataclass(frozen=True, kw_only=True)
class ActivationBlock:
    """An activation on its own."""

    kind: Literal["activation"] = "activation"
    activation: Activation = "relu"


@dataclass(frozen=True, kw_only=True)
class DropoutBlock:
    """Dropout; of whole feature maps where `maps` is set."""

    kind: Literal["dropout"] = "dropout"
    rate: Rate
    maps: bool = False


Block = (
    ConvBlock
    | SeparableBlock
    | ResidualBlock
    | PoolBlock
    | NormBlock
    | ActivationBlock
    | DropoutBlock
)


@dataclass(frozen=True, kw_only=True)
class DenseLayer:
    """A fully connected layer of the head; its dropout follows it."""

    units: Annotated[int, Between(1, 65_536)]
    activation: Activation = "relu"
    norm: Norm = "none"
    bias: bool = True
    dropout: Rate = 0.0
    l2: Annotated[float, Between(0.0, 1.0)] = 0.0


@dataclass(frozen=True, kw_only=True)
class Head:
    """From feature maps to one probability.

    Args:
        pool: How the maps become a vector.
        dropout: Before the first dense layer.
        dense: Hidden layers; the output layer follows by itself.
    """

    pool: Literal["average", "max", "flatten"] = "average"
    dropout: Rate = 0.0
    dense: tuple[DenseLayer, ...] = ()
