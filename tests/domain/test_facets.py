"""Counts beside filters against a plain count, and against counting anew."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from histoviewer.domain.facets import SCORE_BINS, facets
from histoviewer.domain.tiles import ProblemFlag, Split
from histoviewer.domain.triage import Filter, Query, State, TriageColumns, matches
from tests.domain.test_triage import BLANK, READERS, columns, queries, tables, tile


def plain_count(query: Query, table: TriageColumns, which: Filter, value: object) -> int:
    """Count what the query would show with one of its filters set to a value."""
    return int(matches(query.without(which).having(which, value), table).sum())


@settings(max_examples=50)
@given(queries, tables)
def test_a_count_is_what_choosing_the_value_would_show(query: Query, table: list[dict]) -> None:
    rows = columns(table)
    found = facets(query, rows)

    def plain(which: Filter, values: object) -> list[int]:
        return [plain_count(query, rows, which, value) for value in values]

    kinds = [flag for flag in ProblemFlag if flag]
    assert found.shown == matches(query, rows).sum()
    assert [found.of_split(split) for split in Split] == plain(Filter.SPLIT, Split)
    assert [found.of_state(state) for state in State] == plain(Filter.STATE, State)
    assert [found.of_given(n) for n in (-1, 0, 1)] == plain(Filter.GIVEN, (-1, 0, 1))
    assert [found.of_effective(n) for n in (-1, 0, 1)] == plain(Filter.EFFECTIVE, (-1, 0, 1))
    assert [found.of_disagrees(yes) for yes in (True, False)] == plain(
        Filter.DISAGREES, (True, False)
    )
    assert [found.of_group(n) for n in (-1, 0, 1, 2)] == plain(
        Filter.GROUP, ("", "g0", "g10", "g2")
    )
    assert [found.of_reader(bit) for bit in (0, 1)] == plain(Filter.READER, READERS)
    assert [found.of_problem(kind) for kind in kinds] == plain(Filter.PROBLEM, kinds)
    assert found.of_problem(ProblemFlag(255)) == plain(Filter.PROBLEM, [ProblemFlag(255)])[0]


@settings(max_examples=50)
@given(queries, tables)
def test_all_of_a_filter_is_what_taking_it_off_would_show(query: Query, table: list[dict]) -> None:
    rows = columns(table)

    assert facets(query, rows).totals == {
        which: matches(query.without(which), rows).sum() for which in Filter
    }


@settings(max_examples=50)
@given(queries, st.lists(tile, min_size=1, max_size=12), st.data())
def test_counting_only_what_changed_is_counting_anew(
    query: Query, table: list[dict], data: st.DataObject
) -> None:
    changed = data.draw(st.sets(st.integers(0, len(table) - 1)).map(sorted))
    others = data.draw(st.lists(tile, min_size=len(changed), max_size=len(changed)))
    old, index = columns(table), np.array(changed, np.int64)
    told = replace(old, **{name: getattr(old, name).copy() for name in TOLD})
    told.put(index, columns([{**row, "id": ""} for row in others]))

    counted = facets(query, old).changed_by(
        before=facets(query, old.take(index)), after=facets(query, told.take(index))
    )

    anew = facets(query, told)
    assert (counted.shown, counted.totals) == (anew.shown, anew.totals)
    assert all((counted.counts[which] == anew.counts[which]).all() for which in Filter)


TOLD = ("decided", "skipped", "flagged", "queued", "touched_at", "judged_by")


def test_the_histogram_leaves_out_its_own_filter() -> None:
    table = [{**BLANK, "scores": score, "given": 1} for score in (0.0, 0.5, 1.0, float("nan"))]
    found = facets(Query(score_low=0.4, score_high=0.6), columns(table))

    assert found.shown == 1
    assert found.histogram.sum() == 3
    assert (found.histogram[0], found.histogram[-1], len(found.histogram)) == (1, 1, SCORE_BINS)
