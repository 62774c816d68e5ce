"""Who has the keyboard in the real window, and what the large view judges there."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import POSITIVE, UNLABELLED
from histoviewer.ui.window import MainWindow
from tests.ui.acting import Open, press


@pytest.fixture
def opened(open_window: Open, ranked_path: Path) -> MainWindow:
    return open_window(ranked_path)


def click(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("name", ["centre_button", "size_slider", "histogram"])
def test_a_click_leaves_the_keyboard_with_the_grid(
    opened: MainWindow, qtbot: QtBot, name: str
) -> None:
    page = opened.pages.current
    control = {
        "centre_button": page.inspector.centre_button,
        "size_slider": page.bar.size_slider,
        "histogram": page.filters.scores.histogram,
    }[name]

    click(qtbot, control)

    assert opened.focusWidget() is page.grid


def test_selecting_the_id_of_a_tile_leaves_the_keyboard_with_the_grid(
    opened: MainWindow, qtbot: QtBot
) -> None:
    page = opened.pages.current

    for label in page.inspector.findChildren(QLabel):
        click(qtbot, label)

    assert opened.focusWidget() is page.grid


def test_choosing_in_a_list_leaves_the_keyboard_with_the_grid(
    opened: MainWindow, qtbot: QtBot
) -> None:
    page = opened.pages.current
    box: QComboBox = page.inspector.look.channel
    click(qtbot, box)
    qtbot.waitUntil(box.view().isVisible)
    qtbot.keyClick(box.view(), Qt.Key.Key_Down)
    qtbot.keyClick(box.view(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not box.view().isVisible())

    assert (box.currentIndex(), opened.focusWidget()) == (1, page.grid)


@pytest.mark.parametrize("by_mouse", [True, False])
def test_sorting_again_leaves_the_keyboard_with_the_grid(
    opened: MainWindow, qtbot: QtBot, by_mouse: bool
) -> None:
    page = opened.pages.current
    press(qtbot, opened, Qt.Key.Key_1)
    if by_mouse:
        click(qtbot, page.bar.refresh)
    else:
        page.bar.refresh.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.keyClick(page.bar.refresh, Qt.Key.Key_Space)

    qtbot.waitUntil(lambda: not page.bar.refresh.isEnabled())

    assert opened.focusWidget() is page.grid


def test_the_large_view_judges_the_tile_it_shows_alone(opened: MainWindow, qtbot: QtBot) -> None:
    page = opened.pages.current
    press(qtbot, opened, Qt.Key.Key_A, modifier=Qt.KeyboardModifier.ControlModifier)
    shown = page.grid.current
    press(qtbot, opened, Qt.Key.Key_Return)

    qtbot.keyClick(page.large, Qt.Key.Key_1)

    decided = opened.bench.workspace.session.states.decided
    assert np.flatnonzero(decided != UNLABELLED).tolist() == [shown]


def test_undoing_in_the_large_view_leaves_no_hidden_selection(
    opened: MainWindow, qtbot: QtBot
) -> None:
    page, session = opened.pages.current, opened.bench.workspace.session
    press(qtbot, opened, Qt.Key.Key_A, modifier=Qt.KeyboardModifier.ControlModifier)
    press(qtbot, opened, Qt.Key.Key_F)
    press(qtbot, opened, Qt.Key.Key_Return)

    qtbot.keyClick(page.large, Qt.Key.Key_Backspace)
    undone = int(session.states.flagged.sum()), page.grid.selection.count
    qtbot.keyClick(page.large, Qt.Key.Key_1)

    assert undone == (0, 1)
    assert int((session.states.decided == POSITIVE).sum()) == 1


def test_the_first_label_of_a_test_tile_is_called_a_label(opened: MainWindow, qtbot: QtBot) -> None:
    page, session = opened.pages.current, opened.bench.workspace.session
    page.grid.go_to(int(np.flatnonzero(session.tiles.given == UNLABELLED)[0]))
    tile = page.grid.current

    press(qtbot, opened, Qt.Key.Key_1)
    page.grid.go_to(tile)

    assert page.inspector.history.item(0).text().startswith("labelled 1\n")


def test_advancing_can_be_switched_off(opened: MainWindow, qtbot: QtBot) -> None:
    page, advance = opened.pages.current, opened.commands["review.advance"]
    first, was_on = page.grid.current, advance.isChecked()

    advance.trigger()
    press(qtbot, opened, Qt.Key.Key_1)

    assert (was_on, advance.isChecked()) == (True, False)
    assert page.grid.current == first
