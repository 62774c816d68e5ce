"""Rows from another machine: folded by time, whatever the order in which they come."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.batches import as_ticks, as_time
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.verdicts import MOST_READERS, Action, Mode, VerdictLog
from histoviewer.errors import InputError
from tests.domain.plain_log import (
    WHEN,
    PlainLog,
    judges_of,
    merged,
    tiles_of,
    undo,
    verdicts,
)

NOW = as_ticks(WHEN)
TILES = 3
foreign = st.tuples(
    st.integers(0, TILES - 1),
    st.sampled_from(Action),
    st.integers(0, 1),
    st.sampled_from(["bob", "eve"]),
)


def labels(log: VerdictLog) -> list[tuple[int, bool, bool]]:
    states = log.states
    columns = (states.decided, states.flagged, states.skipped)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def merge_all(rows, sizes) -> VerdictLog:
    log = VerdictLog(TILES)
    while rows:
        size = sizes.pop() if sizes else len(rows)
        log.append(merged(log, rows[:size]))
        rows = rows[size:]
    return log


@given(st.data(), st.lists(foreign, min_size=1, max_size=12))
def test_the_order_in_which_machines_are_merged_does_not_matter(data, rows) -> None:
    timed = [(*row, NOW + place) for place, row in enumerate(rows)]
    sizes = st.lists(st.integers(1, 4), max_size=4)
    one = merge_all(timed, [])
    other = merge_all(data.draw(st.permutations(timed)), data.draw(sizes))

    assert labels(one) == labels(other)


@given(st.lists(foreign, min_size=1, max_size=12))
def test_merged_rows_lead_to_what_they_led_to_where_they_were_given(rows) -> None:
    there = VerdictLog(TILES)
    for place, (tile, action, label, reader) in enumerate(rows):
        when = as_time(NOW + place)
        there.append(verdicts(there, {tile: (action, label)}, reader=reader, when=when))
    here = merge_all([(*row, NOW + place) for place, row in enumerate(rows)][::-1], [])

    assert labels(here) == labels(there)
    assert judges_of(here) == judges_of(there)


def test_an_older_row_does_not_change_the_label_that_stands() -> None:
    log = VerdictLog(1)
    log.append(verdicts(log, {0: (Action.RELABEL, 1)}))
    log.append(merged(log, [(0, Action.RELABEL, 0, "bob", NOW - 1)]))

    assert log.states.decided.tolist() == [1]
    assert judges_of(log) == [{"ann", "bob"}]


def test_a_row_as_old_as_the_label_that_stands_changes_it() -> None:
    log = VerdictLog(1)
    log.append(verdicts(log, {0: (Action.RELABEL, 1)}))
    log.append(merged(log, [(0, Action.RELABEL, 0, "bob", NOW)]))

    assert log.states.decided.tolist() == [0]


def test_a_clock_set_back_loses_no_verdict_given_here() -> None:
    log = VerdictLog(1)
    log.append(merged(log, [(0, Action.RELABEL, 0, "bob", NOW)]))
    log.append(verdicts(log, {0: (Action.RELABEL, 1)}, when=WHEN - timedelta(days=400)))
    log.append(merged(log, [(0, Action.RELABEL, 0, "eve", NOW - 1)]))

    assert log.states.decided.tolist() == [1]


def test_undoing_a_merge_gives_back_what_stood_before() -> None:
    log = VerdictLog(2)
    log.append(verdicts(log, {0: (Action.RELABEL, 1)}))
    before = tiles_of(log)
    rows = [(0, Action.RELABEL, 0, "bob", NOW + 1), (0, Action.FLAG, 0, "eve", NOW + 2)]
    changed = log.append(merged(log, rows))
    undo(log)

    assert changed.tolist() == [0]
    assert tiles_of(log) == before
    assert judges_of(log) == [{"ann"}, set()]


def test_a_merge_may_name_a_tile_several_times_and_the_newest_wins() -> None:
    log, plain = VerdictLog(1), PlainLog()
    rows = [(0, Action.RELABEL, 1, "bob", NOW + 5), (0, Action.RELABEL, 0, "eve", NOW + 2)]
    log.append(merged(log, rows))
    plain.act(log.batches[0])

    assert log.states.decided.tolist() == [1]
    assert tiles_of(log) == plain.tiles(1)


def test_a_row_knows_its_reader_and_time_wherever_it_is_from() -> None:
    log = VerdictLog(1)
    log.append(verdicts(log, {0: (Action.FLAG, 0)}))
    log.append(merged(log, [(0, Action.FLAG, 0, "bob", NOW - 7)]))
    here, there = log.batches

    assert (here.reader_of(0), here.time_of(0)) == ("ann", WHEN)
    assert (there.reader_of(0), there.time_of(0)) == ("bob", WHEN - timedelta(microseconds=7))


def test_readers_come_in_the_order_in_which_they_first_judged() -> None:
    log = VerdictLog(1)
    log.append(merged(log, [(0, Action.FLAG, 0, "eve", 1), (0, Action.FLAG, 0, "bob", 1)]))
    log.append(verdicts(log, {0: (Action.FLAG, 0)}))

    assert log.readers == ("eve", "bob", "ann")
    assert (log.reader_bit("ann"), log.reader_bit("joe")) == (4, 0)


def test_one_reader_more_than_can_be_told_apart_is_refused_and_leaves_no_trace() -> None:
    log = VerdictLog(1)
    names = [f"reader {n}" for n in range(MOST_READERS)]
    log.append(merged(log, [(0, Action.FLAG, 0, name, 1) for name in names]))

    with pytest.raises(InputError, match="65 readers"):
        log.append(verdicts(log, {0: (Action.FLAG, 0)}))
    assert (log.next_number, log.next_sequence, len(log.readers)) == (2, 65, 64)
    assert log.states.judged_by.tolist() == [2**64 - 1]


def test_sources_without_merging_are_refused() -> None:
    log = VerdictLog(1)
    odd = verdicts(log, {0: (Action.FLAG, 0)}, mode=Mode.MERGED)

    with pytest.raises(ValueError, match="have sources"):
        log.append(odd)
    assert log.states.decided.tolist() == [UNLABELLED]


def test_times_keep_their_microseconds() -> None:
    when = WHEN + timedelta(days=9_999, microseconds=123_457)

    assert as_time(as_ticks(when)) == when
    assert np.int64(as_ticks(when)) == as_ticks(when)
