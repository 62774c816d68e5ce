"""Verdicts on the review page: what they fall on, where they lead, undo and redo."""

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.geometry import Move
from histoviewer.ui.review.page import ReviewPage
from tests.ui.review.conftest import make_session, make_workspace


def test_tiles_are_sorted_by_score_at_first(page: ReviewPage, session: ReviewSession) -> None:
    assert page.grid.order.tolist() == list(range(100))
    assert page.bar.counts.text() == "100 of 100 shown"


def test_a_label_falls_on_the_current_tile_and_leads_on(
    page: ReviewPage, session: ReviewSession
) -> None:
    page.label(POSITIVE)

    assert session.states.decided[0] == POSITIVE
    assert page.grid.current == 1


def test_leading_on_passes_over_decided_and_skipped_tiles(
    page: ReviewPage, session: ReviewSession
) -> None:
    session.label([1], POSITIVE)
    session.skip([2])

    page.answer(agree=True)

    assert page.grid.current == 3


def test_leading_on_goes_round_to_what_was_left_out(
    page: ReviewPage, session: ReviewSession
) -> None:
    page.grid.go_to(99)

    page.skip()

    assert page.grid.current == 0


def test_when_all_is_done_the_reader_is_told(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    session.label(np.arange(1, 100), POSITIVE)

    with qtbot.waitSignal(page.notice) as said:
        page.label(POSITIVE)

    assert said.args == ["Every tile shown has been decided or skipped."]
    assert page.grid.current == 0


def test_a_verdict_on_a_selection_is_one_step_and_stays(
    page: ReviewPage, session: ReviewSession
) -> None:
    page.grid.move_current(Move.DOWN, extend=True)
    count = page.grid.selection.count

    page.label(NEGATIVE)

    assert len(session.log.batches) == 1
    assert page.grid.selection.count == count > 1
    assert page.undo_text == f"Undo label {count} tiles"


def test_a_verdict_on_everything_reaches_beyond_the_view(
    page: ReviewPage, session: ReviewSession
) -> None:
    page.select_all()

    page.label(POSITIVE)

    assert (session.states.decided == POSITIVE).all()


def test_rejecting_gives_the_label_opposite_to_the_prediction(
    page: ReviewPage, session: ReviewSession
) -> None:
    page.answer(agree=False)

    assert session.states.decided[0] == NEGATIVE


def test_answering_an_unscored_tile_says_what_to_do(qtbot: QtBot, page: ReviewPage) -> None:
    session = make_session(5, scores=np.full(5, np.nan, np.float32))
    page.show_workspace(make_workspace(session))

    with qtbot.waitSignal(page.notice) as said:
        page.answer(agree=True)

    assert "Score the tiles first" in said.args[0]
    assert session.log.batches == []


@pytest.mark.parametrize("act", [ReviewPage.flag, ReviewPage.clear])
def test_flagging_and_clearing_stay_on_the_tile(
    page: ReviewPage, session: ReviewSession, act: Callable[[ReviewPage], None]
) -> None:
    act(page)

    assert len(session.log.batches) == 1
    assert page.grid.current == 0


def test_undo_and_redo_go_to_their_tiles(page: ReviewPage, session: ReviewSession) -> None:
    page.grid.go_to(40)
    page.label(POSITIVE)
    page.grid.go_to(0)

    page.undo()
    undone = (int(session.states.decided[40]), page.grid.current, page.redo_text)
    page.redo()

    assert undone == (UNLABELLED, 40, "Redo relabel 1 tile")
    assert session.states.decided[40] == POSITIVE
    assert page.redo_text == ""


def test_undoing_a_bulk_verdict_selects_its_tiles(page: ReviewPage, session: ReviewSession) -> None:
    page.grid.move_current(Move.DOWN, extend=True)
    chosen = page.grid.selection.tiles().tolist()
    page.skip()
    page.grid.go_to(90)

    page.undo()

    assert page.grid.selection.tiles().tolist() == chosen


def test_what_is_done_here_is_told_with_its_initiator(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    with qtbot.waitSignal(page.changed) as told:
        page.label(POSITIVE)

    changes = told.args[0]
    assert changes.initiator is page
    assert changes.tiles.tolist() == [0]


def test_without_a_project_keys_do_nothing(page: ReviewPage) -> None:
    for act in (page.skip, page.flag, page.clear, page.undo, page.redo, page.open_large):
        act()
    page.label(POSITIVE)

    assert (page.undo_text, page.redo_text) == ("", "")
    assert "No project is open." in page.empty.text
