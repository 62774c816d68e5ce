"""Tiles over a project's life: packing, adding files later."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.labels import ClassNames
from histoviewer.domain.tiles import Catalogue, Problem, ProblemFlag, ProblemKind, Split
from histoviewer.errors import InputError
from histoviewer.project.project import Project
from tests.project.samples import catalogue, singles

CONSTANT = Problem(ProblemKind.CONSTANT, "tile2", "all black")
TWIN = Problem(ProblemKind.DUPLICATE, "tile2", "tile5")
STRAY = Problem(ProblemKind.LABEL_WITHOUT_FILE, "gone")


def sides(*values: int) -> np.ndarray:
    return np.array(values, np.int8)


def pack(project, splits=(0, 0, 0, 0, 0, 0, 0, 0, 1, 1), problems=(), fingerprint="f1") -> None:
    project.finish_packing(splits=sides(*splits), problems=problems, fingerprint=fingerprint)


def test_packing_stores_splits_and_fingerprint(project) -> None:
    pack(project)

    assert project.tiles().splits.tolist() == [0] * 8 + [1] * 2
    assert (project.info.data_fingerprint, project.info.packed_tiles) == ("f1", 10)


def test_flags_are_the_union_of_a_tiles_problems(project) -> None:
    pack(project, problems=[CONSTANT, TWIN])

    flags = project.tiles().problems
    assert flags[2] == ProblemFlag.CONSTANT | ProblemFlag.DUPLICATE
    assert flags.sum() == flags[2]


def test_packing_again_replaces_what_packing_found(project) -> None:
    pack(project, problems=[CONSTANT, TWIN])
    pack(project, problems=[TWIN], fingerprint="f2")

    assert project.problems() == [TWIN]
    assert project.tiles().problems[2] == ProblemFlag.DUPLICATE


def test_packing_keeps_what_the_scan_found(project) -> None:
    project.add_tiles(catalogue(problems=[STRAY, TWIN]))
    pack(project, problems=[CONSTANT, TWIN])

    assert project.problems() == [STRAY, TWIN, CONSTANT]
    pack(project)
    assert project.tiles().problems[2] == ProblemFlag.DUPLICATE


def test_the_first_packing_may_draw_validation_from_stated_training_tiles(project) -> None:
    project.add_tiles(catalogue([f"new{n}" for n in range(2)], splits=sides(0, 0)))

    pack(project, splits=[0] * 10 + [1, 0])

    assert project.tiles().splits.tolist() == [0] * 10 + [1, 0]


@pytest.mark.parametrize("tile", [0, 9])
def test_a_tile_never_changes_sides_once_packed(project, tile) -> None:
    pack(project)
    changed = project.tiles().splits.copy()
    changed[tile] = 1 - changed[tile]

    with pytest.raises(ValueError, match="1 tiles would change"):
        pack(project, splits=changed, fingerprint="f2")

    assert project.tiles().splits.tolist() == [0] * 8 + [1] * 2
    assert project.info.data_fingerprint == "f1"


def test_a_test_tile_is_never_trained_on(project) -> None:
    project.add_tiles(catalogue(["secret"], splits=sides(Split.TEST)))

    with pytest.raises(ValueError, match="1 tiles would change"):
        pack(project, splits=[0] * 11)


def test_new_files_are_appended_and_all_else_is_kept(project) -> None:
    pack(project)
    project.append(singles(3))
    wider = catalogue(["new", "tile3", "tile0", "newer"], groups=["slide c", "x", "", "slide a"])

    added = project.add_tiles(wider)

    tiles = project.tiles()
    assert added.tolist() == [10, 11]
    assert list(tiles.ids) == [f"tile{n}" for n in range(10)] + ["new", "newer"]
    assert tiles.splits.tolist() == [0] * 8 + [1] * 2 + [-1] * 2
    assert [tiles.group_name(n) for n in (3, 10, 11)] == ["slide a", "slide c", "slide a"]
    assert project.tile_count == 12
    assert len(project.read_log().batches) == 3


def kaggle_tiles(*locations: str, ids: str) -> Catalogue:
    """Tiles as a scan of a Kaggle layout finds them, with the ids that it gives them."""
    split = [Split.TEST if name.startswith("test/") else Split.UNASSIGNED for name in locations]
    return catalogue(ids.split(), locations=locations, splits=sides(*split))


@pytest.fixture
def kaggle(tmp_path) -> Iterator[Project]:
    """A project of two training tiles."""
    tiles = kaggle_tiles("train/0.png", "train/1.png", ids="0 1")
    with Project.create(tmp_path / "kaggle.histo", catalogue=tiles, tile_size=96) as made:
        yield made


WITH_TEST = kaggle_tiles(
    "train/0.png", "train/1.png", "test/0.png", "test/1.png", ids="train/0 train/1 0 1"
)


def test_new_test_tiles_that_share_a_stem_with_old_ones_are_added_once(kaggle) -> None:
    added = kaggle.add_tiles(WITH_TEST)

    tiles = kaggle.tiles()
    assert added.tolist() == [2, 3]
    assert list(tiles.ids) == ["0", "1", "test/0", "test/1"]
    assert list(tiles.locations) == list(WITH_TEST.locations)
    assert kaggle.add_tiles(WITH_TEST).tolist() == []


def test_a_file_that_shares_a_stem_with_an_old_one_does_not_bring_it_again(tmp_path) -> None:
    before = catalogue(["1"], locations=["neg/1.png"])
    after = catalogue(["neg/1", "pos/1"], locations=["neg/1.png", "pos/1.png"])
    with Project.create(tmp_path / "x.histo", catalogue=before, tile_size=96) as project:
        assert project.add_tiles(after).tolist() == [1]
        assert list(project.tiles().ids) == ["1", "pos/1"]


def test_a_test_tile_that_the_sample_names_is_refused_where_its_id_is_taken(kaggle) -> None:
    with pytest.raises(InputError, match=r"test/0.png '0', but .* id of train/0.png") as caught:
        kaggle.add_tiles(replace(WITH_TEST, sample_ids=["0", "1"]))

    assert "new project" in caught.value.hint
    assert kaggle.tile_count == 2
    assert kaggle.sample_ids() == ()


def test_a_sample_that_comes_later_is_refused_where_it_names_another_tile(kaggle) -> None:
    kaggle.add_tiles(WITH_TEST)

    with pytest.raises(InputError, match=r"test/0.png '0', but .* id of train/0.png"):
        kaggle.add_tiles(replace(WITH_TEST, sample_ids=["0", "1"]))


def test_qualified_ids_that_are_taken_too_grow_longer(tmp_path) -> None:
    before = catalogue(["0", "test/0"], locations=["train/0.png", "test/0.bmp"])
    with Project.create(tmp_path / "x.histo", catalogue=before, tile_size=96) as project:
        project.add_tiles(catalogue(["0"], locations=["test/0.png"]))

        assert project.tiles().ids[2] == "test/0.png"


def test_the_packed_store_no_longer_covers_a_grown_project(project) -> None:
    pack(project)
    project.add_tiles(catalogue(["new"]))

    assert (project.info.data_fingerprint, project.info.packed_tiles) == (None, 10)


def test_updating_without_new_files_changes_nothing(project) -> None:
    pack(project)

    assert project.add_tiles(catalogue()).tolist() == []
    assert project.info.data_fingerprint == "f1"


def test_updating_takes_a_new_sample_submission(project) -> None:
    project.add_tiles(catalogue(sample_ids=["b", "a"]))
    project.add_tiles(catalogue())

    assert project.sample_ids() == ("b", "a")


@pytest.mark.parametrize(
    "change",
    [
        {"layout": "kaggle"},
        {"classes": ClassNames("a", "b")},
        {"source": Path("/data/tiles/other.csv")},
    ],
)
def test_another_data_set_is_refused(project, change) -> None:
    with pytest.raises(InputError, match="was made from"):
        project.add_tiles(catalogue(**change))
