"""The queue page in the real window: what waits, left out, weighed, shown in the grid."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from histoviewer.domain.tiles import Split
from histoviewer.project.project import Project
from histoviewer.services.opening import open_workspace
from histoviewer.ui.queue.model import AFTER, BEFORE, MODEL, READER, SCORE, TILE, WEIGHT
from histoviewer.ui.queue.page import QueuePage
from histoviewer.ui.window import MainWindow
from tests.ui.acting import Open, each_ending, wait
from tests.ui.conftest import PATIENCE_MS

MINUS = "\N{MINUS SIGN}"


@pytest.fixture
def page(open_window: Open, ranked_path: Path, qtbot: QtBot) -> QueuePage:
    """The page, reached by its key, where Ada corrected two training tiles."""
    with open_workspace(ranked_path, reader="Ada") as workspace:
        session = workspace.session
        training = session.tiles.splits == Split.TRAIN
        for tile in np.flatnonzero(training & (session.tiles.given == 0))[:2]:
            session.label([tile], 1)
    window = open_window(ranked_path)
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    shown = window.pages.current
    assert isinstance(shown, QueuePage)
    qtbot.waitUntil(lambda: shown.model.rowCount() > 1, timeout=PATIENCE_MS)
    return shown


def text(page: QueuePage, row: int, column: int) -> str:
    return page.model.index(row, column).data()


def stored(page: QueuePage) -> list[float]:
    with Project.open(page.window().bench.workspace.project.path, read_only=True) as project:
        return [each.weight for each in project.queue_weights()]


def test_a_waiting_tile_is_told_with_all_that_led_to_it(page: QueuePage) -> None:
    assert [text(page, 0, column) for column in (BEFORE, AFTER, READER, MODEL)] == [
        f"{MINUS} 0",
        "+ 1",
        "Ada",
        "model 1",
    ]
    assert float(text(page, 0, SCORE)) >= 0
    assert "Ada" in page.parts.caption.text()


def test_rows_in_view_get_their_pictures(page: QueuePage, qtbot: QtBot) -> None:
    index = page.model.index(0, TILE)

    qtbot.waitUntil(
        lambda: page.model.data(index, Qt.ItemDataRole.DecorationRole) is not None,
        timeout=PATIENCE_MS,
    )


def test_the_preview_says_what_will_be_learned(page: QueuePage) -> None:
    assert "0 \N{RIGHTWARDS ARROW} 1: 2" in page.parts.preview.text()
    assert page.parts.count.text() == "2 tiles wait"


def test_a_tile_is_left_out_and_put_back_by_the_keyboard(page: QueuePage, qtbot: QtBot) -> None:
    session = page.window().bench.workspace.session
    page.parts.leave_out.setFocus()
    qtbot.keyClick(page.parts.leave_out, Qt.Key.Key_Space)

    assert (text(page, 0, WEIGHT), session.queue_length) == ("left out", 1)
    assert page.parts.leave_out.text() == "Put back"
    qtbot.waitUntil(lambda: stored(page) == [0.0], timeout=PATIENCE_MS)

    qtbot.keyClick(page.parts.leave_out, Qt.Key.Key_Space)
    assert (text(page, 0, WEIGHT), session.queue_length) == ("", 2)


def test_a_weight_is_typed_and_kept(page: QueuePage, qtbot: QtBot) -> None:
    box = page.parts.weight
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "2.5")
    qtbot.keyClick(box, Qt.Key.Key_Return)

    assert text(page, 0, WEIGHT) == "2.5"
    qtbot.waitUntil(lambda: stored(page) == [2.5], timeout=PATIENCE_MS)


@each_ending
def test_a_weight_that_is_being_typed_is_kept_at_closing(
    page: QueuePage, ranked_path: Path, qtbot: QtBot, end: Callable[[MainWindow], object]
) -> None:
    window, box = page.window(), page.parts.weight
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "2.5")

    end(window)

    wait(qtbot, lambda: window.bench.workspace is None)
    window.close()
    wait(qtbot, window.isHidden)
    with Project.open(ranked_path, read_only=True) as project:
        assert [each.weight for each in project.queue_weights()] == [2.5]


def test_passing_through_the_box_weighs_nothing(page: QueuePage, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.parts.leave_out, Qt.MouseButton.LeftButton)  # the first of two
    page.parts.list.selectAll()
    box = page.parts.weight
    assert (box.text(), box.lineEdit().placeholderText()) == ("", "mixed")

    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Tab)

    assert not box.hasFocus()
    assert [text(page, row, WEIGHT) for row in range(2)] == ["left out", ""]
    assert box.text() == ""


def test_what_is_typed_and_taken_back_weighs_nothing(page: QueuePage, qtbot: QtBot) -> None:
    box = page.parts.weight
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "3")
    qtbot.keyClick(box, Qt.Key.Key_Backspace)
    qtbot.keyClick(box, Qt.Key.Key_Tab)

    assert text(page, 0, WEIGHT) == ""
    assert box.value() == 1


def test_tiles_that_weigh_differently_get_one_weight_by_an_arrow(
    page: QueuePage, qtbot: QtBot
) -> None:
    qtbot.mouseClick(page.parts.leave_out, Qt.MouseButton.LeftButton)
    page.parts.list.selectAll()
    box = page.parts.weight
    box.setFocus()

    qtbot.keyClick(box, Qt.Key.Key_Up)
    qtbot.keyClick(box, Qt.Key.Key_Return)

    assert [text(page, row, WEIGHT) for row in range(2)] == ["1.5", "1.5"]


def test_enter_shows_what_waits_in_the_grid(page: QueuePage, qtbot: QtBot) -> None:
    waiting = page.model.tiles.tolist()
    window = page.window()

    qtbot.keyClick(page.parts.list, Qt.Key.Key_Return)

    review = window.pages.current
    assert window.pages.current_id == "review"
    qtbot.waitUntil(lambda: review.grid.order.tolist() == waiting, timeout=PATIENCE_MS)


def test_a_double_click_opens_the_tile_of_that_row(page: QueuePage, qtbot: QtBot) -> None:
    tile, view = page.model.entry(1).tile, page.parts.list
    place = view.visualRect(page.model.index(1, TILE)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)

    review = page.window().pages.current
    assert page.window().pages.current_id == "review"
    qtbot.waitUntil(lambda: len(review.grid.order) == 2, timeout=PATIENCE_MS)
    assert review.grid.current == tile


def test_a_blind_read_hides_the_scores_of_then_at_once(page: QueuePage, qtbot: QtBot) -> None:
    """Another reader, who has not judged the tiles, must not be told."""
    preferences = page.window().preferences
    preferences.set_reader("Ada")
    review = page.window().pages.show_page("review")
    review.set_blind(True)
    page.window().pages.show_page("queue")
    assert float(text(page, 0, SCORE)) >= 0  # Ada has judged it

    with qtbot.waitSignal(page.model.dataChanged):
        preferences.set_reader("Ben")

    assert text(page, 0, SCORE) == "hidden"
