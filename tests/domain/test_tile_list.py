"""An explicit list of tiles: its order, filters within it, counts of it alone."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.facets import facets
from histoviewer.domain.ordering import arrange
from histoviewer.domain.tile_list import TileList
from histoviewer.domain.triage import Query, SortKey
from tests.domain.test_triage import BLANK, columns, queries, tables


@given(queries, tables.filter(len), st.data())
def test_a_list_shows_of_its_tiles_what_the_filters_let_through(query, table, data) -> None:
    chosen = data.draw(st.lists(st.integers(0, len(table) - 1), max_size=20))
    of_all = arrange(query, columns(table)).tolist()

    ordered = TileList(tiles=np.array(chosen, np.int64), title="")
    shown = ordered.arrange(query, columns(table)).tolist()
    sorted_ones = ordered.in_order(ordered=False).arrange(query, columns(table)).tolist()

    assert shown == [tile for tile in dict.fromkeys(chosen) if tile in of_all]
    assert sorted_ones == [tile for tile in of_all if tile in chosen]


@given(queries, tables.filter(len), st.data())
def test_counts_within_a_list_are_those_of_its_tiles_alone(query, table, data) -> None:
    chosen = data.draw(st.lists(st.integers(0, len(table) - 1), unique=True))
    rows = columns(table)
    listed = TileList(tiles=np.array(chosen, np.int64), title="")

    within = facets(query, rows, listed.mask(len(table)))
    alone = facets(query, rows.take(np.array(sorted(chosen), np.int64)))

    assert within.shown == alone.shown
    assert within.totals == alone.totals
    for which, counts in alone.counts.items():
        assert within.counts[which].tolist() == counts.tolist()


def test_what_is_not_known_yet_keeps_every_tile() -> None:
    table = [{**BLANK, "scores": score} for score in (0.2, 0.8)]
    unknown = replace(columns(table), label_quality=None, suspect=None, outlier=None)

    for sort in (SortKey.LABEL_ISSUE, SortKey.OUTLIER):
        assert arrange(Query(sort=sort), unknown).tolist() == [0, 1]
    assert arrange(Query(suspect=True), unknown).tolist() == []
