"""Pairs, clusters and leaks; what keeps near duplicates on one side of the split."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.embeddings import Neighbours
from histoviewer.domain.hash_search import HashPairs
from histoviewer.domain.near_duplicates import (
    NO_PAIRS,
    UNLIKE,
    ClosePairs,
    Evidence,
    NearDuplicates,
    close_pairs,
)
from histoviewer.domain.regrouping import is_made, plan_regrouping
from histoviewer.domain.tiles import Split, TileTable

TRAIN, VALIDATION, TEST = Split.TRAIN, Split.VALIDATION, Split.TEST


def pairs_of(*ends: tuple[int, int]) -> NearDuplicates:
    first, second = np.array(ends, np.int64).reshape(-1, 2).T
    by_hash = HashPairs(first, second, np.zeros(len(first), np.uint8))
    return NearDuplicates.joined(by_hash, NO_PAIRS, model="", fingerprint="")


def table(splits: list[int], groups: list[str] | None = None) -> TileTable:
    names = groups or [""] * len(splits)
    known = sorted(set(names) - {""})
    return TileTable(
        ids=[f"t{tile}" for tile in range(len(splits))],
        locations=[""] * len(splits),
        given=np.zeros(len(splits), np.int8),
        splits=np.array(splits, np.int8),
        groups=np.array([known.index(name) if name else -1 for name in names], np.int32),
        group_names=known,
        problems=np.zeros(len(splits), np.uint16),
    )


def after(tiles: TileTable, clusters: list[int]) -> tuple[list[int], list[str]]:
    """Return sides and group names of all tiles after the change."""
    plan = plan_regrouping(tiles, np.array(clusters))
    splits = tiles.splits.copy()
    splits[plan.tiles] = plan.splits
    names = [tiles.group_name(tile) for tile in range(len(tiles))]
    for tile, name in zip(plan.tiles.tolist(), plan.groups, strict=True):
        names[tile] = name
    return splits.tolist(), names


def test_a_pair_found_in_both_ways_is_one_pair_with_both_figures() -> None:
    by_hash = HashPairs(np.array([0, 2]), np.array([1, 3]), np.array([4, 9], np.uint8))
    close = ClosePairs(np.array([2, 5]), np.array([3, 6]), np.array([0.25, 0.5], np.float32))

    found = NearDuplicates.joined(by_hash, close, model="m", fingerprint="f")

    assert (found.first.tolist(), found.second.tolist()) == ([0, 2, 5], [1, 3, 6])
    assert found.bits.tolist() == [4, 9, UNLIKE]
    np.testing.assert_array_equal(found.distances, np.float32([np.nan, 0.25, 0.5]))
    assert found.evidence.tolist() == [
        Evidence.HASH,
        Evidence.HASH | Evidence.EMBEDDING,
        Evidence.EMBEDDING,
    ]


def test_what_hangs_together_through_others_is_one_cluster() -> None:
    assert pairs_of((1, 2), (2, 5), (3, 4)).clusters(6).tolist() == [-1, 0, 0, 1, 1, 0]


def test_leaks_name_the_sides_and_the_tiles_of_a_cluster_side_by_side() -> None:
    found = pairs_of((0, 3), (1, 4), (2, 5), (0, 1))
    splits = np.array([TRAIN, TRAIN, TRAIN, VALIDATION, VALIDATION, TEST], np.int8)

    first, second = found.leaks(splits)

    assert (first.sides, first.pairs) == ((TRAIN, VALIDATION), 2)
    assert first.tiles.tolist() == [0, 1, 3, 4]
    assert (second.sides, second.tiles.tolist()) == ((TRAIN, TEST), [2, 5])


def test_only_tiles_much_closer_than_their_other_neighbours_are_close_pairs() -> None:
    neighbours = Neighbours(
        indices=np.array([[1, 2], [0, 2], [1, 0]], np.int32),
        distances=np.array([[0.1, 1], [0.1, 1], [0.8, 1]], np.float32),
        fingerprint="",
    )

    pairs = close_pairs(neighbours)

    assert (pairs.first.tolist(), pairs.second.tolist()) == ([0], [1])
    assert pairs.distances.tolist() == pytest.approx([0.1])


def test_training_tiles_follow_their_twin_to_validation_and_into_its_group() -> None:
    tiles = table([TRAIN, TRAIN, VALIDATION], ["a", "a", "b"])

    assert after(tiles, [0, -1, 0]) == ([VALIDATION, TRAIN, VALIDATION], ["b", "a", "b"])


def test_tiles_without_a_group_get_one_of_their_own() -> None:
    splits, names = after(table([TRAIN, VALIDATION, TRAIN, TRAIN]), [0, 0, 1, 1])

    assert splits == [VALIDATION, VALIDATION, TRAIN, TRAIN]
    assert names == ["near duplicates 1"] * 2 + ["near duplicates 2"] * 2
    assert all(map(is_made, names))


def test_tested_tiles_keep_side_and_group_and_are_named_as_left() -> None:
    tiles = table([TRAIN, TEST, TEST])
    plan = plan_regrouping(tiles, np.array([0, 0, 1]))

    assert len(plan) == 0
    assert plan.left.tolist() == [0, 1]


def test_grouping_again_changes_nothing() -> None:
    tiles = table([TRAIN, VALIDATION, TRAIN, TRAIN, TRAIN], ["", "", "", "", "a"])
    clusters = [0, 0, 1, 1, -1]

    assert len(plan_regrouping(table(*after(tiles, clusters)), np.array(clusters))) == 0


@given(
    st.lists(
        st.tuples(st.sampled_from([0, 1, 2]), st.sampled_from("abc"), st.integers(-1, 3)),
        min_size=1,
        max_size=14,
    )
)
def test_no_group_and_no_cluster_trains_and_validates_and_nothing_leaves_validation(rows) -> None:
    sides = {"a": TRAIN, "b": VALIDATION, "c": TRAIN}
    splits = [TEST if side == TEST else sides[group] for side, group, _ in rows]
    clusters = [cluster for *_, cluster in rows]
    tiles = table(splits, [group for _, group, _ in rows])

    now, names = after(tiles, clusters)

    assert all(
        new == old or (old, new) == (TRAIN, VALIDATION)
        for old, new in zip(splits, now, strict=True)
    )
    for keys in (names, clusters):
        for key in set(keys) - {-1}:
            assert not {TRAIN, VALIDATION} <= {
                s for s, k in zip(now, keys, strict=True) if k == key
            }
