"""Maps that are kept: found again, never mistaken, bounded."""

import json
import tracemalloc

import numpy as np
import pytest

from histoviewer.services.map_store import FILES, Cells, MapStore, digest_pixels

STAMP = {"model": "abc", "method": "grad-cam"}
TILES = np.array([7, 3, 9])
PRINTS = np.array([70, 30, 90], np.uint64)


def cells(count: int = 3, *, side: int = 4) -> Cells:
    rng = np.random.default_rng(0)
    return Cells(
        layer="last",
        logits=rng.random(count, np.float32),
        cells=rng.random((count, side, side), np.float32),
    )


@pytest.fixture
def store(tmp_path):
    kept = MapStore(tmp_path / "explanations", STAMP)
    kept.write(TILES, PRINTS, cells())
    return kept


def test_what_was_kept_is_found_in_any_order(store) -> None:
    found = store.read(TILES[::-1], PRINTS[::-1])

    assert found.known.all()
    assert found.layer == "last"
    np.testing.assert_array_equal(found.cells, cells().cells[::-1])
    np.testing.assert_array_equal(found.logits, cells().logits[::-1])


def test_a_tile_whose_pixels_are_others_by_now_is_not_known(store) -> None:
    assert store.read(TILES, PRINTS + np.uint64(1)).known.any() is np.False_


def test_another_way_or_another_model_has_maps_of_its_own(store, tmp_path) -> None:
    other = MapStore(tmp_path / "explanations", {**STAMP, "model": "abd"})

    assert not other.read(TILES, PRINTS).known.any()


def test_what_is_not_known_is_filled_in(store) -> None:
    found = store.read(np.array([1, 3]), np.array([10, 30], np.uint64))
    found.fill(np.array([0]), cells(1))

    assert found.known.all()
    np.testing.assert_array_equal(found.cells[1], cells().cells[1])


def test_a_damaged_record_is_not_shown(store, tmp_path) -> None:
    (file,) = (tmp_path / "explanations").glob("*.maps")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1  # in the middle one of three records
    file.write_bytes(content)

    assert store.read(TILES, PRINTS).known.tolist() == [True, False, True]


def test_half_a_record_at_the_end_is_written_over(store, tmp_path) -> None:
    (file,) = (tmp_path / "explanations").glob("*.maps")
    file.write_bytes(file.read_bytes()[:-10])

    assert store.read(TILES, PRINTS).known.tolist() == [True, True, False]
    store.write(TILES[2:], PRINTS[2:], cells(1))
    assert store.read(TILES, PRINTS).known.all()


@pytest.mark.parametrize("note", ["", "{}", "[1]", '{"stamp": 1, "shape": [1]}'])
def test_a_damaged_note_counts_as_nothing_kept(store, tmp_path, note) -> None:
    (file,) = (tmp_path / "explanations").glob("*.json")
    file.write_text(note)

    assert not store.read(TILES, PRINTS).known.any()
    store.write(TILES, PRINTS, cells())
    assert store.read(TILES, PRINTS).known.all()


def test_the_oldest_map_makes_room(tmp_path) -> None:
    store = MapStore(tmp_path, STAMP, limit=300)  # room for three
    for tile in range(5):
        store.write(np.array([tile]), np.array([tile], np.uint64), cells(1))

    every = np.arange(5)
    assert store.read(every, every.astype(np.uint64)).known.tolist() == [0, 0, 1, 1, 1]
    assert sum(file.stat().st_size for file in tmp_path.glob("*.maps")) <= 300


def test_a_store_goes_on_where_the_file_ends(tmp_path) -> None:
    every = np.arange(5)
    MapStore(tmp_path, STAMP, limit=300).write(every[:2], every[:2].astype(np.uint64), cells(2))
    store = MapStore(tmp_path, STAMP, limit=300)

    for tile in range(2, 5):
        here = np.array([tile])
        assert not store.read(here, here.astype(np.uint64)).known.any()
        store.write(here, here.astype(np.uint64), cells(1))

    assert store.read(every, every.astype(np.uint64)).known.tolist() == [0, 0, 1, 1, 1]


def test_looking_for_one_map_makes_nothing_of_all_the_others(tmp_path) -> None:
    every = np.arange(20_000)
    prints = every.astype(np.uint64)
    store = MapStore(tmp_path, STAMP)
    store.write(every, prints, cells(len(every), side=1))

    tracemalloc.start()
    try:
        found = store.read(every[-2:-1], prints[-2:-1])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert found.known.all()
    assert most < 30 * len(every)  # bytes; a dictionary takes some 200 for each


def test_few_ways_are_kept(tmp_path) -> None:
    for number in range(FILES + 3):
        MapStore(tmp_path, {"number": number}).write(TILES, PRINTS, cells())

    notes = [json.loads(file.read_text())["stamp"]["number"] for file in tmp_path.glob("*.json")]
    assert len(notes) == len(list(tmp_path.glob("*.maps"))) == FILES
    assert FILES + 2 in notes


@pytest.mark.expected_log("explanations cannot be (kept|read)")
def test_a_disk_that_takes_nothing_is_logged_and_no_more(tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = MapStore(tmp_path / "file", STAMP)

    store.write(TILES, PRINTS, cells())

    assert not store.read(TILES, PRINTS).known.any()


def test_equal_pixels_have_equal_digests() -> None:
    tiles = np.zeros((3, 4, 4, 3), np.uint8)
    tiles[2, 0, 0, 0] = 1

    first, second, third = digest_pixels(tiles)

    assert first == second != third
