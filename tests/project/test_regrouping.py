"""Near duplicates given one group and side: in one transaction, noted, nothing else touched."""

import numpy as np
import pytest

from histoviewer.domain.regrouping import Regrouping, plan_parting
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.project.project import Project
from tests.project.samples import singles

TRAIN, VALIDATION = Split.TRAIN, Split.VALIDATION


@pytest.fixture
def split(project):
    """Ten tiles, five of slide a that train and five of slide b that validate."""
    splits = np.repeat([TRAIN, VALIDATION], 5).astype(np.int8)
    project.finish_packing(splits=splits, problems=(), fingerprint="f")
    return project


def plan(tiles: list[int], splits: list[int], groups: tuple[str, ...]) -> Regrouping:
    return Regrouping(
        tiles=np.array(tiles, np.int64),
        splits=np.array(splits, np.int8),
        groups=groups,
        moved=np.zeros(len(tiles), bool),
        left=np.zeros(0, np.int64),
    )


def test_tiles_get_their_group_and_side_and_keep_all_else(split) -> None:
    split.append(singles(4))
    before = split.tiles()

    split.regroup(plan([1, 3], [VALIDATION, TRAIN], ("slide b", "near duplicates 1")))

    tiles = split.tiles()
    changed = np.flatnonzero((tiles.splits != before.splits) | (tiles.groups != before.groups))
    assert changed.tolist() == [1, 3]
    assert (tiles.splits[1], tiles.group_name(1)) == (VALIDATION, "slide b")
    assert (tiles.splits[3], tiles.group_name(3)) == (TRAIN, "near duplicates 1")
    assert len(split.read_log().batches) == 4


def test_what_tiles_were_is_noted(split) -> None:
    split.regroup(plan([1], [VALIDATION], ("slide b",)))
    split.regroup(plan([2], [TRAIN], ("new",)))

    first, second = split.regroupings()

    assert (first.tile, first.split_before, first.split_after) == (1, TRAIN, VALIDATION)
    assert (first.group_before, first.group_after) == ("slide a", "slide b")
    assert (second.tile, second.group_after) == (2, "new")


@pytest.mark.parametrize("tile", [1, 6])
def test_nothing_changes_where_one_tile_may_not_leave_its_side(split, tile) -> None:
    side = VALIDATION if tile == 1 else TRAIN

    with pytest.raises(ValueError, match="only training tiles"):
        split.regroup(plan([1, 6], [VALIDATION, TRAIN], ("slide b", "slide a")))

    assert split.regroupings() == []
    assert split.tiles().splits[tile] != side


def test_a_project_that_is_open_for_reading_only_refuses(split) -> None:
    with (
        Project.open(split.path, read_only=True) as reading,
        pytest.raises(InputError, match="reading only"),
    ):
        reading.regroup(plan([1], [VALIDATION], ("slide b",)))


def test_a_plan_without_a_tile_changes_nothing(split) -> None:
    split.regroup(plan([], [], ()))

    assert split.regroupings() == []


def parting(project: Project) -> Regrouping:
    return plan_parting(project.tiles(), project.regroupings())


def test_regroupings_are_taken_back_one_by_one_the_newest_first(split) -> None:
    before = split.tiles()
    split.regroup(plan([1, 3], [VALIDATION, TRAIN], ("slide b", "near duplicates 1")))
    between = split.tiles()
    split.regroup(plan([2], [VALIDATION], ("slide b",)))

    split.part(parting(split))
    assert split.tiles().splits.tolist() == between.splits.tolist()
    assert split.tiles().groups.tolist() == between.groups.tolist()
    split.part(parting(split))

    assert split.tiles().splits.tolist() == before.splits.tolist()
    assert split.tiles().groups.tolist() == before.groups.tolist()
    assert len(parting(split)) == 0
    assert len(split.regroupings()) == 6


def test_what_was_changed_since_keeps_what_it_was_given(split) -> None:
    split.regroup(plan([1, 2], [VALIDATION, VALIDATION], ("slide b", "slide b")))
    moves = split.regroupings()
    split.regroup(plan([2], [VALIDATION], ("slide a",)))

    back = plan_parting(split.tiles(), moves)

    assert (back.tiles.tolist(), back.left.tolist()) == ([1], [2])


def test_only_what_was_noted_is_given_back(split) -> None:
    split.regroup(plan([1], [VALIDATION], ("slide b",)))

    with pytest.raises(ValueError, match="only what was noted"):
        split.part(plan([6], [TRAIN], ("slide a",)))

    assert len(split.regroupings()) == 1
