"""Groups in the grid: headers above them, what a click on one does, and moves between them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from histoviewer.domain.triage import Query
from histoviewer.ui.review.facts import cell_facts
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.review.headers import header_texts
from histoviewer.ui.review.sections import Sections
from tests.ui.review.conftest import PlainTiles, make_session, painted, press
from tests.ui.review.gestures import CTRL, LEFT, SHIFT, drag, fill_in, rest_at

COUNT = 60
SECTIONS = Sections(np.array([0, 5, 6, 30]), ["slide-a", "slide-b", "slide-c", "no group"])


@pytest.fixture(autouse=True)
def tiles(grid: TileGrid) -> None:
    """60 tiles of four groups, in rows of four."""
    session = make_session(COUNT)
    grid.show_project(COUNT, lambda index: cell_facts(session, Query(), index), PlainTiles(COUNT))
    grid.set_order(np.arange(COUNT), None, SECTIONS)
    grid.setFocus()


def header(grid: TileGrid, section: int) -> QPoint:
    """A point on a header in view."""
    tops = dict(grid.geometry_now().headers(grid.verticalScrollBar().value()))
    return QPoint(30, tops[section] + grid.geometry_now().header // 2)


def top_strip(grid: TileGrid) -> QImage:
    return painted(grid.viewport()).copy(0, 0, 300, grid.geometry_now().header)


def chosen(grid: TileGrid) -> list[int]:
    return grid.selection.tiles().tolist()


def test_a_click_on_a_header_selects_its_group(qtbot: QtBot, grid: TileGrid) -> None:
    qtbot.mouseClick(grid.viewport(), LEFT, pos=header(grid, 0))

    assert (chosen(grid), grid.current) == ([0, 1, 2, 3, 4], 0)


@pytest.mark.parametrize("modifier", [CTRL, SHIFT])
def test_with_a_modifier_it_adds_the_group(
    qtbot: QtBot, grid: TileGrid, modifier: Qt.KeyboardModifier
) -> None:
    grid.go_to(2)

    qtbot.mouseClick(grid.viewport(), LEFT, modifier, header(grid, 1))

    assert (chosen(grid), grid.current) == ([2, 5], 2)


def test_ctrl_and_a_second_click_take_the_group_out(qtbot: QtBot, grid: TileGrid) -> None:
    for _ in range(2):
        qtbot.mouseClick(grid.viewport(), LEFT, CTRL, header(grid, 1))

    assert chosen(grid) == [0]


def test_no_band_begins_on_a_header(grid: TileGrid) -> None:
    drag(grid, header(grid, 1), header(grid, 1) + QPoint(200, -100))

    assert chosen(grid) == [5]


def test_a_header_sticks_to_the_top_and_covers_the_tiles_below(grid: TileGrid) -> None:
    grid.verticalScrollBar().setValue(20)
    first = top_strip(grid)
    grid.verticalScrollBar().setValue(40)

    assert top_strip(grid) == first
    assert grid.header_at(QPoint(30, 3).toPointF()) == 0
    assert grid.place_at(QPoint(100, 3).toPointF()) is None


def test_the_next_header_takes_its_place(grid: TileGrid) -> None:
    grid.verticalScrollBar().setValue(20)
    first = top_strip(grid)
    grid.verticalScrollBar().setValue(grid.geometry_now().row_top(3))

    assert grid.header_at(QPoint(30, 3).toPointF()) == 2
    assert top_strip(grid) != first


def test_a_tile_is_brought_into_view_below_its_header(qtbot: QtBot, grid: TileGrid) -> None:
    grid.go_to(55)
    for _ in range(6):
        press(qtbot, grid, Qt.Key.Key_PageUp)

    scroll, geometry = grid.verticalScrollBar().value(), grid.geometry_now()
    assert grid.current == 1
    assert geometry.row_top(0) - scroll >= geometry.header


def test_keys_go_from_group_to_group(qtbot: QtBot, grid: TileGrid) -> None:
    seen = []
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
        press(qtbot, grid, key, Qt.KeyboardModifier.AltModifier)
        seen.append(grid.current)

    assert seen == [5, 6, 5]


def test_a_header_says_what_a_click_does(grid: TileGrid) -> None:
    rest_at(grid, header(grid, 1))

    assert "group" in QToolTip.text()
    QToolTip.hideText()


@pytest.mark.parametrize(("count", "text"), [(1, "1 tile"), (277_483, "277,483 tiles")])
def test_a_header_counts_its_tiles(count: int, text: str) -> None:
    assert header_texts("slide-a", count) == ("slide-a", text)


def test_without_sections_there_are_no_headers(qtbot: QtBot, grid: TileGrid) -> None:
    with_headers = fill_in(qtbot, grid)

    grid.set_order(np.arange(COUNT))

    assert grid.geometry_now().headers(0) == []
    assert fill_in(qtbot, grid) != with_headers


@given(starts=st.sets(st.integers(1, 49)), place=st.integers(0, 49))
def test_each_place_is_in_one_section(starts: set[int], place: int) -> None:
    sections = Sections(np.array([0, *sorted(starts)]), [""] * (len(starts) + 1))

    holding = [at for at in range(len(sections)) if place in sections.places(at, 50)]

    assert holding == [sections.at(place)]


@pytest.mark.parametrize(
    ("starts", "titles"), [([1], ["a"]), ([0, 3, 3], ["a", "b", "c"]), ([0, 2], ["a"])]
)
def test_sections_that_leave_places_out_are_refused(starts: list[int], titles: list[str]) -> None:
    with pytest.raises(ValueError, match="section"):
        Sections(np.array(starts), titles)
