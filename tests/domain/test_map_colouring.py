"""Which category each tile of a map is in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.groups import GroupNames
from histoviewer.domain.id_search import IdSearch
from histoviewer.domain.map_colouring import MOST_GROUPS, ColourBy, Kind, colouring
from histoviewer.domain.tiles import Split
from histoviewer.domain.triage import TriageColumns


def columns(count: int = 6, **changes: object) -> TriageColumns:
    """Return columns of tiles of which nothing is known, but for what is given."""
    no = np.zeros(count, bool)
    usual = {
        "ids": IdSearch([f"t{index}" for index in range(count)]),
        "splits": np.full(count, Split.TRAIN, np.int8),
        "given": np.full(count, -1, np.int8),
        "decided": np.full(count, -1, np.int8),
        "skipped": no,
        "flagged": no,
        "queued": no,
        "learned": no,
        "touched_at": np.zeros(count, np.int64),
        "judged_by": np.zeros(count, np.uint64),
        "scores": np.full(count, np.nan, np.float32),
        "groups": np.full(count, -1, np.int32),
        "problems": np.zeros(count, np.uint16),
    }
    return TriageColumns(**{**usual, **changes})


def kinds(by: ColourBy, told: TriageColumns, hidden: list[int] = ()) -> list[tuple[str, object]]:
    mask = np.zeros(len(told), bool)
    mask[list(hidden)] = True
    found = colouring(by, told, hidden=mask)
    return [(found.categories[code].kind, found.categories[code].value) for code in found.codes]


def test_a_label_is_that_of_the_newest_verdict() -> None:
    told = columns(3, given=np.array([1, 0, -1], np.int8), decided=np.array([0, -1, -1], np.int8))

    assert [kind for kind, _ in kinds(ColourBy.LABEL, told)] == [
        Kind.NEGATIVE,
        Kind.NEGATIVE,
        Kind.UNLABELLED,
    ]


def test_scores_fall_into_five_steps_and_hidden_ones_into_none() -> None:
    scores = np.array([0, 0.19, 0.2, 0.5, 1.0, np.nan, 0.9], np.float32)

    found = kinds(ColourBy.SCORE, columns(7, scores=scores), hidden=[6])

    assert [step for kind, step in found if kind == Kind.SCORE] == [0, 0, 1, 2, 4]
    assert [kind for kind, _ in found[5:]] == [Kind.UNSCORED, Kind.HIDDEN]


def test_a_flag_tells_more_than_a_verdict() -> None:
    told = columns(
        4,
        given=np.array([1, 1, 1, 1], np.int8),
        decided=np.array([-1, 1, 0, 0], np.int8),
        flagged=np.array([False, False, False, True]),
    )

    assert [value for _, value in kinds(ColourBy.STATE, told)] == [
        "undecided",
        "confirmed",
        "relabelled",
        "flagged",
    ]


def test_the_largest_groups_are_told_apart() -> None:
    groups = np.array([-1, 0, *[1] * 3, *range(2, 11)], np.int32)
    names = GroupNames([f"slide {number}" for number in range(11)])

    found = kinds(ColourBy.GROUP, columns(len(groups), groups=groups, group_names=names))

    assert found[0] == (Kind.NO_GROUP, "")
    assert found[2] == (Kind.GROUP, "slide 1")
    assert sum(kind == Kind.OTHER_GROUPS for kind, _ in found) == 11 - MOST_GROUPS


def test_a_project_without_groups_has_no_group() -> None:
    assert {kind for kind, _ in kinds(ColourBy.GROUP, columns(3))} == {Kind.NO_GROUP}


@given(by=st.sampled_from(ColourBy), seed=st.integers(0, 50), count=st.integers(0, 30))
def test_every_tile_is_in_one_category_and_counted_there(by, seed, count) -> None:
    rng = np.random.default_rng(seed)
    told = columns(
        count,
        given=rng.integers(-1, 2, count).astype(np.int8),
        splits=rng.integers(-1, 3, count).astype(np.int8),
        scores=rng.choice([np.nan, 0.1, 0.9], count).astype(np.float32),
        groups=rng.integers(-1, 3, count).astype(np.int32),
        group_names=GroupNames(["a", "b", "c"]),
        skipped=rng.random(count) < 0.5,
    )

    found = colouring(by, told, hidden=rng.random(count) < 0.3)

    counts = np.bincount(found.codes, minlength=len(found.categories))
    assert [each.count for each in found.categories] == counts.tolist()


@pytest.mark.parametrize("by", ColourBy)
def test_no_two_categories_look_alike(by: ColourBy) -> None:
    names = GroupNames([str(number) for number in range(9)])
    told = columns(9, groups=np.arange(9, dtype=np.int32), group_names=names)

    found = colouring(by, told, hidden=np.zeros(9, bool)).categories

    assert len({each.sign for each in found}) == len(found)
