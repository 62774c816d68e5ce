"""Embeddings learned from tiles without their labels: SimCLR (Chen et al. 2020) for two cores.

The simulated reader needs embeddings that know nothing of any label: two random views of one tile
shall lie close together, views of different tiles apart.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import keras
import numpy as np
from keras import layers, ops

from benchmarks.random_views import SIDE, Changes, pairs_of_views, plain_view
from histoviewer.domain.arrays import Float32, UInt8
from histoviewer.ml.backend import configure, dtype_policy, fed
from histoviewer.ml.batches import Prefetcher

Tensor = Any

_WIDTHS: Final = (32, 64, 128)
_HIDDEN: Final = 128
_PROJECTED: Final = 64
_FAR: Final = 1e9
_BATCH: Final = 256


@dataclass(frozen=True, kw_only=True)
class Pretext:
    """How the encoder is trained.

    Args:
        epochs: Times that each tile is shown.
        batch: Tiles a step, two views each; fewer where there are fewer tiles.
        temperature: Of the contrastive loss.
        learning_rate: Highest of the run; climbs for a twentieth of it, falls as a cosine.
        weight_decay: Of AdamW.
        changes: How much the views of a tile differ.
    """

    epochs: int = 40
    batch: int = _BATCH
    temperature: float = 0.2
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    changes: Changes = field(default_factory=Changes)


def learn_encoder(
    pixels: UInt8, *, pretext: Pretext, seed: int, after_epoch: Callable[[int, float], None]
) -> keras.Model:
    """Return a network from (n, SIDE, SIDE, 3) uint8 to (n, D) float32.

    Args:
        pixels: (N, H, W, 3) uint8 RGB to learn from.
        pretext: How.
        seed: The same seed, tiles and machine give the same network.
        after_epoch: Told its number, from 1, and its loss.
    """
    configure()
    keras.utils.set_random_seed(seed)
    batch = min(pretext.batch, len(pixels))
    steps = len(pixels) // batch
    encoder = _encoder()
    trainer = _trainer(encoder, pretext, steps=steps * pretext.epochs)
    views = pairs_of_views(pixels, pretext.changes, batch=batch, seed=seed)
    told = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: after_epoch(epoch + 1, logs["loss"])
    )
    with Prefetcher(views) as ready:
        trainer.fit(
            fed(tuple(part[None] for part in batch) for batch in ready),
            steps_per_epoch=steps,
            epochs=pretext.epochs,
            callbacks=[told],
            shuffle=False,
            verbose=0,
        )
    return encoder


def embed(encoder: keras.Model, pixels: UInt8) -> Float32:
    """Return (n, D) float32: the means of the maps of every depth, over a tile's 8 symmetries.

    Early maps know colour and texture, late ones what views of a tile have in common; a linear head
    finds more in both than in the last alone.

    Args:
        encoder: From `learn_encoder`.
        pixels: (n, H, W, 3) uint8 RGB.
    """
    network = _all_depths(encoder)
    plain = np.stack([plain_view(tile) for tile in pixels])
    total = np.zeros((len(pixels), network.output_shape[-1]), np.float32)
    for mirrored in (plain, plain[:, ::-1]):
        for turns in range(4):
            views = np.ascontiguousarray(np.rot90(mirrored, turns, axes=(1, 2)))
            total += network.predict(views, batch_size=_BATCH, verbose=0)
    return np.asarray(total / 8, np.float32)


def _all_depths(encoder: keras.Model) -> keras.Model:
    """Return the same network up to the means of the maps behind each of its convolutions."""
    maps = [layer.output for layer in encoder.layers if isinstance(layer, layers.ReLU)]
    means = [layers.GlobalAveragePooling2D(dtype="float32")(each) for each in maps]
    return keras.Model(encoder.input, layers.Concatenate(dtype="float32")(means))


def _encoder() -> keras.Model:
    policy = dtype_policy("auto")
    raw = keras.Input((SIDE, SIDE, 3), dtype="uint8")
    x = layers.Rescaling(1 / 127.5, -1.0, dtype=policy)(raw)
    x = _convolved(x, _WIDTHS[0], policy=policy, kernel=5, strides=2)
    for width in _WIDTHS:
        x = _convolved(_convolved(x, width, policy=policy), width, policy=policy)
        x = layers.MaxPooling2D(dtype=policy)(x) if width != _WIDTHS[-1] else x
    x = layers.GlobalAveragePooling2D(dtype="float32")(x)
    return keras.Model(raw, x, name="encoder")


def _convolved(x: Tensor, width: int, *, policy: str, kernel: int = 3, strides: int = 1) -> Tensor:
    convolution = layers.Conv2D(
        width, kernel, strides=strides, padding="same", use_bias=False, dtype=policy
    )
    norm = layers.BatchNormalization(momentum=0.9, dtype=policy)
    return layers.ReLU(dtype=policy)(norm(convolution(x)))


def _trainer(encoder: keras.Model, pretext: Pretext, *, steps: int) -> keras.Model:
    """Return what `fit` trains: the two views of a tile to two points on the unit sphere."""
    views = keras.Input((2, SIDE, SIDE, 3), dtype="uint8")
    x = encoder(ops.reshape(views, (-1, SIDE, SIDE, 3)))
    x = layers.BatchNormalization(momentum=0.9)(layers.Dense(_HIDDEN, use_bias=False)(x))
    x = layers.UnitNormalization()(layers.Dense(_PROJECTED)(layers.ReLU()(x)))
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps, warmup_target=pretext.learning_rate, warmup_steps=max(1, steps // 20)
    )
    trainer = keras.Model(views, ops.reshape(x, (-1, 2, _PROJECTED)))
    trainer.compile(
        optimizer=keras.optimizers.AdamW(rate, weight_decay=pretext.weight_decay),
        loss=_contrastive_loss(pretext.temperature),
    )
    return trainer


def _contrastive_loss(temperature: float) -> Callable[[Tensor, Tensor], Tensor]:
    """Return NT-Xent: among all views of a batch, each shall be nearest to its tile's other one."""

    def loss(_unused: Tensor, pairs: Tensor) -> Tensor:
        both = ops.concatenate([pairs[:, 0], pairs[:, 1]], axis=0)
        count = ops.shape(pairs)[0]
        alike = ops.matmul(both, ops.transpose(both)) / temperature
        alike = alike - _FAR * ops.eye(2 * count)  # no view is its own neighbour
        other = ops.concatenate([ops.arange(count) + count, ops.arange(count)], axis=0)
        return ops.mean(
            keras.losses.sparse_categorical_crossentropy(other, alike, from_logits=True)
        )

    return loss
