"""How a map is stretched, placed on its tile, coloured and compared."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from histoviewer.domain.explanation import (
    Explanation,
    MapSettings,
    Method,
    Side,
    Stretch,
    stretch_maps,
)
from histoviewer.domain.heatmap import PALETTES, blend, colour, veil
from histoviewer.domain.map_geometry import enlarge, patch_starts, spread_patches
from histoviewer.domain.rank_correlation import rank_correlation
from tests.project import samples

maps = arrays(np.float32, (2, 4, 5), elements=st.floats(-8, 8, width=32))
shares = arrays(np.float32, (2, 4, 5), elements=st.floats(0, 1, width=32))


@given(maps, st.floats(0, 49), st.floats(51, 100), st.sampled_from(Side))
def test_a_stretched_map_is_between_0_and_1_and_keeps_the_order(raw, low, high, side) -> None:
    stretched = stretch_maps(raw, Stretch(low=low, high=high, side=side))

    evidence = raw if side is Side.POSITIVE else -raw
    for before, after in zip(evidence, stretched, strict=True):
        order = np.argsort(before, axis=None)
        assert after.min() >= 0
        assert after.max() <= 1
        assert (np.diff(after.ravel()[order]) >= 0).all()


def test_the_percentiles_become_dark_and_bright() -> None:
    raw = np.arange(101, dtype=np.float32).reshape(1, 1, 101)

    stretched = stretch_maps(raw, Stretch(low=5, high=95))[0, 0]

    assert stretched[5] == 0
    assert stretched[95] == 1
    assert stretched[50] == pytest.approx(0.5)


def test_nothing_is_shown_where_nothing_speaks_for_a_side() -> None:
    raw = np.full((1, 3, 3), -2, np.float32)

    assert stretch_maps(raw, Stretch()).max() == 0


def test_the_strongest_evidence_is_brightest_and_an_empty_map_has_none() -> None:
    raw = np.zeros((2, 10, 10), np.float32)
    raw[0, 3, 4], raw[1] = 7, -2
    raw[1, 5, 6] = -9
    found = Explanation(
        model=samples.model(1),
        settings=MapSettings(),
        layer=None,
        tiles=np.arange(2),
        logits=np.zeros(2, np.float32),
        raw=raw,
        stretch=Stretch(),
        maps=stretch_maps(raw, Stretch()),
    )

    assert found.brightest == [(4, 3), None]
    assert found.stretched(Stretch(side=Side.NEGATIVE)).brightest == [None, (6, 5)]


def test_evidence_on_a_small_spot_is_shown_all_the_same() -> None:
    raw = np.zeros((1, 10, 10), np.float32)
    raw[0, 3, 4] = 7

    assert stretch_maps(raw, Stretch())[0, 3, 4] == 1


@given(maps, st.integers(1, 3), st.integers(1, 3))
def test_an_enlarged_map_stays_within_its_values(raw, down, across) -> None:
    large = enlarge(raw, (4 * down, 5 * across))

    assert large.shape == (2, 4 * down, 5 * across)
    assert large.min() >= raw.min() - 1e-4
    assert large.max() <= raw.max() + 1e-4


def test_an_enlarged_map_is_bilinear_between_centres() -> None:
    large = enlarge(np.array([[[0.0, 4.0]]], np.float32), (1, 4))

    np.testing.assert_allclose(large, [[[0, 1, 3, 4]]])


@given(st.integers(1, 64), st.integers(1, 32), st.integers(1, 32))
def test_squares_reach_from_end_to_end(pixels, patch, stride) -> None:
    starts = patch_starts(pixels, patch=patch, stride=stride)

    assert starts[0] == 0
    assert starts[-1] == max(pixels - patch, 0)
    assert (np.diff(starts) > 0).all()


def test_a_pixel_gets_the_mean_of_the_squares_over_it() -> None:
    values = np.array([[[1.0, 3.0]]], np.float32)

    spread = spread_patches(values, (2, 3), patch=2, stride=1)

    np.testing.assert_allclose(spread, [[[1, 2, 3], [1, 2, 3]]])


@given(shares, st.sampled_from(PALETTES))
def test_what_the_map_leaves_out_is_not_touched(share, palette) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*share.shape, 3), dtype=np.uint8)

    mixed = blend(pixels, share, strength=1, palette=palette)

    np.testing.assert_array_equal(mixed[share == 0], pixels[share == 0])
    np.testing.assert_array_equal(mixed[share == 1], colour(share, palette=palette)[share == 1])


@given(shares, st.floats(0, 1))
def test_strength_is_how_opaque_the_colour_is(share, strength) -> None:
    pixels = np.full((*share.shape, 3), 200, np.uint8)

    mixed = blend(pixels, share, strength=strength).astype(float)

    opacity = (np.rint(share * 255) / 255 * strength)[..., None]
    np.testing.assert_allclose(mixed, 200 + opacity * (colour(share) - 200.0), atol=2)


@given(arrays(np.float32, 12, elements=st.floats(-9, 9, width=32), unique=True))
def test_a_map_is_like_itself_and_unlike_its_opposite(values) -> None:
    assert rank_correlation(values, 2 * values) == pytest.approx(1)
    assert rank_correlation(values, -values) == pytest.approx(-1)


@given(arrays(np.int64, (2, 9), elements=st.integers(0, 4)))
def test_rank_correlation_is_that_of_scipy(pair) -> None:
    stats = pytest.importorskip("scipy.stats")
    first, second = pair.astype(np.float32)
    if np.ptp(first) and np.ptp(second):
        assert rank_correlation(first, second) == pytest.approx(stats.spearmanr(first, second)[0])


def test_a_map_of_one_value_orders_nothing() -> None:
    flat, other = np.zeros(4, np.float32), np.arange(4, dtype=np.float32)

    assert rank_correlation(flat, other) == 0
    assert rank_correlation(flat, flat) == 1


def test_settings_of_another_method_make_no_difference() -> None:
    assert MapSettings(patch=3).key == MapSettings(patch=5).key
    occlusion = [MapSettings(method=Method.OCCLUSION, patch=patch).key for patch in (3, 5)]
    assert occlusion[0] != occlusion[1]


@given(shares, st.integers(0, 255), st.floats(0, 1), st.sampled_from(PALETTES))
def test_a_veil_over_a_tile_gives_what_blending_gives(raw, grey, strength, palette) -> None:
    pixels = np.full((*raw.shape, 3), grey, np.uint8)

    over = veil(raw, strength=strength, palette=palette).astype(np.float64)

    assert (over[..., :3] <= over[..., 3:]).all()
    laid = over[..., :3] + pixels * (1 - over[..., 3:] / 255)
    np.testing.assert_allclose(laid, blend(pixels, raw, strength=strength, palette=palette), atol=2)
