"""Filter and sort of the grid against a plain reference in Python."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.tiles import Split
from histoviewer.domain.triage import Query, SortKey, StateFilter, TriageColumns, arrange

score = st.one_of(st.just(math.nan), st.floats(0, 1, width=32), st.sampled_from([0.0, 0.5, 1.0]))
tile = st.fixed_dictionaries(
    {
        "splits": st.sampled_from([Split.TRAIN, Split.VALIDATION, Split.TEST]),
        "given": st.integers(-1, 1),
        "decided": st.integers(-1, 1),
        "skipped": st.booleans(),
        "flagged": st.booleans(),
        "queued": st.booleans(),
        "touched_at": st.integers(0, 5),
        "scores": score,
        "groups": st.integers(-1, 3),
        "problem": st.booleans(),
    }
)
tables = st.lists(tile, max_size=12)
queries = st.builds(
    Query,
    split=st.sampled_from([None, *Split]),
    state=st.sampled_from(StateFilter),
    score_low=st.sampled_from([0.0, 0.1, 0.5]),
    score_high=st.sampled_from([0.5, 0.9, 1.0]),
    sort=st.sampled_from([key for key in SortKey if key is not SortKey.RANDOM]),
)
DTYPES = {
    "splits": np.int8,
    "given": np.int8,
    "decided": np.int8,
    "skipped": bool,
    "flagged": bool,
    "queued": bool,
    "touched_at": np.int64,
    "scores": np.float32,
    "groups": np.int32,
    "problem": bool,
}


def columns(table: list[dict], threshold: float = 0.5) -> TriageColumns:
    arrays = {name: np.array([row[name] for row in table], kind) for name, kind in DTYPES.items()}
    return TriageColumns(**arrays, threshold=threshold)


def plain_effective(row: dict) -> int:
    return row["decided"] if row["decided"] != -1 else row["given"]


def plain_disagrees(row: dict) -> bool:
    label = plain_effective(row)
    return label != -1 and not math.isnan(row["scores"]) and (row["scores"] >= 0.5) != (label == 1)


PLAIN_STATES = {
    StateFilter.ANY: lambda row: True,
    StateFilter.UNDECIDED: lambda row: row["decided"] == -1 and not row["skipped"],
    StateFilter.CONFIRMED: lambda row: row["decided"] != -1 and row["decided"] == row["given"],
    StateFilter.RELABELLED: lambda row: row["decided"] != -1 and row["decided"] != row["given"],
    StateFilter.SKIPPED: lambda row: row["skipped"],
    StateFilter.FLAGGED: lambda row: row["flagged"],
    StateFilter.QUEUED: lambda row: row["queued"],
    StateFilter.DISAGREES: plain_disagrees,
    StateFilter.PROBLEM: lambda row: row["problem"],
}


def plain_gap(row: dict) -> float:
    label = plain_effective(row)
    return math.nan if label == -1 else -abs(float(np.float32(row["scores"]) - np.float32(label)))


PLAIN_KEYS = {
    SortKey.DATASET: lambda row: 0,
    SortKey.SCORE_DOWN: lambda row: -row["scores"],
    SortKey.SCORE_UP: lambda row: row["scores"],
    SortKey.UNCERTAIN: lambda row: abs(row["scores"] - 0.5),
    SortKey.DISAGREEMENT: plain_gap,
    SortKey.NEWEST: lambda row: -row["touched_at"],
    SortKey.GROUP: lambda row: row["groups"] if row["groups"] >= 0 else math.inf,
}


def plain_arrange(query: Query, table: list[dict]) -> list[int]:
    def shown(row: dict) -> bool:
        in_split = query.split is None or row["splits"] == query.split
        in_range = np.float32(query.score_low) <= row["scores"] <= np.float32(query.score_high)
        everything = query.score_low == 0 and query.score_high == 1
        return in_split and (everything or bool(in_range)) and PLAIN_STATES[query.state](row)

    def key(index: int) -> tuple[bool, float, int]:
        value = PLAIN_KEYS[query.sort](table[index])
        return (True, 0, index) if math.isnan(value) else (False, value, index)

    return sorted((i for i, row in enumerate(table) if shown(row)), key=key)


@given(queries, tables)
def test_arrange_is_what_a_plain_filter_and_sort_give(query: Query, table: list[dict]) -> None:
    assert arrange(query, columns(table)).tolist() == plain_arrange(query, table)


@given(tables, st.integers(0, 9))
def test_random_order_shows_each_tile_once_and_follows_its_seed(
    table: list[dict], seed: int
) -> None:
    query = Query(sort=SortKey.RANDOM, seed=seed)
    order = arrange(query, columns(table)).tolist()

    assert sorted(order) == list(range(len(table)))
    assert arrange(query, columns(table)).tolist() == order


def test_random_order_of_a_filter_is_part_of_the_random_order_of_all() -> None:
    rng = np.random.default_rng(0)
    table = [
        {**dict.fromkeys(DTYPES, 0), "scores": 0.5, "flagged": bool(rng.integers(2))}
        for _ in range(50)
    ]
    everything = arrange(Query(sort=SortKey.RANDOM, seed=3), columns(table)).tolist()
    flagged = arrange(
        Query(sort=SortKey.RANDOM, seed=3, state=StateFilter.FLAGGED), columns(table)
    ).tolist()

    assert flagged == [index for index in everything if table[index]["flagged"]]


@pytest.mark.parametrize("sort", list(SortKey))
def test_unscored_tiles_come_last_by_score_and_none_is_lost(sort: SortKey) -> None:
    row = {**dict.fromkeys(DTYPES, 0), "scores": math.nan}
    table = [row, {**row, "scores": 0.2}, row, {**row, "scores": 0.8}]
    order = arrange(Query(sort=sort), columns(table)).tolist()

    assert sorted(order) == [0, 1, 2, 3]
    if "score" in sort.value or sort in (SortKey.UNCERTAIN, SortKey.DISAGREEMENT):
        assert order[2:] == [0, 2]


def test_the_threshold_decides_who_disagrees() -> None:
    row = {**dict.fromkeys(DTYPES, 0), "scores": 0.4, "given": 1, "decided": -1}

    assert columns([row], threshold=0.5).disagrees.tolist() == [True]
    assert columns([row], threshold=0.3).disagrees.tolist() == [False]
