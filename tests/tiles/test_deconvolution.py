"""Colour deconvolution against mixtures of known amounts of stain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.arrays import UInt8
from histoviewer.tiles.deconvolution import Stain, separate, show_alone
from histoviewer.tiles.stains import EOSIN, HAEMATOXYLIN

VECTORS = np.array([HAEMATOXYLIN, EOSIN])
AMOUNTS = st.floats(0, 0.8)  # together dark, but no channel is black


def mixture(haematoxylin: float, eosin: float) -> UInt8:
    """A pixel by the Beer-Lambert law, written out: (1, 1, 3) uint8 RGB."""
    density = haematoxylin * VECTORS[0] + eosin * VECTORS[1]
    return np.rint(255 * 10.0**-density).astype(np.uint8).reshape(1, 1, 3)


@given(AMOUNTS, AMOUNTS)
def test_the_amounts_of_a_mixture_are_found_again(haematoxylin: float, eosin: float) -> None:
    pixel = mixture(haematoxylin, eosin)

    # The darkest channel, green, has 6 grey levels at least: rounding to whole ones moves it most.
    step = np.log10(1 + 0.5 / pixel.min()) * 3
    assert separate(pixel, Stain.HAEMATOXYLIN)[0, 0] == pytest.approx(haematoxylin, abs=step)
    assert separate(pixel, Stain.EOSIN)[0, 0] == pytest.approx(eosin, abs=step)


@given(AMOUNTS, AMOUNTS)
def test_a_stain_alone_looks_as_without_the_other(haematoxylin: float, eosin: float) -> None:
    both = mixture(haematoxylin, eosin)
    alone = {Stain.HAEMATOXYLIN: mixture(haematoxylin, 0), Stain.EOSIN: mixture(0, eosin)}

    for stain, expected in alone.items():
        shown = show_alone(both, stain).astype(int)
        step = 3 * 255 * (0.5 / both.min()) + 1  # one rounded grey level, at most thrice
        assert np.abs(shown - expected).max() <= step


def test_the_empty_slide_holds_no_stain() -> None:
    white = np.full((4, 5, 3), 255, np.uint8)

    for stain in Stain:
        assert np.abs(separate(white, stain)).max() == 0
        assert (show_alone(white, stain) == 255).all()


def test_black_pixels_are_as_dark_as_eight_bits_can_tell() -> None:
    black = np.zeros((1, 1, 3), np.uint8)

    assert all(np.isfinite(separate(black, stain)).all() for stain in Stain)


def test_red_and_blue_are_told_apart() -> None:
    pixel = mixture(0.6, 0.1)

    right = separate(pixel, Stain.HAEMATOXYLIN)
    swapped = separate(np.ascontiguousarray(pixel[..., ::-1]), Stain.HAEMATOXYLIN)

    assert right[0, 0] - swapped[0, 0] > 0.2


def test_the_shape_is_kept_for_tiles_of_any_shape() -> None:
    tile = np.random.default_rng(0).integers(0, 256, (7, 12, 3), dtype=np.uint8)

    assert separate(tile, Stain.EOSIN).shape == (7, 12)
    assert show_alone(tile, Stain.EOSIN).shape == (7, 12, 3)
