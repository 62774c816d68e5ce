"""The review page: order, filters, the large view, what it remembers, and its keyboard."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSlider, QWidget
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import POSITIVE
from histoviewer.domain.tiles import Split
from histoviewer.domain.triage import Filter, SortKey, State
from histoviewer.services.changes import Changes
from histoviewer.services.opening import open_workspace
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.arranging import Arrangement, Arranger
from histoviewer.ui.review.page import ReviewPage
from tests.ui.review.conftest import PlainTiles, make_session, make_workspace, painted, press


def shows(page: ReviewPage, tile: int) -> bool:
    """Return whether the inspector shows a tile of `PlainTiles`."""
    image, colour = page.inspector.picture.image, (tile, 2 * tile, 3 * tile)
    return image is not None and image.pixelColor(0, 0).getRgb()[:3] == colour


# -- order and filters


def test_a_verdict_does_not_move_tiles(page: ReviewPage, session: ReviewSession) -> None:
    page.filters.state.choose(State.UNDECIDED)
    before = page.grid.order.tolist()

    page.label(POSITIVE)

    assert page.grid.order.tolist() == before
    assert page.bar.refresh.isEnabled()


def test_sorting_again_is_offered_and_lets_decided_tiles_go(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.filters.state.choose(State.UNDECIDED)
    page.label(POSITIVE)

    qtbot.mouseClick(page.bar.refresh, Qt.MouseButton.LeftButton)

    assert 0 not in page.grid.order
    assert page.bar.counts.text() == "99 of 100 shown"
    assert not page.bar.refresh.isEnabled()


def test_the_sort_selector_sorts(page: ReviewPage, session: ReviewSession) -> None:
    page.bar.sort.choose(SortKey.SCORE_UP)

    assert page.grid.order[0] == 99


def test_filters_combine(page: ReviewPage, session: ReviewSession) -> None:
    session.tiles.splits[50:] = Split.TEST
    page.filters.split.choose(Split.TEST)
    page.filters.scores.low.setValue(0.3)

    assert page.grid.order.tolist() == [
        tile for tile in range(50, 100) if session.scores[tile] >= np.float32(0.3)
    ]


def test_new_scores_arrange_anew(page: ReviewPage, session: ReviewSession) -> None:
    changes = session.rank_by(replace(session.ranking, scores=session.scores[::-1].copy()))

    page.apply_changes(changes)

    assert page.grid.order[0] == 99


def test_changes_of_others_are_painted_without_moving_tiles(
    page: ReviewPage, session: ReviewSession
) -> None:
    before = painted(page.grid)

    page.apply_changes(session.label([3], POSITIVE))

    assert painted(page.grid) != before
    assert page.grid.order[3] == 3


def test_many_tiles_are_arranged_in_a_thread_and_the_newest_query_wins(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    answers: list[Arrangement] = []
    arranger = Arranger(answers.append, page, at_once=0)
    query = page.filters.query
    for sort in (SortKey.SCORE_DOWN, SortKey.RANDOM, SortKey.SCORE_UP):
        arranger.ask(replace(query, sort=sort), session.columns())

    qtbot.waitUntil(lambda: bool(answers))
    arranger.close()

    assert [answer.query.sort for answer in answers] == [SortKey.SCORE_UP]
    assert answers[0].order[0] == 99


# -- empty states


def test_where_nothing_matches_the_way_out_is_offered(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.filters.state.choose(State.FLAGGED)
    explained = page.empty.text

    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)

    assert "No tile matches" in explained
    assert len(page.grid.order) == 100
    assert page.grid.isVisible()


def test_closing_the_project_empties_the_page(page: ReviewPage, session: ReviewSession) -> None:
    page.show_workspace(None)

    assert page.grid.current is None
    assert not page.filters.isEnabled()
    assert page.empty.isVisible()


# -- large view and inspector


def test_the_large_view_has_the_same_keys(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.open_large()
    press(qtbot, page.large, Qt.Key.Key_Right)
    page.label(POSITIVE)

    assert page.is_large
    assert session.states.decided[1] == POSITIVE
    assert page.grid.current == 2
    assert page.large.position.text() == "3 of 100"


def test_escape_leads_back_to_the_grid(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.open_large()

    press(qtbot, page.large, Qt.Key.Key_Escape)

    assert page.grid.isVisible()


def test_enter_leads_back_too(page: ReviewPage, session: ReviewSession) -> None:
    page.open_large()
    page.open_large()

    assert not page.is_large


def test_the_inspector_shows_the_original(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.grid.go_to(7)

    qtbot.waitUntil(lambda: shows(page, 7))


def test_a_tile_that_cannot_be_read_says_why(qtbot: QtBot, page: ReviewPage) -> None:
    session = make_session(5)
    page.show_workspace(make_workspace(session, PlainTiles(5, broken=frozenset({0}))))

    qtbot.waitUntil(lambda: "truncated JPEG" in page.inspector.picture.text)


def test_the_centre_square_goes_through_its_ways(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.grid.go_to(60)  # the first tile is black: dimmed or not, it would look the same
    qtbot.waitUntil(lambda: shows(page, 60))
    looks = []
    for _ in range(3):
        looks.append(painted(page.inspector.picture))
        page.cycle_centre_square()

    assert painted(page.inspector.picture) == looks[0]
    assert looks[0] != looks[1] != looks[2] != looks[0]


# -- remembering


def test_a_page_comes_back_as_it_was(page: ReviewPage, session: ReviewSession) -> None:
    page.bar.sort.choose(SortKey.UNCERTAIN)
    page.filters.state.choose(State.UNDECIDED)
    page.bar.size_slider.setValue(128)
    page.grid.go_to(42)
    page.cycle_centre_square()
    page.filters.controls.sections[Filter.SCORE].set_open(False)
    remembered = json.loads(json.dumps(page.state()))
    page.filters.show_all()
    page.filters.controls.sections[Filter.SCORE].set_open(True)
    page.grid.go_to(1)
    page.bar.size_slider.setValue(40)

    page.restore(remembered)

    assert page.state() == remembered
    assert page.grid.current == 42
    assert page.bar.size_slider.value() == 128


def test_scroll_place_and_large_view_come_back(page: ReviewPage, session: ReviewSession) -> None:
    page.grid.verticalScrollBar().setValue(333)
    scrolled = json.loads(json.dumps(page.state()))
    page.open_large()
    large = json.loads(json.dumps(page.state()))
    page.open_large()
    page.grid.verticalScrollBar().setValue(0)

    page.restore(scrolled)
    place = page.grid.verticalScrollBar().value()
    page.restore(large)

    assert (place, page.is_large) == (333, True)


def test_who_leaves_before_the_tiles_are_there_loses_no_place(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.grid.go_to(42)
    remembered = page.state()
    page.grid.go_to(1)
    monkeypatch.setattr(page.listing._arranger, "_at_once", 0)  # in a thread from now on

    page.restore(remembered)

    assert page.state() == remembered
    qtbot.waitUntil(lambda: page.grid.current == 42)


@pytest.mark.parametrize(
    "broken",
    [
        {"query": {"sort": "sideways"}},
        {"query": {"score": [0.9, 0.1]}},
        {"query": {"from a newer version": 1}},
        {"query": {"split": 3}},
        {"query": None},
        {"panes": 7},
    ],
)
def test_a_broken_memory_is_said_and_ignored(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession, broken: dict[str, object]
) -> None:
    before = page.state()

    with qtbot.waitSignal(page.notice):
        page.restore(broken)

    assert page.state() == before


# -- keyboard and screen readers


def test_every_control_can_be_reached_by_tab_and_has_a_name(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.filters.scores.low.setValue(0.1)  # so that 'Show all' can be pressed
    for section in page.filters.controls.sections.values():
        section.set_open(True)
    reached: list[QWidget] = []
    page.activateWindow()
    page.grid.setFocus()
    for _ in range(50):
        press(qtbot, page.focusWidget() or page, Qt.Key.Key_Tab)
        focused = page.focusWidget()
        if focused is not None and focused not in reached:
            reached.append(focused)

    wanted: list[QWidget] = [
        page.grid, page.bar.sort, page.bar.size_slider,
        page.filters.split.row(None), page.filters.state.row(None), page.filters.group,
        page.filters.search, page.filters.views,
        page.filters.controls.sections[Filter.SPLIT].header,
        page.filters.scores.histogram, page.filters.scores.low, page.filters.scores.high,
        page.filters.reset, page.inspector.centre_button,
    ]  # fmt: skip
    assert [widget for widget in wanted if widget not in reached] == []
    assert all(widget.accessibleName() or hasattr(widget, "text") for widget in wanted)


def test_a_screen_reader_hears_of_the_current_tile(
    page: ReviewPage, session: ReviewSession
) -> None:
    page.grid.go_to(1)

    assert page.grid.accessibleDescription().startswith("Tile tile-0001, tumour, undecided")


def test_slider_and_wheel_agree_on_the_size(page: ReviewPage, session: ReviewSession) -> None:
    page.grid.set_tile_size(200)
    slider: QSlider = page.bar.size_slider
    shown = slider.value()
    slider.setValue(64)

    assert (shown, page.grid.tile_size) == (200, 64)


def test_the_page_passes_the_keyboard_on_to_what_it_shows(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.filters.split.setFocus()
    page.setFocus()
    in_grid = page.focusWidget()
    page.open_large()
    page.setFocus()

    assert (in_grid, page.focusWidget()) == (page.grid, page.large)


# -- a real project


def test_a_real_project_is_reviewed_and_kept(
    qtbot: QtBot, page: ReviewPage, ranked_path: Path
) -> None:
    with open_workspace(ranked_path, reader="AB") as workspace:
        page.show_workspace(workspace)
        page.select_all()
        page.label(POSITIVE)
        page.undo()
        page.answer(agree=True)
        qtbot.waitUntil(lambda: page.inspector.picture.image is not None)
        page.show_workspace(None)

    with open_workspace(ranked_path, reader="CD") as workspace:
        page.show_workspace(workspace)
        assert page.undo_text.startswith("Undo")
        assert len(workspace.session.log.batches) == 3
        page.show_workspace(None)


def test_packed_tiles_take_over(qtbot: QtBot, page: ReviewPage, session: ReviewSession) -> None:
    packed = PlainTiles(100)

    page.set_pixels(packed)
    painted(page.grid)

    qtbot.waitUntil(lambda: bool(packed.asked))


def test_apply_changes_without_a_project_is_harmless(page: ReviewPage) -> None:
    page.apply_changes(Changes(scores=True))

    assert len(page.grid.order) == 0


def test_a_tile_without_a_group_has_none_to_select(
    page: ReviewPage, session: ReviewSession
) -> None:
    session.tiles.groups[:] = -1
    notices: list[str] = []
    page.notice.connect(notices.append)

    page.select_group()

    assert notices == ["The group of this tile is not known."]
    assert page.grid.selection.tiles().tolist() == [0]
