"""Pixels for the screen: colours stay in order; the cache keeps the newest and mixes none up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.ui.review.cache import TileCache
from histoviewer.ui.review.mosaic import faded, for_screen, rescaled


def test_red_green_blue_reach_the_screen_in_its_order() -> None:
    tile = np.zeros((1, 4, 4, 3), np.uint8)
    tile[...] = (10, 20, 30)

    assert (for_screen(tile, 4) == 0xFF0A141E).all()
    assert (for_screen(tile, 2) == 0xFF0A141E).all()


@pytest.mark.parametrize("side", [2, 4, 9])
def test_tiles_are_scaled_to_the_side(side: int) -> None:
    tiles = np.full((3, 4, 4, 3), 77, np.uint8)

    assert (for_screen(tiles, side) == 0xFF4D4D4D).all()
    assert for_screen(tiles, side).shape == (3, side, side)


def test_a_stand_in_is_scaled_to_the_side() -> None:
    tile = np.full((4, 4), 0xFF0A141E, np.uint32)

    assert (rescaled(tile, 9) == 0xFF0A141E).all()
    assert rescaled(tile, 9).shape == (9, 9)


def test_a_faded_tile_gives_up_a_share_of_its_colour() -> None:
    tile = np.full((4, 4), 0xFF000000, np.uint32)

    assert (faded(tile, 0xFFC86400, share=0.5) == 0xFF643200).all()


SIDE = 2
BYTES = SIDE * SIDE * 4


def tiles(*numbers: int) -> tuple[np.ndarray, np.ndarray]:
    """Tiles and pixels that tell their number."""
    index = np.array(numbers)
    return index, np.repeat(index, SIDE * SIDE).reshape(-1, SIDE, SIDE).astype(np.uint32)


@pytest.fixture
def cache() -> TileCache:
    """Room for three of a hundred tiles."""
    made = TileCache(limit=3 * BYTES)
    made.aim(100, SIDE)
    return made


def kept(cache: TileCache) -> set[int]:
    return set(np.flatnonzero(cache.stamps(np.arange(100))).tolist())


def test_the_cache_drops_what_was_not_used_for_longest(cache: TileCache) -> None:
    for number in range(3):
        cache.put(*tiles(number))
    cache.touch(np.array([0]))

    cache.put(*tiles(3, 4))

    assert kept(cache) == {0, 3, 4}
    assert cache.bytes == 3 * BYTES


def test_pixels_are_those_of_the_tile(cache: TileCache) -> None:
    cache.put(*tiles(7, 8, 9))
    cache.put(*tiles(5, 8))

    for number in kept(cache):
        pixels = cache.pixels(number)
        assert pixels is not None
        assert (pixels == number).all()
    assert cache.pixels(0) is None


def test_pixels_put_again_have_another_stamp(cache: TileCache) -> None:
    cache.put(*tiles(1, 2))
    before = cache.stamps(np.array([1, 2, 3])).tolist()

    cache.put(*tiles(2))

    after = cache.stamps(np.array([1, 2, 3])).tolist()
    assert (before[0], before[2]) == (after[0], after[2])
    assert after[1] > before[1]
    assert len(cache) == 2


def test_all_tiles_in_view_fit_whatever_the_limit(cache: TileCache) -> None:
    cache.reserve(10)
    cache.put(*tiles(*range(10)))

    assert kept(cache) == set(range(10))


def test_a_smaller_limit_holds_at_once(cache: TileCache) -> None:
    cache.put(*tiles(1, 2, 3))

    cache.limit(BYTES)
    cache.put(*tiles(4, 5))

    assert kept(cache) == {5}


@given(puts=st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=5, unique=True)))
def test_the_cache_never_mixes_tiles_up(puts: list[list[int]]) -> None:
    cache = TileCache(limit=4 * BYTES)
    cache.aim(10, SIDE)

    for numbers in puts:
        cache.put(*tiles(*numbers))
        cache.touch(np.array(numbers[:1]))

    there = np.flatnonzero(cache.stamps(np.arange(10))).tolist()
    assert len(there) == len(cache) <= 4
    assert all((cache.pixels(tile) == tile).all() for tile in there)
    assert set(puts[-1][-4:] if puts else []) <= set(there)
