"""Filter and sort of the grid against a plain reference in Python."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.groups import GroupNames
from histoviewer.domain.id_search import IdSearch
from histoviewer.domain.ordering import arrange
from histoviewer.domain.tiles import ProblemFlag, Split
from histoviewer.domain.triage import Query, SortKey, State, TriageColumns

score = st.one_of(st.just(math.nan), st.floats(0, 1, width=32), st.sampled_from([0.0, 0.5, 1.0]))
tile = st.fixed_dictionaries(
    {
        "id": st.text("ab_Ä", min_size=1, max_size=4),
        "splits": st.sampled_from(Split),
        "given": st.integers(-1, 1),
        "decided": st.integers(-1, 1),
        "skipped": st.booleans(),
        "flagged": st.booleans(),
        "queued": st.booleans(),
        "learned": st.booleans(),
        "touched_at": st.integers(0, 5),
        "judged_by": st.integers(0, 3),
        "scores": score,
        "groups": st.integers(-1, 2),
        "problems": st.sampled_from([0, 2, 8, 10]),
        "brightness": score,
        "label_quality": score,
        "suspect": st.booleans(),
        "outlier": score,
    }
)
tables = st.lists(tile, max_size=12)
ORDERLY = [key for key in SortKey if key is not SortKey.RANDOM]
labels = st.sampled_from([None, -1, 0, 1])
queries = st.builds(
    Query,
    split=st.sampled_from([None, None, *Split]),
    state=st.sampled_from([None, None, *State]),
    score_low=st.sampled_from([0.0, 0.0, 0.1, 0.5]),
    score_high=st.sampled_from([0.5, 0.9, 1.0, 1.0]),
    given=labels,
    effective=labels,
    disagrees=st.sampled_from([None, True, False]),
    suspect=st.sampled_from([None, None, True, False]),
    group=st.sampled_from([None, None, "", "g0", "g2", "unheard of"]),
    reader=st.sampled_from([None, None, "AB", "CD", "nobody"]),
    search=st.sampled_from(["", "", "a", "aB", "ä"]),
    problem=st.sampled_from([None, ProblemFlag.ODD_SIZE, ProblemFlag(10)]),
    sort=st.sampled_from(ORDERLY),
)
DTYPES = {
    "splits": np.int8,
    "given": np.int8,
    "decided": np.int8,
    "skipped": bool,
    "flagged": bool,
    "queued": bool,
    "learned": bool,
    "touched_at": np.int64,
    "judged_by": np.uint64,
    "scores": np.float32,
    "groups": np.int32,
    "problems": np.uint16,
    "brightness": np.float32,
    "label_quality": np.float32,
    "suspect": bool,
    "outlier": np.float32,
}
READERS = ("AB", "CD")
BLANK = {**dict.fromkeys(DTYPES, 0), "id": "a"}


def columns(table: list[dict], threshold: float = 0.5) -> TriageColumns:
    arrays = {name: np.array([row[name] for row in table], kind) for name, kind in DTYPES.items()}
    return TriageColumns(
        **arrays,
        ids=IdSearch([row["id"] for row in table]),
        readers=READERS,
        group_names=GroupNames(("g0", "g10", "g2")),
        threshold=threshold,
    )


def plain_effective(row: dict) -> int:
    return row["decided"] if row["decided"] != -1 else row["given"]


def plain_disagrees(row: dict) -> bool | None:
    label = plain_effective(row)
    known = label != -1 and not math.isnan(row["scores"])
    return (row["scores"] >= 0.5) != (label == 1) if known else None


PLAIN_STATES = {
    State.UNDECIDED: lambda row: row["decided"] == -1 and not row["skipped"],
    State.CONFIRMED: lambda row: row["decided"] != -1 and row["decided"] == row["given"],
    State.RELABELLED: lambda row: row["decided"] != -1 and row["decided"] != row["given"],
    State.SKIPPED: lambda row: row["skipped"],
    State.FLAGGED: lambda row: row["flagged"],
    State.QUEUED: lambda row: row["queued"],
    State.LEARNED: lambda row: row["learned"],
}


def plain_gap(row: dict) -> float:
    label = plain_effective(row)
    return math.nan if label == -1 else -abs(float(np.float32(row["scores"]) - np.float32(label)))


PLAIN_KEYS = {
    SortKey.DATASET: lambda row: 0,
    SortKey.SCORE_DOWN: lambda row: -row["scores"],
    SortKey.SCORE_UP: lambda row: row["scores"],
    SortKey.UNCERTAIN: lambda row: abs(float(np.float32(row["scores"]) - np.float32(0.5))),
    SortKey.DISAGREEMENT: plain_gap,
    SortKey.NEWEST: lambda row: -row["touched_at"],
    SortKey.GROUP: lambda row: [0, 2, 1, math.inf][row["groups"]],
    SortKey.BRIGHTNESS: lambda row: row["brightness"],
    SortKey.LABEL_ISSUE: lambda row: row["label_quality"],
    SortKey.OUTLIER: lambda row: -row["outlier"],
}


def plain_shown(query: Query, row: dict) -> bool:
    group = ["g0", "g10", "g2", ""][row["groups"]]
    readers = {name for bit, name in enumerate(READERS) if row["judged_by"] >> bit & 1}
    low, high = np.float32(query.score_low), np.float32(query.score_high)
    return (
        query.split in (None, row["splits"])
        and (query.state is None or PLAIN_STATES[query.state](row))
        and ((query.score_low, query.score_high) == (0, 1) or bool(low <= row["scores"] <= high))
        and query.given in (None, row["given"])
        and query.effective in (None, plain_effective(row))
        and (query.disagrees is None or query.disagrees == plain_disagrees(row))
        and query.suspect in (None, row["suspect"])
        and query.group in (None, group)
        and (query.reader is None or query.reader in readers)
        and query.search.lower() in row["id"].lower()
        and (query.problem is None or bool(query.problem & row["problems"]))
    )


def plain_arrange(query: Query, table: list[dict]) -> list[int]:
    def key(index: int) -> tuple[bool, float, int]:
        value = PLAIN_KEYS[query.sort](table[index])
        return (True, 0, index) if math.isnan(value) else (False, value, index)

    return sorted((i for i, row in enumerate(table) if plain_shown(query, row)), key=key)


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
    table = [{**BLANK, "scores": 0.5, "flagged": bool(rng.integers(2))} for _ in range(50)]
    everything = arrange(Query(sort=SortKey.RANDOM, seed=3), columns(table)).tolist()
    flagged = arrange(
        Query(sort=SortKey.RANDOM, seed=3, state=State.FLAGGED), columns(table)
    ).tolist()

    assert flagged == [index for index in everything if table[index]["flagged"]]


@pytest.mark.parametrize("sort", list(SortKey))
def test_unscored_tiles_come_last_by_score_and_none_is_lost(sort: SortKey) -> None:
    row = {**BLANK, "scores": math.nan}
    table = [row, {**row, "scores": 0.2}, row, {**row, "scores": 0.8}]
    order = arrange(Query(sort=sort), columns(table)).tolist()

    assert sorted(order) == [0, 1, 2, 3]
    if "score" in sort.value or sort in (SortKey.UNCERTAIN, SortKey.DISAGREEMENT):
        assert order[2:] == [0, 2]


def test_the_threshold_decides_who_disagrees() -> None:
    row = {**BLANK, "scores": 0.4, "given": 1, "decided": -1}

    assert columns([row], threshold=0.5).disagrees.tolist() == [True]
    assert columns([row], threshold=0.3).disagrees.tolist() == [False]
