"""What is said of a tile: state, history, duplicates, and what stays hidden in a blind read."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from histoviewer.domain.batches import Action, Mode, Sources, as_ticks
from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.domain.tiles import ProblemFlag
from histoviewer.services.reviewing import ReviewSession
from histoviewer.tiles.measures import Measures
from histoviewer.ui.review.describing import describe, twins
from tests.ui.review.conftest import make_session


@pytest.fixture
def alone() -> ReviewSession:
    return make_session(10)


def test_history_tells_who_did_what_newest_first(alone: ReviewSession) -> None:
    alone.label([0], NEGATIVE)
    alone.undo()
    alone.reader = "CD"
    alone.flag([0])

    newest, oldest = describe(alone, 0).history

    assert (newest.what, newest.reader, newest.stands) == ("flagged", "CD", True)
    assert oldest.what == "confirmed as normal (undone)"
    assert oldest.circumstances.startswith("AB, 20")
    assert oldest.circumstances.endswith("score 0.990 by 003-histo-fast")


def test_each_way_of_deciding_is_marked(alone: ReviewSession) -> None:
    alone.blind = True
    alone.label([1], POSITIVE)
    alone.blind = False
    alone.settle([1], NEGATIVE)
    alone.undo()

    settled, blind = describe(alone, 1).history

    assert settled.what == "relabelled normal (settled a difference, undone)"
    assert blind.what == "confirmed as tumour (blind)"
    assert (blind.mode, blind.score, blind.model) == (Mode.BLIND, "", "")


def test_a_merged_verdict_names_who_gave_it_and_when(alone: ReviewSession) -> None:
    when = datetime(2025, 3, 4, 12, 0, tzinfo=UTC)
    source = Sources(
        readers=("EF",),
        reader=np.zeros(1, np.int32),
        times=np.array([as_ticks(when)]),
        sequences=np.array([7]),
    )
    actions, labels = np.array([Action.RELABEL], np.int8), np.array([POSITIVE], np.int8)
    alone.merge(np.array([2]), actions, labels, source, scores=np.array([0.25], np.float32))

    (row,) = describe(alone, 2).history

    local = when.astimezone().strftime("%Y-%m-%d %H:%M")
    assert row.what == "relabelled tumour (merged from elsewhere)"
    assert row.circumstances == f"EF, {local}, score 0.250"


def test_a_blind_read_hides_what_models_say_until_the_verdict(alone: ReviewSession) -> None:
    alone.label([3], NEGATIVE)
    alone.reader, alone.blind = "CD", True
    before = describe(alone, 3)

    alone.label([3], POSITIVE)
    after = describe(alone, 3)

    assert (before.hidden, before.prediction) == (True, "hidden until your verdict")
    assert not before.disagrees
    assert [row.score for row in before.history] == [""]
    assert (after.hidden, after.prediction[:5]) == (False, f"{alone.scores[3]:.3f}")
    assert [bool(row.score) for row in after.history] == [False, True]


def test_the_group_says_how_many_others_it_has(alone: ReviewSession) -> None:
    described = describe(alone, 4)

    assert (described.group, described.neighbours) == ("slide-1", 2)


def test_problems_are_named_as_filters_name_them_the_worst_first(alone: ReviewSession) -> None:
    alone.tiles.problems[4] = ProblemFlag.DUPLICATE | ProblemFlag.UNREADABLE

    assert describe(alone, 4).problems == "Unreadable, Duplicate"
    assert (describe(alone, 5).problems, describe(alone, 5).split) == ("", "Training")


def test_a_tile_of_no_group_has_no_neighbours(alone: ReviewSession) -> None:
    alone.tiles = replace(alone.tiles, groups=np.full(10, -1, np.int32))

    assert (describe(alone, 4).group, describe(alone, 4).neighbours) == ("", 0)


def test_tiles_with_the_same_pixels_are_named_with_their_label(alone: ReviewSession) -> None:
    clusters = np.array([0, 1, 0, -1, -1, 0, 1, -1, -1, -1])
    alone.measures = Measures(brightness=np.zeros(10, np.float32), clusters=clusters)
    alone.label([5], NEGATIVE)

    assert twins(alone, 0) == [(2, "\N{MINUS SIGN} tile-0002"), (5, "\N{MINUS SIGN} tile-0005")]
    assert twins(alone, 3) == []


def test_before_tiles_are_measured_no_duplicate_is_known(alone: ReviewSession) -> None:
    assert twins(alone, 0) == []
