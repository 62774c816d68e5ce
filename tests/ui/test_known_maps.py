"""Maps kept to be laid over tiles, and tiles with their maps."""

import numpy as np
import pytest

from histoviewer.domain.explanation import Explanation, MapSettings, Stretch, stretch_maps
from histoviewer.domain.heatmap import blend
from histoviewer.ui.explain.laying import KnownMaps, MapLook, MappedTiles
from tests.ui.review.conftest import MODEL, SIZE, PlainTiles

SHAPE = (40, SIZE, SIZE, 3)
LOOK = MapLook(stretch=Stretch(), strength=0.5)


def maps_of(*tiles: int) -> Explanation:
    raw = np.random.default_rng(0).normal(size=(len(tiles), SIZE, SIZE)).astype(np.float32)
    return Explanation(
        model=MODEL,
        settings=MapSettings(),
        layer="conv",
        tiles=np.array(tiles, np.int64),
        logits=np.zeros(len(tiles), np.float32),
        raw=raw,
        stretch=Stretch(),
        maps=raw,
    )


def test_a_tile_is_read_with_its_map_laid_over_it() -> None:
    known, found = KnownMaps(SHAPE), maps_of(5, 3)
    known.take(found, found.tiles)
    source = PlainTiles(40)

    mapped = MappedTiles(source=source, maps=known.maps, look=LOOK)

    tiles = np.array([3, 5])
    expected = blend(source.gather(tiles), stretch_maps(found.raw[::-1], Stretch()), strength=0.5)
    np.testing.assert_array_equal(mapped.gather(tiles), expected)
    assert mapped.shape == SHAPE


def test_only_maps_that_were_taken_are_known() -> None:
    known = KnownMaps(SHAPE)
    known.take(maps_of(5, 3), np.array([3, 5]))

    assert known.has(np.array([3, 4, 5])).tolist() == [True, False, True]


def test_where_there_is_no_room_what_is_not_looked_at_goes() -> None:
    known = KnownMaps(SHAPE, limit=4 * SIZE * SIZE * 4)
    known.take(maps_of(0, 1, 2), np.array([0, 1, 2]))
    before = known.maps

    went = known.take(maps_of(8, 9), np.array([2, 8, 9]))

    assert went
    assert known.has(np.arange(10)).nonzero()[0].tolist() == [2, 8, 9]
    assert set(before) == {0, 1, 2}


@pytest.mark.parametrize("limit", [1, SIZE * SIZE * 4])
def test_there_is_room_for_one_map_at_least(limit: int) -> None:
    assert KnownMaps(SHAPE, limit=limit).capacity == 1
