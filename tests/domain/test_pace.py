"""Verdicts over time, and what they still find."""

from datetime import timedelta

import numpy as np

from histoviewer.domain.batches import as_ticks
from histoviewer.domain.pace import pace, tiles_a_minute, yield_curve
from histoviewer.domain.verdicts import Action, VerdictLog
from tests.domain.plain_log import WHEN, merged, undo, verdicts

START = as_ticks(WHEN) // 1_000_000


def label(log: VerdictLog, tiles: list[int], value: int, *, after_s: float = 0, reader="ann"):
    rows = dict.fromkeys(tiles, (Action.RELABEL, value))
    when = WHEN + timedelta(seconds=after_s)
    log.append(verdicts(log, rows, reader=reader, when=when))


def test_verdicts_are_counted_in_bins_of_five_minutes_and_empty_bins_left_out() -> None:
    log = VerdictLog(9)
    label(log, [0], 1)
    label(log, [1, 2, 3], 1, after_s=299)
    label(log, [4], 1, after_s=3_600)
    found = pace(log)

    assert found.starts.tolist() == [START, START + 3_600]
    assert (found.verdicts.tolist(), found.steps.tolist()) == ([4, 1], [2, 1])
    assert found.per_minute.tolist() == [0.4, 0.2]


def test_what_is_taken_back_and_what_others_did_does_not_count() -> None:
    log = VerdictLog(9)
    label(log, [0], 1)
    label(log, [1], 1, reader="bob")
    label(log, [2], 1)
    undo(log)

    assert pace(log, reader="ann").verdicts.tolist() == [1]
    assert pace(log, reader="nobody").verdicts.tolist() == []


def test_merged_verdicts_count_when_they_were_given() -> None:
    log = VerdictLog(2)
    times = [as_ticks(WHEN), as_ticks(WHEN) + 400_000_000]
    log.append(merged(log, [(n, Action.SKIP, 0, "bob", time) for n, time in enumerate(times)]))

    assert pace(log).steps.tolist() == [1, 1]


def test_how_fast_tiles_are_judged_is_told_by_those_judged_one_by_one() -> None:
    log = VerdictLog(200)
    label(log, list(range(100)), 1)  # from a file, or many at a time
    assert tiles_a_minute(log) is None

    for place in range(21):
        label(log, [100 + place], 1, after_s=1_000 + 2 * place)
        label(log, [150 + place], 1, after_s=1_001 + 6 * place, reader="bob")
    label(log, [190], 1, after_s=9_000)  # after a pause

    assert tiles_a_minute(log) == 60 / 4  # the median of twenty times 2 s and twenty times 6 s


def test_too_few_tiles_tell_no_pace() -> None:
    log = VerdictLog(20)
    for place in range(10):
        label(log, [place], 1, after_s=3 * place)
    assert tiles_a_minute(log) is None

    label(log, [10], 1, after_s=30)

    assert tiles_a_minute(log) == 20


def test_a_tile_counts_once_with_its_last_label_where_it_was_first_looked_at() -> None:
    log = VerdictLog(4)
    for tile, value in [(2, 1), (0, 0), (1, 1), (2, 0)]:
        label(log, [tile], value)
    curve = yield_curve(log, np.array([0, 0, 0, 0], np.int8))

    assert curve.looked_at.tolist() == [1, 2, 3]
    assert curve.errors.tolist() == [0, 0, 1]


def test_tiles_without_a_given_label_cannot_be_in_error() -> None:
    log = VerdictLog(2)
    label(log, [0, 1], 1)

    assert yield_curve(log, np.array([-1, 0], np.int8)).errors.tolist() == [1]


def test_the_newest_tiles_tell_what_reviewing_finds_now() -> None:
    log = VerdictLog(300)
    label(log, list(range(200)), 1)
    label(log, list(range(200, 300)), 0)
    curve = yield_curve(log, np.zeros(300, np.int8))

    assert (curve.newest(100), curve.newest(200), curve.newest(300)) == (0, 50, 200 / 3)
    assert curve.newest(301) is None


def test_a_log_without_verdicts_has_no_pace_and_no_curve() -> None:
    log = VerdictLog(1)
    curve = yield_curve(log, np.zeros(1, np.int8))

    assert len(pace(log).starts) == len(curve.errors) == 0
    assert curve.newest(100) is None
