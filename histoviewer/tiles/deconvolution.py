"""Telling haematoxylin from eosin in the colours of a tile: colour deconvolution.

After Ruifrok and Johnston, 'Quantification of histochemical staining by color deconvolution',
Analytical and Quantitative Cytology and Histology 23, 2001: by the Beer-Lambert law the optical
densities of stains add up, so the amount of each follows from a 3 x 3 system of equations, with the
densities of one unit of each stain as its rows. Two stains leave the third row free; it is taken at
right angles to both, which makes the amounts those of least squares.
"""

from enum import IntEnum
from functools import cache
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Float32, Float64, UInt8
from histoviewer.tiles.stains import EOSIN, HAEMATOXYLIN

_LIGHT: Final = 255.0  # grey level of the empty slide


class Stain(IntEnum):
    """The stains that are told apart; the number is the row of the stain vectors."""

    HAEMATOXYLIN = 0
    EOSIN = 1


def separate(rgb: UInt8, stain: Stain) -> Float32:
    """Return how much of a stain each pixel holds. Any thread.

    Args:
        rgb: (H, W, 3) uint8 RGB, the empty slide being white.
        stain: Which one.

    Returns:
        (H, W) float32 optical density (base 10) along the stain's unit vector: 0 where there is
        none, 1 where it lets a tenth of the light pass. Below 0 for colours no mixture has.
    """
    tables = _tables(stain)
    amount: Float32 = np.take(tables[0], rgb[..., 0])
    amount += np.take(tables[1], rgb[..., 1])
    amount += np.take(tables[2], rgb[..., 2])
    return amount


def mean_amount(counts: Float32, stain: Stain) -> Float32:
    """Return how much of a stain tiles hold on average, from their colour histograms alone.

    What a pixel adds is a sum over its channels, so the mean needs no pixel: it is exactly that of
    `separate` over the tile.

    Args:
        counts: (n, 3, 256) float32 pixels by channel R, G, B and grey level.
        stain: Which one.

    Returns:
        (n,) float32 optical density, as of `separate`; NaN where no pixel is counted.
    """
    pixels: Float32 = counts[:, 0].sum(axis=1)
    amount: Float32 = np.einsum("ncv,cv->n", counts, _tables(stain))
    mean: Float32 = np.full_like(amount, np.nan)
    return np.divide(amount, pixels, out=mean, where=pixels > 0)


def show_alone(rgb: UInt8, stain: Stain) -> UInt8:
    """Return the tile as it would look with one stain only, in the colour of that stain.

    Args:
        rgb: (H, W, 3) uint8 RGB.
        stain: Which one.

    Returns:
        (H, W, 3) uint8 RGB; white where the stain is absent.
    """
    amount = np.maximum(separate(rgb, stain), 0)
    amount *= np.float32(-np.log(10))
    shown = np.empty_like(rgb)
    for channel, density in enumerate(_vectors()[stain].tolist()):
        light = np.exp(amount * np.float32(density))
        light *= np.float32(_LIGHT)
        np.rint(light, out=light)
        shown[..., channel] = light
    return shown


@cache
def _vectors() -> Float64:
    """Return (3, 3) unit vectors of haematoxylin, eosin and what is at right angles to both."""
    stains = np.array([HAEMATOXYLIN, EOSIN])
    rows = np.vstack([stains, np.cross(*stains)])
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


@cache
def _tables(stain: Stain) -> Float32:
    """Return (3, 256) float32: what each grey level of R, G, B adds to the amount of a stain.

    A level of 0 would be an infinite density; it counts as 1, the darkest that 8 bits can tell.
    """
    density = -np.log10(np.maximum(np.arange(256), 1) / _LIGHT)
    weights = np.linalg.inv(_vectors())[:, stain]
    return np.asarray(weights[:, None] * density, np.float32)
