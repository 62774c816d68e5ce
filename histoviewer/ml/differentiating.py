"""Gradients of a logit: the sibling of `backend`, for what Keras itself has no word for.

A network is cut in two: a body from tiles to features, and a tail from features to the logit. The
gradient is that of the tail. Cutting needs nothing but Keras' own functional models, so that the
three libraries differ in one line each: how a function is differentiated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import keras
import numpy as np

from histoviewer.domain.arrays import Float32
from histoviewer.ml.backend import select

Tensor = Any
_Arrays = tuple[Tensor, Tensor, Tensor]
_Run = Callable[[np.ndarray[Any, Any]], _Arrays]
_Weights = tuple[list[Tensor], list[Tensor]]

# Tiles a call: a function is compiled once for each size, and what is left over is padded.
SIZES: Final = (1, 4, 16)


@dataclass(frozen=True, kw_only=True, eq=False)
class Slope:
    """What a call gives.

    Args:
        logits: (n,) float32.
        features: (views, n, ...) float32, what the tail was given; several views where the network
            has turned each tile by then, see `orientations.turned`.
        gradients: (views, n, ...) float32, by how much the logit of each rises with its features.
    """

    logits: Float32
    features: Float32
    gradients: Float32


class LogitSlope:
    """Works out the gradient of the logit at some point of a network.

    Weights may change between two calls; shapes may not. One thread at a time.

    Compiling takes four times as long as the first answer: that one is worked out without, for the
    reader who waits for it.

    Args:
        tail: From [features, tiles] to (n, 1) logits, or from features alone where there is no
            body. It sees the tiles, too, for what goes past the features.
        body: From tiles to features; None where the features are what is handed in.
    """

    def __init__(self, tail: keras.Model, body: keras.Model | None = None) -> None:
        makers = {"tensorflow": _with_tensorflow, "torch": _with_torch, "jax": _with_jax}
        self._next, self._later = makers[select()](tail, body)
        given = (tail if body is None else body).inputs[0]
        self._blank = np.zeros((1, *given.shape[1:]), keras.backend.standardize_dtype(given.dtype))

    def make_ready(self) -> None:
        """Compile what there is to compile."""
        self._next = self._later
        self._next(self._blank)

    def __call__(self, tiles: np.ndarray[Any, Any]) -> Slope:
        """Return logits, features and gradients of some tiles, at most `SIZES[-1]` of them."""
        count = len(tiles)
        size = next(size for size in SIZES if size >= count)
        padded = np.concatenate([tiles, np.repeat(tiles[-1:], size - count, axis=0)])
        run, self._next = self._next, self._later
        logits, features, gradients = (
            np.asarray(keras.ops.convert_to_numpy(array), np.float32) for array in run(padded)
        )
        views = (len(features) // size, size, *features.shape[1:])  # all tiles, then all turned
        return Slope(
            logits=logits[:count, 0],
            features=features.reshape(views)[:, :count],
            gradients=gradients.reshape(views)[:, :count],
        )


# Each returns what answers the first call and what answers those that follow.


def _with_tensorflow(tail: keras.Model, body: keras.Model | None) -> tuple[_Run, _Run]:
    import tensorflow as tf

    given = (tail if body is None else body).inputs[0]
    any_number = tf.TensorSpec((None, *given.shape[1:]), given.dtype)

    def run(tiles: Tensor) -> _Arrays:
        features = tiles if body is None else body(tiles, training=False)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(features)
            logits = tail(_inputs(features, tiles, body), training=False)
        # A logit that does not look at the features has no slope there, which is a slope of 0.
        zero = tf.UnconnectedGradients.ZERO
        return logits, features, tape.gradient(logits, features, unconnected_gradients=zero)

    compiled = tf.function(run, input_signature=[any_number], autograph=False)
    return (
        lambda tiles: run(tf.convert_to_tensor(tiles)),
        lambda tiles: compiled(tf.convert_to_tensor(tiles)),
    )


def _with_torch(tail: keras.Model, body: keras.Model | None) -> tuple[_Run, _Run]:
    import torch

    def run(tiles: np.ndarray[Any, Any]) -> _Arrays:
        given = keras.ops.convert_to_tensor(tiles)
        with torch.no_grad():
            features = given if body is None else body(given, training=False)
        features = features.detach().requires_grad_()
        with torch.enable_grad():
            logits = tail(_inputs(features, given, body), training=False)
            (gradients,) = torch.autograd.grad(
                logits.sum(), features, allow_unused=True, materialize_grads=True
            )
        return logits, features, gradients

    return run, run  # torch compiles nothing


def _with_jax(tail: keras.Model, body: keras.Model | None) -> tuple[_Run, _Run]:
    import jax

    def call(model: keras.Model, weights: _Weights, inputs: Tensor) -> Tensor:
        outputs, _ = model.stateless_call(*weights, inputs, training=False)
        return outputs

    @jax.jit  # type: ignore[untyped-decorator]  # its types are not read
    def run(tiles: Tensor, tail_weights: _Weights, body_weights: _Weights) -> _Arrays:
        features = tiles if body is None else call(body, body_weights, tiles)

        def total(features: Tensor) -> tuple[Tensor, Tensor]:
            logits = call(tail, tail_weights, _inputs(features, tiles, body))
            return logits.sum(), logits

        (_, logits), gradients = jax.value_and_grad(total, has_aux=True)(features)
        return logits, features, gradients

    def compiled(tiles: np.ndarray[Any, Any]) -> _Arrays:
        # Weights are arguments: what a compiled function closes over, jax takes for constants.
        arrays: _Arrays = run(tiles, _weights(tail), _weights(body))
        return arrays

    return compiled, compiled  # without compiling, jax would compile each operation by itself


def _inputs(features: Tensor, tiles: Tensor, body: keras.Model | None) -> Tensor:
    return features if body is None else [features, tiles]


def _weights(model: keras.Model | None) -> _Weights:
    if model is None:
        return [], []
    return (
        [variable.value for variable in model.trainable_variables],
        [variable.value for variable in model.non_trainable_variables],
    )
