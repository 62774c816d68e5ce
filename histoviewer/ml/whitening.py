"""Whitening: directions of an embedding that all tiles vary in are made to count less.

The embedding of a trained network varies most along what its score depends on; between two sure
tumours little else is seen. With attenuated PCA whitening (Mukundan et al., Understanding and
Improving Kernel Local Descriptors, International Journal of Computer Vision 2019) what is near also
looks alike; decision 19 has the figures.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from histoviewer.domain.arrays import Float16, Float32

_ATTENUATION: Final = 0.75  # 0 would leave the variances as they are, 1 make them all alike
_FLOOR: Final = 0.001  # of the mean variance: directions with less are noise and not made larger
_MOST: Final = 256  # components kept; those of wide networks beyond these hold next to nothing
_SAMPLE: Final = 20_000  # embeddings looked at
_BLOCK: Final = 1 << 16


@dataclass(frozen=True, kw_only=True, eq=False)
class Whitening:
    """A linear map of embeddings, fitted to some.

    Args:
        mean: (D,) float32 of the embeddings.
        components: (D, K) float32 directions, each divided by a power of its standard deviation.
    """

    mean: Float32
    components: Float32

    @classmethod
    def fit(cls, values: Float16) -> Self:
        """Return the whitening of embeddings (N, D), N at least 1; an even sample is looked at."""
        step = max(1, len(values) // _SAMPLE)
        sample = values[::step].astype(np.float64)
        mean = sample.mean(axis=0)
        moved = sample - mean
        variances, directions = np.linalg.eigh(moved.T @ moved / len(moved))
        kept = slice(None, -_MOST - 1, -1)  # they come in rising order
        variances = np.maximum(variances[kept], 0) + _FLOOR * max(0.0, variances.mean())
        scale = np.where(variances > 0, variances, 1) ** (-_ATTENUATION / 2)
        return cls(
            mean=mean.astype(np.float32),
            components=(directions[:, kept] * scale).astype(np.float32),
        )

    def unit_vectors(self, values: Float16) -> Float32:
        """Return embeddings (N, D) whitened, (N, K) float32 of length 1.

        Those that are the mean itself stay 0: they point nowhere.
        """
        units = np.empty((len(values), self.components.shape[1]), np.float32)
        for start in range(0, len(values), _BLOCK):
            block = values[start : start + _BLOCK].astype(np.float32) - self.mean
            white = block @ self.components
            lengths = np.linalg.norm(white, axis=1, keepdims=True)
            units[start : start + _BLOCK] = white / np.where(lengths > 0, lengths, 1)
        return units
