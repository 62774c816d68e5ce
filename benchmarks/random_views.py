"""Random views of a tile for self-supervised learning, by OpenCV: half a millisecond each.

A view is turned, zoomed, moved, mirrored and restained, so that the network which learns to find
the other view of the same tile must look at what the tissue is, not at where it lies.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from histoviewer.domain.arrays import Float32, Float64, UInt8
from histoviewer.ml.augmentation import stain_matrix

SIDE: Final = 48
"""Side of a view in pixels."""

_REGION: Final = 56  # pixels that an unchanged view shows; the label is that of the middle 32
_DENSITY: Final = -np.log((np.arange(256, dtype=np.float32) + 1.0) / 256.0)


@dataclass(frozen=True, kw_only=True)
class Changes:
    """How much views of one tile differ.

    Args:
        zoom: A view shows 1 - s to 1 + s times the region.
        shift: It is moved by up to so many pixels along each axis.
        stain: Each stain's optical density is multiplied by 1 - s to 1 + s, and up to s / 4 is
            added or taken away.
    """

    zoom: float = 0.25
    shift: float = 6.0
    stain: float = 0.3


def pairs_of_views(
    pixels: UInt8, changes: Changes, *, batch: int, seed: int
) -> Iterator[tuple[UInt8, Float32]]:
    """Yield (batch, 2, SIDE, SIDE, 3) uint8 without end, and the zeros that Keras' `fit` wants.

    Args:
        pixels: (N, H, W, 3) uint8 RGB; each is shown once before any is shown again.
        changes: How much views differ.
        batch: Tiles a batch, at most N.
        seed: The same seed and tiles give the same views.
    """
    random = np.random.default_rng(seed)
    nothing = np.zeros(batch, np.float32)
    while True:
        order = random.permutation(len(pixels))
        for start in range(0, len(order) - batch + 1, batch):
            tiles = pixels[order[start : start + batch]]
            made = [[_view(tile, changes, random) for _ in range(2)] for tile in tiles]
            yield np.array(made), nothing


def plain_view(tile: UInt8) -> UInt8:
    """Return the middle of a tile as an unchanged view."""
    return _cut(tile, zoom=1.0, angle=0.0, shift=np.zeros(2))


def _view(tile: UInt8, changes: Changes, random: np.random.Generator) -> UInt8:
    cut = _cut(
        tile,
        zoom=random.uniform(1 - changes.zoom, 1 + changes.zoom),
        angle=random.uniform(0, 2 * np.pi),
        shift=random.uniform(-changes.shift, changes.shift, 2),
    )
    cut = cut[:, ::-1] if random.integers(2) else cut
    return _restained(cut, changes.stain, random)


def _cut(tile: UInt8, *, zoom: float, angle: float, shift: Float64) -> UInt8:
    """Return the region about the middle, resampled bilinearly."""
    scale = _REGION * zoom / SIDE
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = (np.array(tile.shape[1::-1]) - 1) / 2 + shift
    move = middle - turn @ np.full(2, (SIDE - 1) / 2)
    made = cv2.warpAffine(
        tile,
        np.column_stack([turn, move]),
        (SIDE, SIDE),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return np.asarray(made, np.uint8)


def _restained(view: UInt8, strength: float, random: np.random.Generator) -> UInt8:
    """Change the amount of each stain (Tellez et al. 2018), as `ml.augmentation` does."""
    stains = stain_matrix()
    factor = random.uniform(1 - strength, 1 + strength, (3, 1))
    change = np.linalg.inv(stains) @ (factor * stains)
    offset = random.uniform(-strength / 4, strength / 4, 3) @ stains
    affine = np.column_stack([change.T, offset]).astype(np.float32)
    density = np.maximum(cv2.transform(_DENSITY[view], affine), 0.0)
    restained: UInt8 = (256.0 * np.exp(-density) - 1.0).clip(0, 255).astype(np.uint8)
    return restained
