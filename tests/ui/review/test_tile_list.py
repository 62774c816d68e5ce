"""An explicit list of tiles in the grid: its order, its chip, filters within it, verdicts on it."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import POSITIVE
from histoviewer.domain.tile_list import Tells
from histoviewer.domain.triage import SortKey, State
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.page import ReviewPage
from tests.ui.review.conftest import press


def show(page: ReviewPage, *tiles: int, ordered: bool = True) -> None:
    page.show_list(np.array(tiles), "Similar to tile-0007", ordered=ordered)


def test_a_list_is_shown_in_its_own_order_from_its_first_tile_on(
    page: ReviewPage, session: ReviewSession
) -> None:
    page.select_all()
    page.open_large()

    show(page, 41, 7, 90, 7)

    assert page.grid.order.tolist() == [41, 7, 90]
    assert (page.grid.current, page.grid.selection.count) == (41, 1)
    assert page.bar.counts.text() == "3 of 100 shown"
    assert page.bar.sort.currentText() == "As listed"


def test_a_list_without_order_has_that_of_the_page(
    page: ReviewPage, session: ReviewSession
) -> None:
    show(page, 41, 7, 90, ordered=False)

    assert page.grid.order.tolist() == [7, 41, 90]


def test_the_chip_takes_the_list_off_and_the_filters_come_back(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    session.flag([3, 4])
    page.filters.state.choose(State.FLAGGED)
    show(page, 41, 7)
    whole = page.grid.order.tolist()

    press(qtbot, page.filters.chips.chips[None], Qt.Key.Key_Delete)

    assert whole == [41, 7]
    assert page.grid.order.tolist() == [3, 4]
    assert page.bar.sort.findText("As listed") < 0


def test_filters_narrow_within_the_list_and_count_it_alone(
    page: ReviewPage, session: ReviewSession
) -> None:
    session.flag([3, 7, 90])
    show(page, 90, 41, 7)

    page.filters.state.choose(State.FLAGGED)

    assert page.grid.order.tolist() == [90, 7]
    assert page.filters.state.row(State.FLAGGED).count == 2


def test_verdicts_on_the_list_are_counted_in_it(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    show(page, 40, 7)
    page.label(POSITIVE)
    page.apply_changes(session.label([99], POSITIVE))

    qtbot.waitUntil(lambda: page.filters.state.row(State.UNDECIDED).count == 1)

    assert session.states.decided[40] == POSITIVE
    assert page.grid.current == 7


def test_another_sort_arranges_the_list_and_its_own_comes_back(
    page: ReviewPage, session: ReviewSession
) -> None:
    show(page, 41, 7, 90)

    page.bar.sort.choose(SortKey.SCORE_UP)
    sorted_by_score = page.grid.order.tolist()
    page.bar.sort.choose(None)

    assert sorted_by_score == [90, 41, 7]
    assert page.grid.order.tolist() == [41, 7, 90]


def test_going_to_a_tile_outside_takes_the_list_off(
    page: ReviewPage, session: ReviewSession
) -> None:
    show(page, 41, 7)

    page.show_tiles(np.array([12]))

    assert page.grid.current == 12
    assert len(page.grid.order) == 100


def test_a_list_of_which_no_tile_passes_offers_all(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    show(page)

    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)

    assert len(page.grid.order) == 100


def test_a_list_is_not_remembered(page: ReviewPage, session: ReviewSession) -> None:
    page.filters.state.choose(State.UNDECIDED)
    show(page, 41, 7)
    page.filters.state.choose(State.FLAGGED)

    assert page.state()["query"]["state"] == "undecided"


def test_taking_the_list_off_in_a_blind_read_brings_no_order_by_score_back(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    show(page, 41, 7)
    page.blind.set_on(on=True)

    qtbot.mouseClick(page.filters.chips.chips[None], Qt.MouseButton.LeftButton)

    assert page.filters.query.sort is SortKey.RANDOM


@pytest.mark.parametrize("begins_blind", [True, False])
def test_in_a_blind_read_a_list_has_no_order_of_its_own_that_tells_of_scores(
    page: ReviewPage, session: ReviewSession, begins_blind: bool
) -> None:
    page.set_blind(begins_blind)
    page.show_list(np.array([41, 7, 90]), "Review plan", tells=Tells.ORDER)
    page.set_blind(True)
    page.bar.sort.choose(SortKey.GROUP)

    page.bar.sort_changed.emit(None)  # however it came to be asked for

    assert page.bar.sort.findText("As listed") < 0
    assert page.grid.order.tolist() == [7, 41, 90]

    page.set_blind(False)
    page.bar.sort.choose(None)
    assert page.grid.order.tolist() == [41, 7, 90]


def test_a_list_that_tells_nothing_keeps_its_order_in_a_blind_read(
    page: ReviewPage, session: ReviewSession
) -> None:
    page.set_blind(True)

    show(page, 41, 7, 90)

    assert page.grid.order.tolist() == [41, 7, 90]
    assert page.bar.sort.currentText() == "As listed"


def test_a_list_that_tells_by_what_it_holds_goes_when_a_blind_read_begins(
    page: ReviewPage, session: ReviewSession
) -> None:
    session.flag([3, 4])
    page.filters.state.choose(State.FLAGGED)
    page.show_list(np.array([41, 7]), "Turned wrong by Model 3", tells=Tells.MEMBERS)

    page.set_blind(True)

    assert None not in page.filters.chips.chips
    assert sorted(page.grid.order.tolist()) == [3, 4]


def test_a_list_that_tells_by_what_it_holds_is_refused_in_a_blind_read(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.set_blind(True)

    with qtbot.waitSignal(page.notice) as said:
        page.show_list(np.array([41, 7]), "Turned wrong by Model 3", tells=Tells.MEMBERS)

    assert "blind read" in said.args[0]
    assert page.filters.tile_list is None


def test_the_bar_shows_the_order_that_comes_back_with_the_filters(
    page: ReviewPage, session: ReviewSession
) -> None:
    page.bar.sort.choose(SortKey.GROUP)
    show(page, 41, 7, 90)
    page.bar.sort.choose(SortKey.RANDOM)

    page.filters.chips.chips[None].click()

    assert page.filters.query.sort is SortKey.GROUP
    assert page.bar.sort.value is SortKey.GROUP
    assert page.bar.shuffle.isHidden()
