"""Which tiles, in what order, how many of each kind: against the plain ways of numpy and Python.

Off the UI thread in the window; here by itself, at four sizes. The plain ways: numpy's own stable
sort of the scores, one filter a value for the counts beside the filters, and Python's `in` for the
search by id.
"""

import statistics
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha1

import numpy as np

from benchmarks.plain import made_up_columns
from benchmarks.rows import Row, milliseconds, table
from histoviewer.domain.facets import SCORE_BINS, facets
from histoviewer.domain.groups import GroupNames
from histoviewer.domain.id_search import IdSearch
from histoviewer.domain.ordering import arrange
from histoviewer.domain.tiles import ProblemFlag, Split
from histoviewer.domain.triage import Filter, Query, SortKey, State, TriageColumns, matches

SIZES = (10_000, 100_000, 277_483, 1_000_000)
GROUPS = 2_000
ROUNDS = 7
PART = "3f9a"


def run() -> list[Row]:
    """Measure."""
    return [row for count in SIZES for row in rows_of(count)]


def rows_of(count: int) -> list[Row]:
    columns = columns_of(count)
    names = [sha1(str(number).encode()).hexdigest() for number in range(count)]
    search = IdSearch(names)
    search.find(PART)  # the letters are laid out once, when a project is searched first
    ordered = Query(sort=SortKey.SCORE_UP)
    asked = Query(state=State.UNDECIDED, score_low=0.1)
    return [
        row(
            f"{count:,} tiles: filter and sort by score",
            lambda: arrange(ordered, columns),
            lambda: np.argsort(columns.scores, kind="stable"),
            bound=0.8,
        ),
        row(
            f"{count:,} tiles: counts beside all filters",
            lambda: facets(asked, columns),
            lambda: plain_counts(asked, columns),
            bound=0.5,
        ),
        row(
            f"{count:,} tiles: search by id",
            lambda: search.search(PART),
            lambda: [PART in name.lower() for name in names],
            bound=0.5,
        ),
    ]


def row(name: str, ours: Callable[[], object], plain: Callable[[], object], *, bound: float) -> Row:
    """Take turns, so that what else the machine does falls on both."""
    pairs = [(milliseconds(ours), milliseconds(plain)) for _ in range(ROUNDS)]
    fast, slow = (statistics.median(times) for times in zip(*pairs, strict=True))
    return Row(name=name, ours=fast, reference=slow, unit="ms", bound=bound, at_least=False)


def columns_of(count: int) -> TriageColumns:
    rng = np.random.default_rng(5)
    return replace(
        made_up_columns(count),
        groups=rng.integers(-1, GROUPS, count).astype(np.int32),
        group_names=GroupNames([f"slide {number}" for number in range(GROUPS)]),
        problems=np.where(rng.random(count) < 0.02, ProblemFlag.DUPLICATE, 0).astype(np.uint16),
    )


def plain_counts(query: Query, columns: TriageColumns) -> list[int]:
    """Count by asking anew for each value but those of the groups, of which there are thousands."""
    values: dict[Filter, list[object]] = {
        Filter.SPLIT: list(Split),
        Filter.STATE: list(State),
        Filter.GIVEN: [-1, 0, 1],
        Filter.EFFECTIVE: [-1, 0, 1],
        Filter.DISAGREES: [True, False],
        Filter.PROBLEM: [flag for flag in ProblemFlag if flag],
    }
    asked = [query.without(which).having(which, each) for which in values for each in values[which]]
    bins = np.linspace(0, 1, SCORE_BINS + 1)
    asked += [
        replace(query, score_low=low, score_high=high)
        for low, high in zip(bins[:-1].tolist(), bins[1:].tolist(), strict=True)
    ]
    return [int(np.count_nonzero(matches(each, columns))) for each in asked]


if __name__ == "__main__":
    print(table(run()))
