"""Splits: no cluster on two sides, stated sides kept, stratified, seeded."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from histoviewer.domain.splits import assign_splits, merge_clusters, split_by_cluster
from histoviewer.domain.tiles import Split

sizes = st.integers(1, 60)


def column(size: int, low: int, high: int, dtype: type = np.int8):
    return hnp.arrays(dtype, size, elements=st.integers(low, high))


@st.composite
def tables(draw: st.DrawFn, lowest_split: int = -1, highest_split: int = 2):
    size = draw(sizes)
    return {
        "stated": draw(column(size, lowest_split, highest_split)),
        "labels": draw(column(size, -1, 1)),
        "clusters": draw(column(size, 0, 8, np.int64)),
        "usable": draw(hnp.arrays(bool, size)),
        "seed": draw(st.integers(0, 3)),
    }


def sides(splits: np.ndarray, clusters: np.ndarray) -> dict[int, set[int]]:
    return {int(c): set(splits[clusters == c].tolist()) for c in np.unique(clusters)}


@given(tables(highest_split=-1))
def test_no_cluster_is_on_two_sides_when_nothing_is_stated(table) -> None:
    splits = assign_splits(**table)

    assert all(len(found) == 1 for found in sides(splits, table["clusters"]).values())


@given(tables())
def test_a_cluster_trains_and_validates_only_where_the_data_set_says_so(table) -> None:
    stated = sides(table["stated"], table["clusters"])
    both = {Split.TRAIN, Split.VALIDATION}
    for cluster, found in sides(assign_splits(**table), table["clusters"]).items():
        assert not both <= found or both <= stated[cluster]


@given(tables())
def test_stated_sides_are_kept_and_none_stays_open(table) -> None:
    splits = assign_splits(**table)
    kept = table["stated"] != Split.UNASSIGNED

    assert (splits[kept] == table["stated"][kept]).all()
    assert (splits != Split.UNASSIGNED).all()


@given(tables())
def test_nothing_is_drawn_where_validation_is_stated(table) -> None:
    table["stated"][0] = Split.VALIDATION
    splits = assign_splits(**table)
    stated_clusters = table["clusters"][table["stated"] == Split.VALIDATION]

    assert set(table["clusters"][splits == Split.VALIDATION]) == set(stated_clusters)


@given(tables())
def test_tested_tiles_are_only_those_stated(table) -> None:
    splits = assign_splits(**table)

    assert ((splits == Split.TEST) == (table["stated"] == Split.TEST)).all()


@given(tables())
def test_the_same_seed_gives_the_same_split(table) -> None:
    assert (assign_splits(**table) == assign_splits(**table)).all()


def test_another_seed_gives_another_split() -> None:
    table = {
        "stated": np.full(200, Split.UNASSIGNED, np.int8),
        "labels": np.arange(200, dtype=np.int8) % 2,
        "clusters": np.arange(200) // 4,
        "usable": np.ones(200, bool),
    }

    assert (assign_splits(**table, seed=1) != assign_splits(**table, seed=2)).any()


@given(st.integers(0, 50), st.floats(0.05, 0.5), st.floats(0.1, 0.9))
@example(27, 0.16796875, 0.16796875)  # 5.2 tiles off, with 400 clusters of five on average
def test_validation_is_stratified_by_label(seed: int, share: float, positives: float) -> None:
    rng = np.random.default_rng(seed)
    labels = (rng.random(2000) < positives).astype(np.int8)
    clusters = rng.integers(0, 400, 2000)
    chosen = split_by_cluster(
        labels=labels, clusters=clusters, eligible=np.ones(2000, bool), share=share, seed=seed
    )

    for label in (0, 1):
        of_label = labels == label
        cluster = np.bincount(clusters[of_label]).max()
        assert abs(chosen[of_label].sum() - share * of_label.sum()) <= cluster


def test_one_cluster_has_no_validation() -> None:
    chosen = split_by_cluster(
        labels=np.array([0, 1], np.int8),
        clusters=np.array([3, 3]),
        eligible=np.ones(2, bool),
        share=0.5,
        seed=0,
    )

    assert not chosen.any()


def test_two_large_clusters_are_one_on_each_side() -> None:
    chosen = split_by_cluster(
        labels=np.zeros(30, np.int8),
        clusters=np.repeat([0, 1], [20, 10]),
        eligible=np.ones(30, bool),
        share=0.05,
        seed=0,
    )

    assert chosen.tolist() == [False] * 20 + [True] * 10


def test_unlabelled_and_unusable_tiles_do_not_validate_on_their_own() -> None:
    splits = assign_splits(
        stated=np.full(40, Split.UNASSIGNED, np.int8),
        labels=np.repeat(np.array([-1, 1], np.int8), 20),
        clusters=np.arange(40),
        usable=np.arange(40) % 2 == 0,
        share=0.5,
    )

    validating = np.flatnonzero(splits == Split.VALIDATION)
    assert len(validating) == 5
    assert all(index >= 20 and index % 2 == 0 for index in validating)


def plain_merge(first: list[int], second: list[int]) -> list[frozenset[int]]:
    """Join tiles until no two sets share a cluster: the set of each tile."""
    joined = [frozenset([tile]) for tile in range(len(first))]
    for numbers in (first, second):
        for left in range(len(numbers)):
            for right in range(left):
                if numbers[left] == numbers[right] >= 0:
                    both = joined[left] | joined[right]
                    joined = [both if tile in both else old for tile, old in enumerate(joined)]
    return joined


@given(sizes.flatmap(lambda n: st.tuples(column(n, -1, 9, np.int64), column(n, -1, 9, np.int64))))
def test_merged_clusters_are_those_of_a_plain_join(numberings) -> None:
    first, second = numberings
    merged = merge_clusters(first, second)

    found = [frozenset(np.flatnonzero(merged == number).tolist()) for number in merged]
    assert found == plain_merge(first.tolist(), second.tolist())
    assert set(merged.tolist()) == set(range(merged.max() + 1))
