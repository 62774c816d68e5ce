"""Selecting, scrolling and asking in the grid, by real events of mouse, wheel and keys."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from histoviewer.domain.triage import Query
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.facts import cell_facts
from histoviewer.ui.review.grid import TileGrid
from tests.ui.review.conftest import PlainTiles, make_session, painted, press
from tests.ui.review.gestures import (
    CTRL,
    LEFT,
    NONE,
    SHIFT,
    ask_for_menu,
    centre,
    drag,
    hold_down,
    rest_at,
    wheel,
)

COUNT = 400


@pytest.fixture(autouse=True)
def tiles(grid: TileGrid) -> ReviewSession:
    """400 tiles in rows of four, in the order of the data set."""
    session = make_session(COUNT)
    grid.show_project(COUNT, lambda index: cell_facts(session, Query(), index), PlainTiles(COUNT))
    grid.set_order(np.arange(COUNT))
    grid.setFocus()
    return session


def chosen(grid: TileGrid) -> list[int]:
    return grid.selection.tiles().tolist()


# -- selecting by mouse ---------------------------------------------------------------------------


def test_ctrl_shift_and_a_click_add_a_range(qtbot: QtBot, grid: TileGrid) -> None:
    view = grid.viewport()
    qtbot.mouseClick(view, LEFT, NONE, centre(grid, 0))
    qtbot.mouseClick(view, LEFT, CTRL, centre(grid, 4))
    qtbot.mouseClick(view, LEFT, CTRL | SHIFT, centre(grid, 6))

    assert chosen(grid) == [0, 4, 5, 6]


@pytest.mark.parametrize(
    ("modifiers", "expected"),
    [(NONE, [0, 1, 4, 5]), (CTRL, [1, 4, 5, 10]), (SHIFT, [0, 1, 4, 5, 10])],
)
def test_a_band_replaces_turns_over_or_adds(
    qtbot: QtBot, grid: TileGrid, modifiers: Qt.KeyboardModifier, expected: list[int]
) -> None:
    grid.choose(np.array([0, 10]))

    drag(grid, centre(grid, 0), centre(grid, 2), centre(grid, 5), modifiers=modifiers)

    assert chosen(grid) == expected


@pytest.mark.parametrize("way", ["key", "button"])
def test_a_band_can_be_called_off(qtbot: QtBot, grid: TileGrid, way: str) -> None:
    grid.choose(np.array([7, 9]))
    drag(grid, centre(grid, 0), centre(grid, 5), let_go=False)
    banded = painted(grid)

    if way == "key":
        press(qtbot, grid, Qt.Key.Key_Escape)
    else:
        qtbot.mousePress(grid.viewport(), Qt.MouseButton.RightButton, pos=centre(grid, 5))
    qtbot.mouseRelease(grid.viewport(), LEFT, pos=centre(grid, 5))

    assert (chosen(grid), grid.current) == ([7, 9], 7)
    assert painted(grid) != banded


def test_a_band_begun_beside_the_tiles_selects(grid: TileGrid) -> None:
    drag(grid, QPoint(2, 2), QPoint(40, 40))

    assert chosen(grid) == [0]


def test_a_press_beside_the_tiles_selects_nothing(qtbot: QtBot, grid: TileGrid) -> None:
    qtbot.mouseClick(grid.viewport(), LEFT, pos=QPoint(1, 1))
    nothing = chosen(grid)
    qtbot.mouseClick(grid.viewport(), LEFT, pos=centre(grid, 3))
    qtbot.mouseClick(grid.viewport(), LEFT, CTRL, QPoint(1, 1))

    assert (nothing, chosen(grid)) == ([], [3])


def test_fast_clicks_on_neighbours_all_count(qtbot: QtBot, grid: TileGrid) -> None:
    view, seen = grid.viewport(), []
    for place in (0, 1, 5):
        at = centre(grid, place)
        drag(grid, at, at + QPoint(1, 2), at + QPoint(2, 2))
        qtbot.mouseDClick(view, LEFT, pos=at)
        seen.append(chosen(grid))

    assert seen == [[0], [1], [5]]


def test_a_band_scrolls_at_the_edge_and_takes_what_comes_by(qtbot: QtBot, grid: TileGrid) -> None:
    below = QPoint(centre(grid, 1).x(), grid.viewport().height() + 60)
    drag(grid, centre(grid, 0), below, let_go=False)

    qtbot.waitUntil(lambda: grid.verticalScrollBar().value() > 300)
    qtbot.mouseRelease(grid.viewport(), LEFT, pos=below)

    rest = grid.verticalScrollBar().value()
    assert {0, 1, 16, 17} <= set(chosen(grid))
    assert not {2, 3, 18} & set(chosen(grid))
    painted(grid)
    assert grid.verticalScrollBar().value() == rest


def test_a_band_follows_the_wheel(grid: TileGrid) -> None:
    drag(grid, centre(grid, 0), centre(grid, 5), let_go=False)

    wheel(grid, pixels=-grid.geometry_now().pitch)

    assert chosen(grid) == [0, 1, 4, 5, 8, 9]


def test_another_order_ends_a_band(grid: TileGrid) -> None:
    drag(grid, centre(grid, 0), centre(grid, 5), let_go=False)

    grid.set_order(np.arange(COUNT)[::-1].copy())

    assert not grid.is_banding
    assert chosen(grid) == [5, 4, 1, 0]


# -- selecting by keys ----------------------------------------------------------------------------


def test_ctrl_moves_without_selecting_and_ctrl_space_toggles(qtbot: QtBot, grid: TileGrid) -> None:
    press(qtbot, grid, Qt.Key.Key_Right, CTRL)
    press(qtbot, grid, Qt.Key.Key_Right, CTRL)
    press(qtbot, grid, Qt.Key.Key_Space, CTRL)
    press(qtbot, grid, Qt.Key.Key_Right, CTRL, SHIFT)

    assert (chosen(grid), grid.current) == ([0, 2, 3], 3)


def test_going_down_past_a_short_row_keeps_the_column(qtbot: QtBot, grid: TileGrid) -> None:
    grid.set_order(np.arange(6))
    grid.go_to(3)

    press(qtbot, grid, Qt.Key.Key_Down)
    short = grid.current
    press(qtbot, grid, Qt.Key.Key_Up)

    assert (short, grid.current) == (5, 3)


def test_a_key_held_down_moves_once_a_paint(qtbot: QtBot, grid: TileGrid) -> None:
    hold_down(grid, Qt.Key.Key_Right, repeats=5)
    unpainted = grid.current
    painted(grid)
    hold_down(grid, Qt.Key.Key_Right, repeats=1)

    assert (unpainted, grid.current) == (1, 2)


# -- scrolling ------------------------------------------------------------------------------------


def test_slow_fingers_are_not_lost(grid: TileGrid, qtbot: QtBot) -> None:
    for _ in range(8):
        wheel(grid, notches=-1 / 8)

    wanted = grid.geometry_now().pitch
    qtbot.waitUntil(lambda: grid.verticalScrollBar().value() == wanted)


def test_slow_fingers_change_the_size(grid: TileGrid) -> None:
    for _ in range(16):
        wheel(grid, notches=1 / 16, modifiers=CTRL)

    assert grid.tile_size == round(96 * 1.1)


def test_a_touchpad_stops_a_glide(qtbot: QtBot, grid: TileGrid) -> None:
    wheel(grid, notches=-5)
    wheel(grid, pixels=-3)

    rest = grid.verticalScrollBar().value()
    qtbot.waitUntil(lambda: not grid.is_gliding)
    assert grid.verticalScrollBar().value() == rest == 3


# -- menu and tooltips ----------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "expected"), [(5, [5]), (9, [8, 9])])
def test_a_right_click_takes_its_tile_unless_it_is_selected(
    qtbot: QtBot, grid: TileGrid, place: int, expected: list[int]
) -> None:
    grid.choose(np.array([8, 9]))

    with qtbot.waitSignal(grid.menu_asked) as asked:
        ask_for_menu(grid, centre(grid, place))

    assert asked.args == [grid.viewport().mapToGlobal(centre(grid, place))]
    assert (chosen(grid), grid.current) == (expected, place)


@pytest.mark.parametrize("key", ["Menu", "Shift+F10"])
def test_the_menu_opens_by_keys_at_the_current_tile(qtbot: QtBot, grid: TileGrid, key: str) -> None:
    grid.choose(np.array([40, 41]))

    with qtbot.waitSignal(grid.menu_asked) as asked:
        if key == "Menu":
            ask_for_menu(grid, None)
        else:
            press(qtbot, grid, Qt.Key.Key_F10, SHIFT)

    assert asked.args == [grid.viewport().mapToGlobal(centre(grid, 40))]
    assert chosen(grid) == [40, 41]


def test_a_resting_mouse_is_told_about_the_tile(qtbot: QtBot, grid: TileGrid) -> None:
    grid.set_tips(lambda tile: f"this is {tile}")

    rest_at(grid, centre(grid, 6))
    told = QToolTip.text()
    rest_at(grid, QPoint(1, 1))

    assert told == "this is 6"
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
