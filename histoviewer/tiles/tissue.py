"""Drawing tissue: stroma, ordinary nuclei, and the crowded, large, dark nuclei of a tumour.

As in PatchCamelyon, the label of a tile depends on its centre alone (a third of its side): a tumour
outside the centre makes no positive tile. Ordinary tiles may be crowded too, but with the small
round nuclei of lymphocytes, so that neither brightness nor the number of nuclei tells.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from histoviewer.domain.arrays import Float32, Float64, UInt8
from histoviewer.tiles.stains import SlideLook, mix, to_pixels

_SHIFT: Final = 4  # ellipses are placed to a sixteenth of a pixel
_UNIT: Final = 1 << _SHIFT
_DENSITY: Final = 100.0  # grey level of one unit of haematoxylin while nuclei are drawn


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of nucleus.

    Args:
        radius: Smallest and largest, pixels.
        stretch: Largest ratio of the long to the short radius.
        stain: Least and most haematoxylin.
    """

    radius: tuple[float, float]
    stretch: float
    stain: tuple[float, float]


ORDINARY: Final = Kind(radius=(2.2, 3.6), stretch=1.9, stain=(0.55, 1.0))
LYMPHOCYTE: Final = Kind(radius=(2.3, 3.1), stretch=1.15, stain=(1.1, 1.7))
TUMOUR: Final = Kind(radius=(4.4, 7.0), stretch=1.5, stain=(0.7, 1.3))


def draw_tile(*, tumour: bool, look: SlideLook, size: int, rng: np.random.Generator) -> UInt8:
    """Return one tile, (size, size, 3) uint8 RGB.

    Args:
        tumour: Whether its centre holds tumour.
        look: Of its slide.
        size: Height and width, pixels; the centre is a third of it.
        rng: Source of everything random.
    """
    nuclei = np.zeros((size, size), np.uint8)
    _draw_crowd(nuclei, ORDINARY, _anywhere(rng, look.nuclei * size * size / 1000, size), rng)
    if tumour:
        _draw_tumour(nuclei, size, rng)
    else:
        _draw_distractors(nuclei, size, rng)
    nuclei = np.asarray(cv2.GaussianBlur(nuclei, (0, 0), 0.7), np.uint8)
    chromatin = 1 + 0.22 * _waves(size, 3, rng)
    thickness = rng.uniform(0.75, 1.3)  # of the section here; takes up more or less stain
    haematoxylin = nuclei.astype(np.float32) * np.float32(thickness / _DENSITY) * chromatin
    haematoxylin += 0.07 + 0.05 * np.abs(_waves(size, look.stroma_scale, rng))
    strands = _waves(size, look.stroma_scale, rng)
    eosin = rng.uniform(0.3, 0.5) + 0.17 * strands + 0.07 * _waves(size, 3, rng)
    gaps = np.clip(_waves(size, look.stroma_scale * 2, rng) - 0.9, 0, 0.6)  # where tissue tore
    light = mix(np.maximum(haematoxylin, 0), np.clip(eosin - gaps, 0.02, None), look)
    grain = rng.standard_normal((size, size, 3), np.float32) * np.float32(look.grain)
    return to_pixels(light, grain)


def _draw_tumour(nuclei: UInt8, size: int, rng: np.random.Generator) -> None:
    """Draw a nest of tumour that reaches into the centre, and often beyond it."""
    third = size / 3
    inside = rng.uniform(third + 1, 2 * third - 1, (int(rng.integers(7, 13)), 2))
    _draw_crowd(nuclei, TUMOUR, _spread(inside, 6.0), rng)
    if rng.random() < 0.6:  # noqa: PLR2004 - share of nests that go on outside
        nest = rng.uniform(third, 2 * third, 2) + rng.normal(0, size / 6, (15, 2))
        _draw_crowd(nuclei, TUMOUR, _spread(nest, 6.0), rng)


def _draw_distractors(nuclei: UInt8, size: int, rng: np.random.Generator) -> None:
    """Draw what makes an ordinary tile look like a tumour, if it does."""
    third = size / 3
    if rng.random() < 0.5:  # noqa: PLR2004 - share with tumour beside the centre
        places = _anywhere(rng, rng.uniform(8, 26), size)
        reach = TUMOUR.radius[1] * TUMOUR.stretch + 1
        off_centre = np.abs(places - size / 2).max(axis=1) > third / 2 + reach
        _draw_crowd(nuclei, TUMOUR, _spread(places[off_centre], 6.0), rng)
    if rng.random() < 0.6:  # noqa: PLR2004 - share with an inflamed centre
        places = size / 2 + rng.normal(0, size / 6, (int(rng.integers(30, 120)), 2))
        _draw_crowd(nuclei, LYMPHOCYTE, _spread(places, 4.4), rng)


def _draw_crowd(nuclei: UInt8, kind: Kind, places: Float64, rng: np.random.Generator) -> None:
    """Draw nuclei of one kind, each at its place."""
    count = len(places)
    short = rng.uniform(*kind.radius, count)
    long = short * rng.uniform(1, kind.stretch, count)
    stain = rng.uniform(*kind.stain, count) * _DENSITY
    turn = rng.uniform(0, 180, count)
    centres = np.rint(places * _UNIT).astype(int).tolist()
    axes = np.rint(np.stack([long, short], axis=1) * _UNIT).astype(int).tolist()
    for centre, axis, angle, level in zip(
        centres, axes, turn.tolist(), stain.tolist(), strict=True
    ):
        cv2.ellipse(
            nuclei, centre, axis, angle, 0, 360, min(int(level), 255), -1, cv2.LINE_AA, _SHIFT
        )


def _anywhere(rng: np.random.Generator, mean: float, size: int) -> Float64:
    """Return (n, 2) places in a tile, n around `mean`."""
    return rng.uniform(0, size, (rng.poisson(mean), 2))


def _spread(places: Float64, apart: float) -> Float64:
    """Return the places that keep their distance from those before them: nuclei hardly overlap."""
    kept: list[int] = []
    near = ((places[:, None] - places[None]) ** 2).sum(axis=-1) < apart * apart
    for place in range(len(places)):
        if not near[place, kept].any():
            kept.append(place)
    return places[kept]


def _waves(size: int, scale: int, rng: np.random.Generator) -> Float32:
    """Return (size, size) float32 smooth noise of about unit variance, `scale` pixels a wave."""
    cells = max(4, size // scale + 3)
    coarse = rng.standard_normal((cells, cells), np.float32) * np.float32(1.35)
    return np.asarray(cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)
