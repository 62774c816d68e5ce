"""Brightness and duplicates: made while packing, or afterwards for an earlier store."""

import os

import numpy as np
import pytest

from histoviewer.errors import JobCancelled
from histoviewer.tiles import measuring
from histoviewer.tiles.layouts import scan
from histoviewer.tiles.measures import MEASURES_NAME, brightness_of, read_measures
from histoviewer.tiles.measuring import MeasureRequest, measure
from histoviewer.tiles.records import RECORD, read_records
from histoviewer.tiles.store import RECORDS_NAME, PackedTiles
from tests.tiles.helpers import kaggle_set, noise, pack_all, run, write_image


@pytest.fixture
def folder(tmp_path):
    """A packed store whose last two tiles are twins."""
    data = kaggle_set(tmp_path / "data")
    for name in ("zz_one", "zz_two"):
        write_image(data / "train" / f"{name}.png", noise(77) // 4)
    pack_all(scan(data), tmp_path / "packed")
    return tmp_path / "packed"


def of(folder):
    return read_measures(folder, PackedTiles.open(folder))


def as_an_earlier_version_left_it(folder):
    """Take away what earlier versions did not write."""
    (folder / MEASURES_NAME).unlink()
    records = np.load(folder / RECORDS_NAME)
    older = np.dtype([field for field in RECORD.descr if field[0] != "brightness"])
    np.save(folder / RECORDS_NAME, np.array(records[list(older.names)], older))


def test_packing_measures_every_tile(folder):
    packed = PackedTiles.open(folder)
    tiles = packed.gather(np.arange(packed.shape[0]))

    assert of(folder).brightness == pytest.approx(tiles.mean(axis=(1, 2, 3)) / 255, abs=1e-5)


def test_twins_are_found_from_either_side(folder):
    found = of(folder)
    one, two = np.flatnonzero(found.clusters >= 0).tolist()

    assert (found.twins(one).tolist(), found.twins(two).tolist()) == ([two], [one])
    assert found.twins(0).tolist() == []


def test_an_earlier_store_is_measured_afterwards(folder):
    before = of(folder)
    as_an_earlier_version_left_it(folder)
    missing = of(folder)

    run(measure(MeasureRequest(folder), lambda: False))

    assert missing is None
    assert np.array_equal(of(folder).clusters, before.clusters)
    assert of(folder).brightness == pytest.approx(before.brightness)


def test_an_earlier_store_is_not_packed_again_for_lack_of_measures(folder):
    as_an_earlier_version_left_it(folder)

    records = read_records(folder)

    assert records["done"].all()
    assert np.isnan(records["brightness"]).all()


def test_measuring_can_be_cancelled_and_leaves_nothing(folder, monkeypatch):
    monkeypatch.setattr(measuring, "_CHUNK_BYTES", 1)
    as_an_earlier_version_left_it(folder)
    answers = iter([False, True])

    with pytest.raises(JobCancelled):
        run(measure(MeasureRequest(folder), lambda: next(answers)))

    assert of(folder) is None


@pytest.mark.parametrize("length", [0, 10, 300])
def test_damaged_measures_are_none(folder, length):
    os.truncate(folder / MEASURES_NAME, length)

    assert of(folder) is None


def test_measures_of_other_tiles_are_none(folder, tmp_path):
    other = tmp_path / "other"
    pack_all(scan(kaggle_set(tmp_path / "others", train=3)), other)
    (folder / MEASURES_NAME).replace(other / MEASURES_NAME)

    assert of(other) is None


def test_black_is_0_and_white_is_1():
    tiles = np.zeros((2, 4, 4, 3), np.uint8)
    tiles[1] = 255

    assert brightness_of(tiles).tolist() == [0, 1]
    assert len(brightness_of(tiles[:0])) == 0
