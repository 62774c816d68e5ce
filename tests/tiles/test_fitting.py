import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.tiles.fitting import describe_fit, fit
from tests.tiles.helpers import noise

SIDES = st.integers(1, 120)


@given(SIDES, SIDES, st.integers(8, 100))
def test_every_shape_fits_and_always_the_same_way(height, width, size):
    rgb = noise(height * 1000 + width, height, width)
    fitted = fit(rgb, size)
    assert fitted.shape == (size, size, 3)
    assert fitted.dtype == np.uint8
    assert (fit(rgb.copy(), size) == fitted).all()


@given(SIDES, SIDES, st.integers(8, 100), st.integers(0, 255))
def test_a_plain_tile_stays_plain(height, width, size, level):
    assert (fit(np.full((height, width, 3), level, np.uint8), size) == level).all()


def test_a_tile_of_the_right_size_is_not_touched():
    rgb = noise(1, 32)
    assert fit(rgb, 32) is rgb


def test_shrinking_averages_areas():
    rgb = noise(2, 64)
    means = rgb.reshape(32, 2, 32, 2, 3).mean(axis=(1, 3))
    assert np.abs(fit(rgb, 32) - means).max() <= 0.5


def test_padding_reflects_and_keeps_the_original_in_the_middle():
    rgb = noise(3, 4, 8)
    fitted = fit(rgb, 8)
    assert (fitted[2:6] == rgb).all()
    assert (fitted[1] == rgb[1]).all()


def test_a_sliver_is_repeated_not_stretched():
    sliver = noise(4, 50, 1)
    assert (fit(sliver, 50) == sliver).all()


def test_the_record_says_what_was_done():
    assert describe_fit(96, 96, 96) == ""
    assert describe_fit(50, 1, 96) == ("padded to 50x50 by reflection, enlarged to 96x96 (bicubic)")
    assert describe_fit(224, 224, 96) == "shrunk to 96x96 by area"
