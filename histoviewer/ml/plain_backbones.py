"""Networks of `keras.applications` brought to public layers, named alike each time.

ConvNeXt and InceptionResNetV2 hold layers that Keras keeps to itself, and models within the model.
EfficientNet is two networks in Keras: one more layer with ImageNet weights from the cache than
with those of a file or with none, and statistics of the tiles among its weights. As models of ours
they are of layers that `keras.layers` lists, and of the same ones whatever they start from: saved,
resumed and started from, their files open in plain Keras.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import keras
import numpy as np
from keras import layers

Layer = Any  # Keras has no types
Tensor = Any
Call = Callable[..., Any]

# ImageNet's, per channel R G B of pixels from 0 to 1.
MEAN: Final = (0.485, 0.456, 0.406)
DEVIATION: Final = (0.229, 0.224, 0.225)

_NUMBERED: Final = re.compile(r"(?P<kind>.+?)(_(?P<number>\d+))?")


def with_public_layers(base: keras.Model, *, is_loaded: bool) -> keras.Model:
    """Return a network that computes the same, of public layers; `base` itself where it is one.

    Args:
        base: As `keras.applications` made it. Its layers are renamed.
        is_loaded: Whether it holds weights that are to be taken over, rather than random ones.

    Raises:
        ValueError: Its weights are for tiles that are normalised in another way.
    """
    _number_anew(base.layers)
    if not any(_is_special(layer) for layer in base.layers):
        return base
    remake = _Remake()
    model = keras.models.clone_model(base, input_tensors=base.input, clone_function=remake)
    if is_loaded:
        remake.take_weights()
    return model


def _number_anew(found: Sequence[Layer]) -> None:
    """Count layers without a name of their own from the first, as in a fresh process.

    Keras counts on from network to network. Who freezes below 'conv2d_80' means the 81st.
    """
    counted: dict[str, list[tuple[int, Layer]]] = {}
    for layer in found:
        parts = _NUMBERED.fullmatch(layer.name)
        if parts and parts["kind"].replace("_", "") == type(layer).__name__.lower():
            counted.setdefault(parts["kind"], []).append((int(parts["number"] or 0), layer))
    for kind, numbered in counted.items():
        for place, (_, layer) in enumerate(sorted(numbered, key=lambda entry: entry[0])):
            layer.name = f"{kind}_{place}" if place else kind


def _is_special(layer: Layer) -> bool:
    """Return whether a layer is Keras' own, a model, or keeps the tiles' statistics."""
    is_public = getattr(layers, type(layer).__name__, None) is type(layer)
    return not is_public or isinstance(layer, layers.Normalization)


class _Remake:
    """Makes each layer of a network anew and knows which stands for which."""

    def __init__(self) -> None:
        self._pairs: list[tuple[Layer, Layer]] = []
        self._statistics: list[layers.Normalization] = []

    def __call__(self, layer: Layer) -> Layer:
        """Return what is called in place of a layer, or of an operation."""
        match type(layer).__name__:
            case "Sequential":
                return _in_a_row([self(part) for part in layer.layers])
            case "CustomScaleLayer":
                return _sum_with_scaled(layer)
            case "LayerScale":
                return self._pair(layer, _scale(layer))
            case "Conv2D" if layer.groups == layer.filters > 1:
                return self._pair(layer, _depthwise(layer))
            case "Normalization":
                self._statistics.append(layer)
                return _normalise(layer)
            case "Rescaling" if np.size(layer.scale) > 1 and layer.name.startswith("rescaling"):
                return _unchanged  # EfficientNet's further one: `_normalise` does both
        if isinstance(layer, layers.Layer):
            return self._pair(layer, type(layer).from_config(layer.get_config()))
        return layer  # an operation: it has no state

    def take_weights(self) -> None:
        """Copy the weights of each layer to the one that stands for it."""
        for layer in filter(_is_adaptable, self._statistics):
            _check_statistics(layer)
        for old, new in self._pairs:
            shapes = [variable.shape for variable in new.weights]
            pairs = zip(old.get_weights(), shapes, strict=True)
            # The kernels of grouped and depthwise convolutions differ by the axis of length 1.
            new.set_weights([np.reshape(value, shape) for value, shape in pairs])

    def _pair(self, old: Layer, new: Layer) -> Layer:
        self._pairs.append((old, new))
        return new


def _in_a_row(calls: Sequence[Call]) -> Call:
    def call(
        x: Tensor, **_: object
    ) -> Tensor:  # Keras also gives a mask, which images have none of
        for part in calls:
            x = part(x)
        return x

    return call


def _unchanged(x: Tensor, **_: object) -> Tensor:
    return x


def _sum_with_scaled(layer: Layer) -> Call:
    """Return what adds the second of two inputs, times a constant, to the first."""

    def call(inputs: Sequence[Tensor], **_: object) -> Tensor:
        first, second = inputs
        second = layers.Rescaling(layer.scale, name=f"{layer.name}_scale")(second)
        return layers.Add(name=layer.name)([first, second])

    return call


def _scale(layer: Layer) -> Layer:
    """Return a learned factor for each channel (Touvron et al. 2021): a 1x1 depthwise kernel.

    `EinsumDense` says it more plainly and takes 20 times as long on a processor.
    """
    start = keras.initializers.Constant(layer.init_values)
    return layers.DepthwiseConv2D(
        1, use_bias=False, depthwise_initializer=start, name=layer.name, dtype=layer.dtype_policy
    )


def _depthwise(layer: Layer) -> Layer:
    """Return a convolution of as many groups as channels as what it is.

    TensorFlow computes groups one by one: for ConvNeXt 35 times slower on a processor.
    """
    return layers.DepthwiseConv2D(
        layer.kernel_size,
        strides=layer.strides,
        padding=layer.padding,
        use_bias=layer.use_bias,
        name=layer.name,
        dtype=layer.dtype_policy,
    )


def _normalise(layer: Layer) -> Layer:
    """Return a normalisation by constants: its own, else those of ImageNet for pixels from 0 to 1.

    Keras' layer holds them as tensors, which the way to ONNX loses.
    """
    means, deviations = MEAN, DEVIATION
    if not _is_adaptable(layer):
        means = tuple(np.ravel(layer.input_mean).tolist())
        deviations = tuple(np.sqrt(np.ravel(layer.input_variance)).tolist())
    scale = [1 / deviation for deviation in deviations]
    offset = [-mean / deviation for mean, deviation in zip(means, deviations, strict=True)]
    return layers.Rescaling(scale, offset=offset, name=layer.name, dtype=layer.dtype_policy)


def _is_adaptable(layer: Layer) -> bool:
    """Return whether the statistics of a normalisation are weights."""
    return layer.input_mean is None


def _check_statistics(layer: Layer) -> None:
    """Raise `ValueError` unless `_normalise` does what the loaded statistics say.

    Keras' files hold the deviations in place of the variances (tensorflow issue 49930); the
    further layer that Keras adds for them divides by the root once more.
    """
    mean, variance = np.ravel(layer.adapt_mean), np.ravel(layer.adapt_variance)
    if not (np.allclose(mean, MEAN, atol=1e-4) and np.allclose(variance, DEVIATION, atol=1e-4)):
        raise ValueError("it normalises tiles in another way than the ImageNet weights do")


def scales_of(model: keras.Model) -> list[Any]:
    """Return the trained variables that are but a factor for each channel, see `_scale`."""
    return [
        layer.kernel
        for layer in model.layers
        if isinstance(layer, layers.DepthwiseConv2D) and layer.kernel_size == (1, 1)
    ]
