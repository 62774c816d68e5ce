"""The filter panel: counts, chips, search, groups, blind, by mouse and by keyboard."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import POSITIVE
from histoviewer.domain.tiles import ProblemFlag, Split
from histoviewer.domain.triage import Filter, Query, SortKey, State
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.arranging import answer
from histoviewer.ui.review.counting import FacetCounter
from histoviewer.ui.review.page import ReviewPage
from tests.ui.review.conftest import press

LEFT = Qt.MouseButton.LeftButton


def counts(page: ReviewPage) -> dict[State | None, int | None]:
    return {value: page.filters.state.row(value).count for value in page.filters.state.values}


def wait_for_count(qtbot: QtBot, page: ReviewPage, state: State, count: int) -> None:
    qtbot.waitUntil(lambda: page.filters.state.row(state).count == count)


# -- counts


def test_counts_stand_beside_the_values(page: ReviewPage, session: ReviewSession) -> None:
    assert counts(page)[None] == 100
    assert counts(page)[State.UNDECIDED] == 100
    assert counts(page)[State.FLAGGED] == 0
    assert page.filters.effective.row(POSITIVE).count == 50
    assert page.filters.effective.row(POSITIVE).accessibleName() == "tumour, 50 tiles"


def test_counts_are_of_what_all_other_filters_leave(
    page: ReviewPage, session: ReviewSession
) -> None:
    page.filters.effective.choose(POSITIVE)

    assert counts(page)[None] == 50
    assert page.filters.effective.row(None).count == 100


def test_counts_follow_a_verdict(qtbot: QtBot, page: ReviewPage, session: ReviewSession) -> None:
    page.label(POSITIVE)

    wait_for_count(qtbot, page, State.UNDECIDED, 99)
    assert counts(page)[State.RELABELLED] == 1


def test_counts_follow_undo_and_the_verdicts_of_others(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.apply_changes(session.flag([4, 5]))
    wait_for_count(qtbot, page, State.FLAGGED, 2)

    page.undo()

    wait_for_count(qtbot, page, State.FLAGGED, 0)


def test_very_many_verdicts_are_counted_in_a_thread(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = page.listing.findChild(FacetCounter)
    assert counter is not None
    monkeypatch.setattr(counter, "_at_once", 10)
    page.select_all()
    page.skip()
    page.apply_changes(session.flag([1]))  # while they are being counted

    wait_for_count(qtbot, page, State.SKIPPED, 100)
    wait_for_count(qtbot, page, State.FLAGGED, 1)


def test_a_new_reader_appears_with_their_count(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    section = page.filters.controls.sections[Filter.READER]
    before = section.isVisible()
    page.label(POSITIVE)
    page.refresh_order()
    session.reader = "CD"
    page.apply_changes(session.flag([7, 8]))

    qtbot.waitUntil(lambda: "CD" in page.filters.reader.values)
    qtbot.waitUntil(lambda: page.filters.reader.row("CD").count == 2)
    assert (before, section.isVisible()) == (False, True)


# -- choosing


def test_a_click_anywhere_in_a_row_chooses(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    row = page.filters.state.row(State.UNDECIDED)

    qtbot.mouseClick(row, LEFT, pos=QPoint(row.width() - 3, row.height() // 2))

    assert page.filters.query.state is State.UNDECIDED


def test_up_and_down_choose_and_tab_leaves(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.activateWindow()
    page.filters.state.row(None).setFocus()

    press(qtbot, page.filters.state.row(None), Qt.Key.Key_Down)
    press(qtbot, page.focusWidget(), Qt.Key.Key_Down)

    assert page.filters.query.state is State.CONFIRMED
    assert page.focusWidget() is page.filters.state.row(State.CONFIRMED)


@pytest.mark.parametrize(
    ("key", "opened"),
    [(Qt.Key.Key_Left, False), (Qt.Key.Key_Right, True), (Qt.Key.Key_Space, False)],
)
def test_parts_open_and_close_by_key(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession, key: Qt.Key, opened: bool
) -> None:
    section = page.filters.controls.sections[Filter.STATE]

    press(qtbot, section.header, key)

    assert (section.is_open, page.filters.state.isVisible()) == (opened, opened)


def test_problems_are_offered_as_far_as_there_are_any(
    page: ReviewPage, session: ReviewSession
) -> None:
    problems = np.zeros(100, np.uint16)
    problems[:3] = ProblemFlag.DUPLICATE
    page.apply_changes(session.replace_tiles(replace(session.tiles, problems=problems)))

    page.filters.problem.choose(ProblemFlag.DUPLICATE)

    assert len(page.filters.problem.values) == 3
    assert page.grid.order.tolist() == [0, 1, 2]


def test_what_needs_scores_is_offered_once_there_are_some(
    page: ReviewPage, session: ReviewSession
) -> None:
    scored, none = session.ranking, np.full(100, np.nan, np.float32)
    sections = page.filters.controls.sections
    page.apply_changes(session.rank_by(replace(scored, scores=none)))
    without = sections[Filter.SCORE].isVisible()
    page.apply_changes(session.rank_by(scored))

    assert (without, sections[Filter.SCORE].isVisible()) == (False, True)


# -- chips


def test_filters_in_force_are_chips_that_take_them_off(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.filters.state.choose(State.UNDECIDED)
    page.filters.scores.low.setValue(0.5)
    chips = page.filters.chips.chips

    qtbot.mouseClick(chips[Filter.SCORE], LEFT)

    assert [chip.toolTip() for chip in chips.values()] == [
        "Take off: State: Undecided",
        "Take off: Score: 0.50 to 1.00",
    ]
    assert page.filters.query.filters == (Filter.STATE,)
    assert page.filters.scores.ends == (0, 1)


def test_delete_takes_a_filter_off(qtbot: QtBot, page: ReviewPage, session: ReviewSession) -> None:
    page.filters.split.choose(Split.TEST)

    press(qtbot, page.filters.chips.chips[Filter.SPLIT], Qt.Key.Key_Delete)

    assert not page.filters.query.is_filtered
    assert not page.filters.chips.isVisible()


# -- search and groups


def test_typing_searches_after_a_pause(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    with qtbot.waitSignal(page.listing.arranged):
        qtbot.keyClicks(page.filters.search, "E-004")

    assert page.grid.order.tolist() == list(range(40, 50))


def test_what_is_being_typed_is_left_alone(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    qtbot.keyClicks(page.filters.search, "004 ")
    page.bar.sort.choose(SortKey.SCORE_UP)
    while_typing = page.filters.search.text()

    qtbot.waitUntil(lambda: page.filters.query.search == "004")

    assert (while_typing, page.filters.search.text()) == ("004 ", "004 ")
    page.filters.show_all()
    assert page.filters.search.text() == ""


def test_return_searches_at_once(qtbot: QtBot, page: ReviewPage, session: ReviewSession) -> None:
    page.filters.search.setText("0042")

    press(qtbot, page.filters.search, Qt.Key.Key_Return)

    assert page.grid.order.tolist() == [42]


def test_a_group_is_found_by_a_part_of_its_name(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    picker = page.filters.group
    page.filters.controls.sections[Filter.GROUP].set_open(True)
    picker.field.setText("LIDE-33")

    press(qtbot, picker.field, Qt.Key.Key_Return)

    assert picker.value == "slide-33"
    assert page.grid.order.tolist() == [99]


def test_a_group_is_chosen_from_what_typing_leaves(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    picker = page.filters.group
    page.filters.controls.sections[Filter.GROUP].set_open(True)
    page.activateWindow()
    picker.setFocus()
    qtbot.keyClicks(picker.field, "e-3")
    matches = picker.field.completer().popup()
    listed = [matches.model().index(row, 0).data() for row in range(3)]

    press(qtbot, matches, Qt.Key.Key_Down)
    press(qtbot, matches, Qt.Key.Key_Down)
    press(qtbot, matches, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: page.filters.query.group == "slide-30")
    assert listed == ["slide-3  (3)", "slide-30  (3)", "slide-31  (3)"]
    assert picker.field.text() == "slide-30"


def test_what_names_no_group_is_taken_back(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.filters.group.choose("slide-3")
    page.filters.group.field.setText("slide-")  # many

    press(qtbot, page.filters.group.field, Qt.Key.Key_Return)

    assert page.filters.group.field.text() == "slide-3"
    assert page.filters.query.group == "slide-3"


def test_the_list_of_groups_has_their_counts(page: ReviewPage, session: ReviewSession) -> None:
    groups = page.filters.group.groups

    assert groups.index(0).data() == "All groups  (100)"
    assert groups.index(groups.row_of("slide-2")).data() == "slide-2  (3)"
    assert groups.index(11).data() == "slide-10  (3)"  # by the number in it, not by its letters


# -- orders


def test_sorted_by_group_there_are_sections(session: ReviewSession) -> None:
    sections = answer(Query(sort=SortKey.GROUP), session.columns()).sections

    assert sections is not None
    assert sections.starts[:3].tolist() == [0, 3, 6]
    assert list(sections.titles)[9:12] == ["slide-9", "slide-10", "slide-11"]


def test_shuffling_draws_another_order(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    shuffles_before = page.bar.shuffle.isVisible()
    page.bar.sort.choose(SortKey.RANDOM)
    before = page.grid.order.tolist()

    qtbot.mouseClick(page.bar.shuffle, LEFT)

    assert not shuffles_before
    assert page.grid.order.tolist() != before
    assert page.filters.query.seed != 0


# -- blind


def test_a_blind_read_hides_what_tells_scores(page: ReviewPage, session: ReviewSession) -> None:
    sections = page.filters.controls.sections
    page.set_blind(True)

    hidden = {which for which, section in sections.items() if not section.isVisible()}
    assert {Filter.SCORE, Filter.DISAGREES} <= hidden
    assert page.bar.sort.findText("Score, highest first") == -1

    page.set_blind(False)
    assert sections[Filter.SCORE].isVisible()
    assert page.bar.sort.value is SortKey.SCORE_DOWN


# -- room


def test_a_low_window_scrolls_to_what_has_the_keyboard(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.resize(1280, 320)
    page.activateWindow()
    for section in page.filters.controls.sections.values():
        section.set_open(True)
    last = page.filters.split.row(None)

    page.filters.controls.sections[Filter.SPLIT].header.setFocus()
    press(qtbot, page.focusWidget(), Qt.Key.Key_Tab)

    assert page.focusWidget() is last
    assert not last.visibleRegion().isEmpty()


def test_nothing_is_cut_off_at_the_width_of_the_panel(
    page: ReviewPage, session: ReviewSession
) -> None:
    page.filters.setFixedWidth(220)
    viewport = page.filters.controls.parentWidget()

    assert viewport is not None
    assert page.filters.controls.minimumSizeHint().width() <= viewport.width()
