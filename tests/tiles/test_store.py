import json
import pickle

import numpy as np
import pytest

from histoviewer.domain.source import TileSource
from histoviewer.errors import InputError
from histoviewer.tiles.decode import Unreadable
from histoviewer.tiles.layouts import scan
from histoviewer.tiles.originals import OriginalTiles
from histoviewer.tiles.store import PackedTiles
from tests.tiles.helpers import kaggle_set, noise, pack_all, write_image


@pytest.fixture
def catalogue(tmp_path):
    return scan(kaggle_set(tmp_path / "data"))


@pytest.fixture
def store(catalogue, tmp_path):
    pack_all(catalogue, tmp_path / "store")
    return tmp_path / "store"


def test_packed_and_original_tiles_are_the_same(catalogue, store):
    packed = PackedTiles.open(store)
    originals = OriginalTiles(catalogue.root, catalogue.locations, 16)
    index = np.array([7, 0, 3, 3])
    assert (packed.gather(index) == originals.gather(index)).all()
    assert packed.shape == originals.shape == (8, 16, 16, 3)
    assert isinstance(packed, TileSource)
    assert isinstance(originals, TileSource)


def test_gather_writes_into_what_it_is_given(store):
    packed = PackedTiles.open(store)
    out = np.zeros((2, 16, 16, 3), np.uint8)
    assert packed.gather(np.array([1, 2]), out) is out
    assert (out == packed.gather(np.array([1, 2]))).all()
    assert packed.gather(np.zeros(0, np.int64)).shape == (0, 16, 16, 3)


@pytest.mark.parametrize("index", [-1, 8])
def test_tiles_that_are_not_there_are_refused(catalogue, store, index):
    for tiles in (
        PackedTiles.open(store),
        OriginalTiles(catalogue.root, catalogue.locations, 16),
    ):
        with pytest.raises(IndexError):
            tiles.gather(np.array([index]))


def test_sources_pickle_by_path(catalogue, store):
    for tiles in (
        PackedTiles.open(store),
        OriginalTiles(catalogue.root, catalogue.locations, 16),
    ):
        data = pickle.dumps(tiles)
        assert len(data) < 2000
        index = np.arange(8)
        assert (pickle.loads(data).gather(index) == tiles.gather(index)).all()


def test_the_store_is_read_only(store):
    packed = PackedTiles.open(store)
    before = packed.gather(np.array([0]))
    packed.gather(np.array([0]))[...] = 0
    assert (packed.gather(np.array([0])) == before).all()


def test_a_folder_without_a_store_is_said(tmp_path):
    with pytest.raises(InputError, match="no packed tiles"):
        PackedTiles.open(tmp_path)


def test_a_truncated_store_is_refused(store):
    data = (store / "tiles.u8").read_bytes()
    (store / "tiles.u8").write_bytes(data[:-1])
    with pytest.raises(InputError, match="shorter than it should be"):
        PackedTiles.open(store)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"version": 1, "shape": [1]}'])
def test_a_damaged_description_is_refused(store, content):
    (store / "tiles.json").write_text(content)
    with pytest.raises(InputError, match="damaged"):
        PackedTiles.open(store)


def test_a_newer_store_is_refused(store):
    content = json.loads((store / "tiles.json").read_text())
    (store / "tiles.json").write_text(json.dumps(content | {"version": 2}))
    with pytest.raises(InputError, match="newer version"):
        PackedTiles.open(store)


def test_originals_of_other_sizes_are_shown_whole(tmp_path):
    rgb = noise(1, 30, 20)
    write_image(tmp_path / "a.png", rgb)
    tiles = OriginalTiles(tmp_path, ["a.png", "missing.png"], 16)
    assert (tiles.original(0) == rgb).all()
    assert tiles.gather(np.array([0])).shape == (1, 16, 16, 3)


def test_an_original_that_has_gone_is_no_grey_tile(tmp_path):
    tiles = OriginalTiles(tmp_path, ["missing.png"], 16)
    with pytest.raises(Unreadable, match="missing"):
        tiles.gather(np.array([0]))
