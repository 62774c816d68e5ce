"""Random changes of training tiles, computed on the device as part of the training step.

They stand before the model in the network that is trained and are no part of the model that is
saved. Tiles come in and go out as uint8: the model sees in training what it will see later.
"""

from typing import Any, Final

import keras
import numpy as np
from keras import ops

from histoviewer.domain.arrays import Float32
from histoviewer.domain.recipe_tables import Augmentation
from histoviewer.ml.warping import warp

Tensor = Any

# Optical density of haematoxylin, eosin and a rest (their cross product), one row a stain, columns
# R G B (Ruifrok & Johnston 2001, Quantification of histochemical staining by color deconvolution).
_HAEMATOXYLIN: Final = (0.650, 0.704, 0.286)
_EOSIN: Final = (0.072, 0.990, 0.105)


def stain_matrix() -> Float32:
    """Return (3, 3) float32: rows are the unit optical densities of H, E and the rest."""
    rows = np.array([_HAEMATOXYLIN, _EOSIN, np.cross(_HAEMATOXYLIN, _EOSIN)])
    unit: Float32 = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


class Augment(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Changes each tile of a batch on its own. (n, H, W, 3) uint8 in and out.

    Args:
        settings: What may change and how much.
        seed: The same seed and batches give the same tiles.
        name: Of the layer.
    """

    def __init__(self, settings: Augmentation, *, seed: int, name: str = "augment") -> None:
        super().__init__(dtype="float32", name=name, trainable=False)
        self._settings = settings
        self._random = keras.random.SeedGenerator(seed)
        stains = stain_matrix()
        self._stains = stains
        self._unmix = np.linalg.inv(stains).astype(np.float32)

    def call(self, tiles: Tensor) -> Tensor:
        """Return changed tiles."""
        settings = self._settings
        if settings.flips:
            tiles = self._sometimes(tiles, ops.flip(tiles, axis=1))
            tiles = self._sometimes(tiles, ops.flip(tiles, axis=2))
        if settings.quarter_turns:
            tiles = self._turn(tiles)
        if settings.warps or settings.recolours:
            pixels = self._recolour(self._warp(ops.cast(tiles, "float32")))
            tiles = ops.cast(ops.clip(ops.round(pixels), 0, 255), "uint8")
        return tiles

    def compute_output_spec(self, tiles: Tensor) -> Tensor:
        """Return the same shape and type."""
        return keras.KerasTensor(tiles.shape, dtype=tiles.dtype)

    def _draw(self, tiles: Tensor, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        count = ops.shape(tiles)[0]
        return keras.random.uniform((count, *shape), low, high, seed=self._random)

    def _sometimes(self, tiles: Tensor, changed: Tensor) -> Tensor:
        """Return `changed` for half of the tiles."""
        return ops.where(self._draw(tiles, 1, 1, 1) < 0.5, changed, tiles)  # noqa: PLR2004 - half

    def _turn(self, tiles: Tensor) -> Tensor:
        """Turn by 0, 90, 180 or 270 degrees: a half turn and a quarter turn, each for half."""
        tiles = self._sometimes(tiles, ops.flip(tiles, axis=(1, 2)))
        return self._sometimes(tiles, ops.flip(ops.transpose(tiles, (0, 2, 1, 3)), axis=1))

    def _warp(self, pixels: Tensor) -> Tensor:
        if not self._settings.warps:
            return pixels
        return warp(
            pixels, self._settings, lambda low, high: self._draw(pixels, 1, low=low, high=high)
        )

    def _recolour(self, pixels: Tensor) -> Tensor:
        settings = self._settings
        if settings.stain_jitter or settings.stain_shift:
            pixels = self._restain(pixels)
        if settings.contrast:
            s = settings.contrast
            mean = ops.mean(pixels, axis=(1, 2, 3), keepdims=True)
            pixels = (pixels - mean) * self._draw(pixels, 1, 1, 1, low=1 - s, high=1 + s) + mean
        if settings.brightness:
            s = 255 * settings.brightness
            pixels = pixels + self._draw(pixels, 1, 1, 1, low=-s, high=s)
        if settings.channel_shift:
            s = 255 * settings.channel_shift
            pixels = pixels + self._draw(pixels, 1, 1, 3, low=-s, high=s)
        return pixels

    def _restain(self, pixels: Tensor) -> Tensor:
        """Change the amount of each stain (Tellez et al. 2018, H&E-stain augmentation).

        Unmixing, scaling and mixing again are linear in optical density, so that one 3x3 matrix a
        tile does all three.
        """
        jitter, shift = self._settings.stain_jitter, self._settings.stain_shift
        height, width = pixels.shape[1], pixels.shape[2]
        factor = self._draw(pixels, 1, 3, low=1 - jitter, high=1 + jitter)
        offset = self._draw(pixels, 1, 3, low=-shift, high=shift)
        change = ops.matmul(ops.multiply(self._unmix, factor), self._stains)
        density = ops.log(256.0 / (ops.reshape(pixels, (-1, height * width, 3)) + 1.0))
        density = ops.matmul(density, change) + ops.matmul(offset, self._stains)
        return ops.reshape(256.0 * ops.exp(-density) - 1.0, (-1, height, width, 3))
