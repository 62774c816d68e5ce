"""The building blocks that a recipe's network is made of, and its head.

Each is a table of a recipe; `histoviewer.ml.building` turns it into layers. Kept few on purpose: a
new network is a new list of these, not new code.
"""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

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

    Args:
        bias: Whether the convolutions have a bias, which normalisation makes superfluous.
    """

    kind: Literal["residual"] = "residual"
    filters: Filters
    kernel: Kernel = 3
    stride: Stride = 1
    activation: Activation = "relu"
    bias: bool = False
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
    """Normalisation on its own.

    Args:
        per_tile: 'half' of the maps are normalised by the mean and deviation of each tile in place
            of those of the batch: staining differs between slides (Pan et al. 2018).
    """

    kind: Literal["norm"] = "norm"
    per_tile: Literal["none", "half"] = "none"


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


@dataclass(frozen=True, kw_only=True)
class BrightnessBlock:
    """The mean over all pixels and channels: one number a tile."""

    kind: Literal["brightness"] = "brightness"


# All networks of `keras.applications`.
BackboneName = Literal[
    "ConvNeXtTiny", "ConvNeXtSmall", "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtXLarge",
    "DenseNet121", "DenseNet169", "DenseNet201",
    "EfficientNetB0", "EfficientNetB1", "EfficientNetB2", "EfficientNetB3",
    "EfficientNetB4", "EfficientNetB5", "EfficientNetB6", "EfficientNetB7",
    "EfficientNetV2B0", "EfficientNetV2B1", "EfficientNetV2B2", "EfficientNetV2B3",
    "EfficientNetV2S", "EfficientNetV2M", "EfficientNetV2L",
    "InceptionResNetV2", "InceptionV3",
    "MobileNet", "MobileNetV2", "MobileNetV3Large", "MobileNetV3Small",
    "NASNetLarge", "NASNetMobile",
    "ResNet50", "ResNet101", "ResNet152", "ResNet50V2", "ResNet101V2", "ResNet152V2",
    "VGG16", "VGG19", "Xception",
]  # fmt: skip

# In place of a layer's name: the whole backbone is frozen.
WHOLE_BACKBONE: Final = "head"


@dataclass(frozen=True, kw_only=True)
class BackboneBlock:
    """A network of `keras.applications` without its top; the first block of a recipe.

    Args:
        name: As Keras calls it.
        weights: 'imagenet' starts from those, 'random' from scratch.
        frozen_below: Layers before the one of this name are not trained; 'head' freezes all, ''
            none.
    """

    kind: Literal["backbone"] = "backbone"
    name: BackboneName
    weights: Literal["imagenet", "random"] = "imagenet"
    frozen_below: str = ""


Block = (
    ConvBlock
    | SeparableBlock
    | ResidualBlock
    | PoolBlock
    | NormBlock
    | ActivationBlock
    | DropoutBlock
    | BrightnessBlock
    | BackboneBlock
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
