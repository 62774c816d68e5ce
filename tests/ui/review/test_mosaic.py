"""Composing pixels: colours stay in order, tiles are cut off at the edges."""

import numpy as np
import pytest

from histoviewer.ui.review.cache import TileCache
from histoviewer.ui.review.mosaic import fill, for_screen, paste


def test_red_green_blue_reach_the_screen_in_its_order() -> None:
    tile = np.zeros((1, 4, 4, 3), np.uint8)
    tile[...] = (10, 20, 30)

    pixels = for_screen(tile, 4).view(np.uint32)[..., 0]

    assert (pixels == 0xFF0A141E).all()


@pytest.mark.parametrize("side", [2, 4, 9])
def test_tiles_are_scaled_to_the_side(side: int) -> None:
    tiles = np.full((3, 4, 4, 3), 77, np.uint8)

    assert (for_screen(tiles, side)[..., :3] == 77).all()
    assert for_screen(tiles, side).shape == (3, side, side, 4)


@pytest.mark.parametrize(("x", "y"), [(-2, -3), (3, 3), (0, 0), (-9, 0), (0, 9)])
def test_what_lies_outside_is_cut_off(x: int, y: int) -> None:
    canvas = np.zeros((5, 5), np.uint32)
    tile = np.arange(1, 17, dtype=np.uint32).reshape(4, 4)
    larger = np.zeros((25, 25), np.uint32)
    larger[10 + y : 14 + y, 10 + x : 14 + x] = tile

    paste(canvas, tile, x=x, y=y)

    assert (canvas == larger[10:15, 10:15]).all()


def test_a_filled_rectangle_is_cut_off() -> None:
    canvas = np.zeros((4, 4), np.uint32)

    fill(canvas, 7, x=-2, y=3, width=4, height=4)
    fill(canvas, 9, x=-5, y=-5, width=2, height=2)

    assert canvas.sum() == 2 * 7
    assert canvas[3, 1] == 7


def test_the_cache_drops_what_was_not_used_for_longest() -> None:
    tile = np.zeros((2, 2, 4), np.uint8)
    cache = TileCache(capacity=3 * tile.nbytes)
    for index in range(3):
        cache.put((index, 2), tile)
    cache.get((0, 2))

    cache.put((3, 2), tile)

    assert [(index, 2) in cache for index in range(4)] == [True, False, True, True]
    assert cache.bytes == 3 * tile.nbytes


def test_putting_a_tile_again_counts_it_once() -> None:
    tile = np.zeros((2, 2, 4), np.uint8)
    cache = TileCache()

    cache.put((0, 2), tile)
    cache.put((0, 2), tile)

    assert (len(cache), cache.bytes) == (1, tile.nbytes)
