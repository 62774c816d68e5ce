"""Colours of packed tiles, from histograms alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from histoviewer.errors import JobCancelled
from histoviewer.tiles import colour_measuring
from histoviewer.tiles.colour_measuring import ColourRequest, level_counts, measure_colours
from histoviewer.tiles.deconvolution import Stain, mean_amount, separate
from histoviewer.tiles.layouts import scan
from histoviewer.tiles.store import PackedTiles
from tests.tiles.helpers import kaggle_set, pack_all, run, write_image

TILES = arrays.arrays(np.uint8, st.tuples(st.integers(1, 3), *map(st.just, (5, 4, 3))))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A packed store of 8 tiles of noise."""
    place = tmp_path_factory.mktemp("colours")
    pack_all(scan(kaggle_set(place / "data")), place / "packed")
    return place / "packed"


def request_of(folder, cells=(0, 1, 0, 1, 0, 1, -1, -1)):
    return ColourRequest(folder=folder, cells=np.array(cells, np.int8), cell_count=2)


@given(TILES)
def test_levels_count_every_pixel_of_every_channel(tiles) -> None:
    counts = level_counts(tiles)

    for tile, found in zip(tiles, counts, strict=True):
        for channel in range(3):
            expected = np.bincount(tile[..., channel].ravel(), minlength=256)
            assert found[channel].tolist() == expected.tolist()


@given(TILES)
def test_the_mean_amount_of_stain_is_that_of_its_pixels(tiles) -> None:
    counts = level_counts(tiles)

    for stain in Stain:
        expected = [separate(tile, stain).mean() for tile in tiles]
        assert mean_amount(counts, stain) == pytest.approx(expected, abs=1e-4)


def test_means_and_levels_are_those_of_the_pixels(folder, monkeypatch) -> None:
    monkeypatch.setattr(colour_measuring, "_CHUNK_BYTES", 3 * 16 * 16 * 3)  # three tiles a step
    found = run(measure_colours(request_of(folder), lambda: False))
    tiles = PackedTiles.open(folder).gather(np.arange(8))

    assert found.means == pytest.approx(tiles.mean(axis=(1, 2)), abs=1e-3)
    reds = np.bincount(tiles[[1, 3, 5], ..., 0].ravel(), minlength=256)
    assert found.levels[1, 0].tolist() == reds.tolist()
    assert not found.grey


def test_memory_is_noted_before_the_first_tile_and_up_to_the_last(folder) -> None:
    found = run(measure_colours(request_of(folder), lambda: False))

    assert (found.memory[0, 0], found.memory[-1, 0]) == (0, 8)
    assert (found.memory[:, 1] > 0).all()


def test_grey_tiles_have_no_stains_to_tell(tmp_path) -> None:
    grey = np.repeat(np.arange(256, dtype=np.uint8).reshape(16, 16, 1), 3, axis=2)
    for name, tile in (("a/0", grey), ("b/1", grey[::-1].copy())):
        write_image(tmp_path / "data" / f"{name}.png", tile)
    pack_all(scan(tmp_path / "data"), tmp_path / "packed")

    assert run(measure_colours(request_of(tmp_path / "packed", (0, 1)), lambda: False)).grey


def test_measuring_can_be_cancelled(folder) -> None:
    with pytest.raises(JobCancelled):
        run(measure_colours(request_of(folder), lambda: True))
