"""Errors on the page: worst first, judged by key, closed in blind reads."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from histoviewer.ui.evaluate.gallery import worst_first
from histoviewer.ui.evaluate.layout import Tab
from histoviewer.ui.evaluate.page import EvaluatePage
from histoviewer.ui.keymap import KeyMap
from tests.ui.conftest import PATIENCE_MS
from tests.ui.evaluate.acting import go_to


def test_errors_come_worst_first_and_take_verdicts_by_key(page: EvaluatePage) -> None:
    window = page.window()
    session = window.bench.workspace.session
    go_to(page, Tab.ERRORS)
    grid = page.parts.gallery.grid
    expected = worst_first(page.assessor.found[0], 0.5, missed=-1)
    assert grid.order.tolist() == expected.tolist()
    assert len(expected) > 1
    other = 1 - int(session.effective[expected[0]])
    grid.go_to_place(0)

    QTest.keyClick(grid, Qt.Key.Key_1 if other else Qt.Key.Key_0)

    assert session.states.decided[expected[0]] == other
    assert grid.current == expected[1]
    assert page.parts.refresh.isVisible()
    assert grid.order.tolist() == expected.tolist()


def test_a_verdict_stays_on_its_error_where_that_is_chosen_here_or_on_the_review_page(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    window = page.window()
    advance, review = window.commands["review.advance"], window.pages.pages["review"]
    go_to(page, Tab.ERRORS)
    grid = page.parts.gallery.grid
    grid.go_to_place(0)
    first = grid.current

    advance.trigger()
    QTest.keyClick(grid, Qt.Key.Key_1)
    assert grid.current == first
    assert window.bench.workspace.session.states.decided[first] == 1
    assert not review.advances

    window.pages.show_page("review")
    assert not advance.isChecked()
    advance.trigger()
    window.pages.show_page("evaluate")
    assert advance.isChecked()
    QTest.keyClick(grid, Qt.Key.Key_0)
    assert grid.current != first


def test_a_verdict_on_an_error_is_kept_with_what_was_on_screen(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    session = page.window().bench.workspace.session
    page.table.mark("002-test", on=True)
    page.table.mark("001-test", on=False)
    qtbot.waitUntil(
        lambda: [each.model for each in page.assessor.found] == ["002-test"], timeout=PATIENCE_MS
    )
    go_to(page, Tab.ERRORS)
    grid = page.parts.gallery.grid
    grid.go_to_place(0)
    place = page.assessor.found[0].rows.tolist().index(grid.current)

    QTest.keyClick(grid, Qt.Key.Key_1)

    batch = session.log.batches[-1]
    assert batch.model == "002-test"
    assert batch.scores.tolist() == [page.assessor.found[0].scores[place]]


def test_rejecting_an_error_means_what_the_threshold_that_is_shown_calls_it(
    page: EvaluatePage,
) -> None:
    session = page.window().bench.workspace.session
    page.parts.explorer.threshold.setValue(0.99)
    go_to(page, Tab.ERRORS)
    grid = page.parts.gallery.grid
    missed = [tile for tile in grid.order.tolist() if session.scores[tile] >= 0.5]
    grid.go_to_place(grid.order.tolist().index(missed[0]))

    QTest.keyClick(grid, Qt.Key.Key_X)  # it calls the tile negative there

    assert session.states.decided[missed[0]] == 1


def test_keys_do_nothing_where_no_errors_are_shown(page: EvaluatePage) -> None:
    session = page.window().bench.workspace.session
    go_to(page, Tab.ERRORS)
    page.parts.gallery.grid.go_to_place(0)
    go_to(page, Tab.CURVES)

    page.label(1)

    assert page.target_count == 0
    assert session.log.last_sequence == 0


def test_errors_are_selected_by_the_keys_of_the_key_map(page: EvaluatePage) -> None:
    window = page.window()
    go_to(page, Tab.ERRORS)
    grid = page.parts.gallery.grid
    everything = len(grid.order)
    grid.go_to_place(0)

    counts = []
    for key in (Qt.Key.Key_A, Qt.Key.Key_D, Qt.Key.Key_I):
        QTest.keyClick(grid, key, Qt.KeyboardModifier.ControlModifier)
        counts.append(grid.selection.count)
    window.commands.set_keymap(KeyMap({**KeyMap.load().keys, "edit.select-all": ("F9",)}))
    grid.select_none()
    QTest.keyClick(grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    by_the_old_key = grid.selection.count
    QTest.keyClick(grid, Qt.Key.Key_F9)

    assert counts == [everything, 0, everything]
    assert (by_the_old_key, grid.selection.count) == (0, everything)


def test_evaluating_again_takes_the_labels_of_now(page: EvaluatePage, qtbot: QtBot) -> None:
    session = page.window().bench.workspace.session
    tile = int(page.assessor.found[0].rows[0])
    before = page.assessor.found[0].labels[0]
    page.window().bench.changed.emit(session.label([tile], 1 - int(before)))

    page.parts.refresh.click()

    qtbot.waitUntil(lambda: page.assessor.found[0].labels[0] != before, timeout=PATIENCE_MS)
    assert page.parts.refresh.isHidden()


def test_a_blind_read_closes_the_errors_and_says_why(page: EvaluatePage) -> None:
    page.window().bench.workspace.session.blind = True

    go_to(page, Tab.ERRORS)

    assert len(page.parts.gallery.grid.order) == 0
    assert "blind read" in page.parts.gallery._empty.text()


def test_coming_back_in_a_blind_read_finds_the_errors_closed_at_once(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    window = page.window()
    go_to(page, Tab.ERRORS)
    assert len(page.parts.gallery.grid.order) > 0
    review = window.pages.show_page("review")
    qtbot.keyClick(review.grid, Qt.Key.Key_B)
    assert window.bench.workspace.session.blind

    window.pages.show_page("evaluate")

    assert len(page.parts.gallery.grid.order) == 0
    assert page.parts.gallery._count.text() == ""


def test_agreeing_is_refused_where_the_champion_is_not_shown(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    page.table.mark("002-test", on=True)
    page.table.mark("001-test", on=False)
    qtbot.waitUntil(
        lambda: [each.model for each in page.assessor.found] == ["002-test"], timeout=PATIENCE_MS
    )
    go_to(page, Tab.ERRORS)
    page.parts.gallery.grid.go_to_place(0)

    with qtbot.waitSignal(page.notice) as said:
        page.answer(True)

    assert "speak of the champion" in said.args[0]
