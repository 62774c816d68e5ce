"""The grid by real keys, wheel and mouse."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.domain.tiles import ProblemFlag
from histoviewer.domain.triage import Query, State
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.colours import label_colours
from histoviewer.ui.review.facts import cell_facts
from histoviewer.ui.review.grid import LARGEST, SMALLEST, TileGrid
from tests.ui.review.conftest import PlainTiles, make_session, painted, press
from tests.ui.review.gestures import CTRL, SHIFT, centre, fill_in, wheel

COUNT = 400


@pytest.fixture
def tiles(grid: TileGrid) -> ReviewSession:
    """400 tiles in the grid, in the order of the data set."""
    session = make_session(COUNT)
    grid.show_project(COUNT, lambda index: cell_facts(session, Query(), index), PlainTiles(COUNT))
    grid.set_order(np.arange(COUNT))
    grid.setFocus()
    return session


def colour_in(image: QImage, grid: TileGrid, place: int) -> QColor:
    return image.pixelColor(centre(grid, place))


def test_tiles_are_grey_until_their_pixels_arrive(
    qtbot: QtBot, grid: TileGrid, tiles: ReviewSession
) -> None:
    image = fill_in(qtbot, grid)

    assert colour_in(image, grid, 5).getRgb()[:3] == (5, 10, 15)


def test_the_border_has_the_colour_of_the_label(
    qtbot: QtBot, grid: TileGrid, tiles: ReviewSession
) -> None:
    image = fill_in(qtbot, grid)
    scheme = label_colours(grid.palette())

    for place in (2, 3):
        x, y = grid.geometry_now().origin(place)
        edge = image.pixelColor(x + grid.geometry_now().margin - 1, y + 40)
        assert edge == scheme.of(int(tiles.tiles.given[place]))


def test_a_verdict_is_painted_at_once(qtbot: QtBot, grid: TileGrid, tiles: ReviewSession) -> None:
    before = fill_in(qtbot, grid)

    tiles.label([7], NEGATIVE)

    after = painted(grid)
    x, y = grid.geometry_now().origin(7)
    area = (x, y, grid.geometry_now().pitch, grid.geometry_now().pitch)
    assert before.copy(*area) != after.copy(*area)


def test_a_bad_tile_is_a_placeholder(qtbot: QtBot, grid: TileGrid, tiles: ReviewSession) -> None:
    tiles.tiles.problems[9] = ProblemFlag.UNREADABLE

    image = fill_in(qtbot, grid)

    assert colour_in(image, grid, 9).getRgb()[:3] != (9, 18, 27)


def test_a_tile_that_no_longer_matches_stays_and_pales(
    qtbot: QtBot, grid: TileGrid, tiles: ReviewSession
) -> None:
    query = Query(state=State.UNDECIDED)
    grid.show_project(COUNT, lambda index: cell_facts(tiles, query, index), PlainTiles(COUNT))
    grid.set_order(np.arange(COUNT))
    tiles.label([5], POSITIVE)

    image = fill_in(qtbot, grid)

    assert colour_in(image, grid, 5).lightness() > colour_in(image, grid, 6).lightness() + 40


def test_only_what_is_near_the_view_is_read(
    qtbot: QtBot, grid: TileGrid, tiles: ReviewSession
) -> None:
    source = PlainTiles(COUNT)
    grid.set_source(source)

    fill_in(qtbot, grid)

    asked = {tile for request in source.asked for tile in request}
    assert max(asked) < 60


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (Qt.Key.Key_Right, 11),
        (Qt.Key.Key_Left, 9),
        (Qt.Key.Key_Down, 14),
        (Qt.Key.Key_Up, 6),
        (Qt.Key.Key_PageDown, 22),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, COUNT - 1),
    ],
)
def test_keys_move_the_current_tile(
    qtbot: QtBot, grid: TileGrid, tiles: ReviewSession, key: Qt.Key, place: int
) -> None:
    grid.go_to(10)

    press(qtbot, grid, key)

    assert grid.current == place
    assert grid.selection.tiles().tolist() == [place]


def test_the_current_tile_is_scrolled_into_view(
    qtbot: QtBot, grid: TileGrid, tiles: ReviewSession
) -> None:
    press(qtbot, grid, Qt.Key.Key_End)

    geometry = grid.geometry_now()
    assert grid.verticalScrollBar().value() == geometry.greatest_scroll > 0


def test_shift_extends_the_selection(qtbot: QtBot, grid: TileGrid, tiles: ReviewSession) -> None:
    press(qtbot, grid, Qt.Key.Key_Right)
    press(qtbot, grid, Qt.Key.Key_Down, SHIFT)

    assert grid.selection.tiles().tolist() == [1, 2, 3, 4, 5]


def test_all_none_and_invert_reach_beyond_the_view(grid: TileGrid, tiles: ReviewSession) -> None:
    grid.select_all()
    everything = grid.selection.count
    grid.select_none()
    nothing = grid.selection.count
    grid.invert_selection()

    assert (everything, nothing, grid.selection.count) == (COUNT, 0, COUNT)


def test_other_keys_are_left_to_the_window(
    qtbot: QtBot, grid: TileGrid, tiles: ReviewSession
) -> None:
    with qtbot.captureExceptions() as problems:
        press(qtbot, grid, Qt.Key.Key_1)

    assert not problems
    assert not len(tiles.log.batches)


def test_clicks_select_with_modifiers(qtbot: QtBot, grid: TileGrid, tiles: ReviewSession) -> None:
    view, button = grid.viewport(), Qt.MouseButton.LeftButton
    qtbot.mouseClick(view, button, pos=centre(grid, 2))
    qtbot.mouseClick(view, button, SHIFT, centre(grid, 5))
    qtbot.mouseClick(view, button, CTRL, centre(grid, 3))

    assert grid.selection.tiles().tolist() == [2, 4, 5]
    assert grid.current == 3


def test_a_click_that_trembles_is_a_click(
    qtbot: QtBot, grid: TileGrid, tiles: ReviewSession
) -> None:
    view, start = grid.viewport(), centre(grid, 6)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(view, start + QPoint(2, 2))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(2, 2))

    assert grid.selection.tiles().tolist() == [6]


def test_a_drag_selects_what_it_touches(qtbot: QtBot, grid: TileGrid, tiles: ReviewSession) -> None:
    view = grid.viewport()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=centre(grid, 1))
    qtbot.mouseMove(view, centre(grid, 6))
    banded = painted(grid)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=centre(grid, 6))

    assert grid.selection.tiles().tolist() == [1, 2, 5, 6]
    assert banded != painted(grid)


def test_a_double_click_opens(qtbot: QtBot, grid: TileGrid, tiles: ReviewSession) -> None:
    with qtbot.waitSignal(grid.activated) as opened:
        qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=centre(grid, 4))

    assert opened.args == [4]


def test_a_touchpad_scrolls_by_pixels(grid: TileGrid, tiles: ReviewSession) -> None:
    wheel(grid, pixels=-37)

    assert grid.verticalScrollBar().value() == 37


def test_a_wheel_glides_and_turns_add_up(
    qtbot: QtBot, grid: TileGrid, tiles: ReviewSession
) -> None:
    wheel(grid, notches=-1)
    wheel(grid, notches=-1)

    wanted = 2 * grid.geometry_now().pitch
    qtbot.waitUntil(lambda: grid.verticalScrollBar().value() == wanted)


def test_ctrl_and_the_wheel_change_the_size_within_limits(
    grid: TileGrid, tiles: ReviewSession
) -> None:
    wheel(grid, notches=1, modifiers=CTRL)
    larger = grid.tile_size
    wheel(grid, notches=100, modifiers=CTRL)
    largest = grid.tile_size
    wheel(grid, notches=-100, modifiers=CTRL)

    assert 96 < larger < largest == LARGEST
    assert grid.tile_size == SMALLEST


def test_the_current_tile_keeps_its_place_in_the_view_when_sorted(
    grid: TileGrid, tiles: ReviewSession
) -> None:
    grid.go_to(200)
    before = centre(grid, 200).y()

    grid.set_order(np.arange(COUNT)[::-1].copy())

    assert grid.current == 200
    assert abs(centre(grid, COUNT - 1 - 200).y() - before) < grid.geometry_now().pitch


def test_the_current_tile_stays_in_view_when_tiles_grow(
    grid: TileGrid, tiles: ReviewSession
) -> None:
    grid.go_to(200)

    grid.set_tile_size(192)

    visible = grid.geometry_now().visible(grid.verticalScrollBar().value())
    assert 200 in visible


def test_on_a_dense_screen_tiles_have_more_pixels(
    qtbot: QtBot, grid: TileGrid, tiles: ReviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = grid.geometry_now().columns
    monkeypatch.setattr(grid, "devicePixelRatioF", lambda: 2.0)

    painted(grid)

    assert grid.geometry_now().tile == 2 * 96
    assert grid.geometry_now().columns == columns


def test_a_broken_tile_says_so(qtbot: QtBot, grid: TileGrid, tiles: ReviewSession) -> None:
    grid.set_source(PlainTiles(COUNT, broken=frozenset({3})))

    painted(grid)
    qtbot.waitUntil(lambda: 3 in grid.supply.failed)

    assert grid.supply.failed[3] == "truncated JPEG"
    painted(grid)
