"""The map itself: moved, neared, pointed at and surrounded, by mouse and by keyboard."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from histoviewer.domain.map_colouring import Category, ColourBy, Colouring, Kind, Sign
from histoviewer.domain.palettes import LIGHT, Tint
from histoviewer.services.embedding_map.scene import Emphasis, MapPoints, Scene
from histoviewer.ui.map.canvas import MapCanvas
from histoviewer.ui.map.page import surrounded
from histoviewer.ui.map.pointer import Tool
from histoviewer.ui.review.selection import Pick
from histoviewer.ui.theme import Theme

_SIDE = 9  # points lie on a square lattice, nine in a row
_COUNT = 72
_NONE, _SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
_CTRL, _LEFT = Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.LeftButton
_DISC = (Category(kind=Kind.POSITIVE, tint=Tint.POSITIVE, sign=Sign.DISC),)


@pytest.fixture
def canvas(qtbot: QtBot, theme: Theme):
    """A lattice of points, painted, with the keyboard."""
    made = MapCanvas()
    qtbot.addWidget(made)
    made.resize(600, 500)
    made.show()
    made.setFocus()
    tiles = np.arange(_COUNT)
    points = MapPoints.of(np.column_stack([tiles % _SIDE, tiles // _SIDE]).astype(np.float32))
    coloured = Colouring(by=ColourBy.LABEL, codes=np.zeros(_COUNT, np.uint8), categories=_DISC)
    made.show_points(points)
    emphasis = np.full(_COUNT, Emphasis.SHOWN, np.uint8)
    made.show_scene(Scene.of(points, coloured, emphasis, LIGHT))
    qtbot.waitUntil(lambda: not made.renderer.is_painting)
    yield made
    made.renderer.close()


@pytest.fixture
def heard(canvas: MapCanvas) -> list[tuple[str, object, object]]:
    """What the map tells: ('lasso', tiles, pick), ('pick', tile, pick), ('open', tile, None)."""
    told = []

    def hold(outline: np.ndarray, pick: Pick) -> None:
        told.append(("lasso", surrounded(canvas.scene, outline).tolist(), pick))

    canvas.lassoed.connect(hold)
    canvas.picked.connect(lambda tile, pick: told.append(("pick", tile, pick)))
    canvas.opened.connect(lambda tile: told.append(("open", tile, None)))
    return told


def place(canvas: MapCanvas, tile: int) -> QPoint:
    return canvas.place_of(tile).toPoint()


def around(canvas: MapCanvas, tiles: list[int], by: int = 20) -> list[QPoint]:
    """Return the corners of a box around some tiles."""
    places = [place(canvas, tile) for tile in tiles]
    left, right = min(p.x() for p in places) - by, max(p.x() for p in places) + by
    top, bottom = min(p.y() for p in places) - by, max(p.y() for p in places) + by
    return [QPoint(left, top), QPoint(right, top), QPoint(right, bottom), QPoint(left, bottom)]


def draw(canvas: MapCanvas, tiles: list[int], held: Qt.KeyboardModifier) -> None:
    """Draw a lasso around some tiles with the mouse."""
    corners = around(canvas, tiles)
    QTest.mousePress(canvas, _LEFT, held, corners[0])
    for corner in corners[1:]:
        QTest.mouseMove(canvas, corner)
    QTest.mouseRelease(canvas, _LEFT, held, corners[-1])


def keys(canvas: MapCanvas, *pressed: Qt.Key) -> None:
    for key in pressed:
        QTest.keyClick(canvas, key)


# --- by mouse


def test_shift_and_dragging_draws_a_lasso(canvas: MapCanvas, heard) -> None:
    view = canvas.view

    draw(canvas, [0, 1, 9, 10], _SHIFT)

    assert heard == [("lasso", [0, 1, 9, 10], Pick.REPLACE)]
    assert canvas.view == view


def test_with_the_tool_in_hand_no_shift_is_needed_and_ctrl_adds(canvas: MapCanvas, heard) -> None:
    canvas.set_tool(Tool.LASSO)

    draw(canvas, [20, 21], _CTRL)

    assert heard == [("lasso", [20, 21], Pick.ADD)]


def test_a_click_picks_a_double_click_opens(canvas: MapCanvas, heard) -> None:
    QTest.mouseClick(canvas, _LEFT, _NONE, place(canvas, 30))
    QTest.mouseClick(canvas, _LEFT, _CTRL, place(canvas, 31))
    QTest.mouseDClick(canvas, _LEFT, _NONE, place(canvas, 40))

    assert heard == [("pick", 30, Pick.REPLACE), ("pick", 31, Pick.TOGGLE), ("open", 40, None)]


def test_dragging_moves_the_points_along_and_picks_nothing(canvas: MapCanvas, heard) -> None:
    before, start = canvas.place_of(40), place(canvas, 40)

    QTest.mousePress(canvas, _LEFT, _NONE, start)
    for step in (10, 30):
        QTest.mouseMove(canvas, start + QPoint(step, step))
    QTest.mouseRelease(canvas, _LEFT, _NONE, start + QPoint(30, 30))

    moved = canvas.place_of(40) - before
    assert (moved.x(), moved.y()) == pytest.approx((30, 30), abs=0.01)
    assert heard == []


def test_what_is_pointed_at_is_the_nearest_point_within_reach(canvas: MapCanvas) -> None:
    QTest.mouseMove(canvas, place(canvas, 12) + QPoint(5, 3))
    assert canvas.pointed_tile == 12

    QTest.mouseMove(canvas, (place(canvas, 12) + place(canvas, 22)) / 2)
    assert canvas.pointed_tile is None


def test_a_mouse_that_rests_points_as_soon_as_there_are_colours(canvas: MapCanvas) -> None:
    scene = canvas.scene
    canvas.show_plain()
    QTest.mouseMove(canvas, place(canvas, 12))
    assert canvas.pointed_tile is None  # no point is seen

    canvas.show_scene(scene)

    assert canvas.pointed_tile == 12


# --- by keyboard


def test_a_lasso_is_drawn_corner_by_corner(canvas: MapCanvas, heard) -> None:
    first, *others = around(canvas, [10, 11])
    canvas.pointer.place = QPointF(first)
    keys(canvas, Qt.Key.Key_L)
    for corner in others:
        canvas.pointer.place = QPointF(corner)
        keys(canvas, Qt.Key.Key_Space)

    keys(canvas, Qt.Key.Key_Return)

    assert heard == [("lasso", [10, 11], Pick.REPLACE)]


def test_a_corner_is_taken_back_and_a_lasso_given_up(canvas: MapCanvas, heard) -> None:
    keys(canvas, Qt.Key.Key_L, Qt.Key.Key_Right, Qt.Key.Key_Space)
    assert canvas.lasso.corner_count == 2

    keys(canvas, Qt.Key.Key_Backspace)
    assert canvas.lasso.corner_count == 1
    keys(canvas, Qt.Key.Key_Escape)

    assert not canvas.lasso.is_open
    assert heard == []


def test_arrows_point_space_picks_and_enter_opens(canvas: MapCanvas, heard) -> None:
    canvas.pointer.place = QPointF(place(canvas, 40) - QPoint(12, 0))

    keys(canvas, Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Return)

    assert heard == [("pick", 40, Pick.REPLACE), ("open", 40, None)]


def test_the_view_follows_the_pointer_over_the_edge(canvas: MapCanvas) -> None:
    canvas.pointer.place = QPointF(canvas.width() - 25, 200)
    before = canvas.view.x

    for _ in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_Right, _SHIFT)

    assert canvas.view.x > before
    assert canvas.pointer.place.x() < canvas.width()


def test_ctrl_and_arrows_pan_and_home_shows_all_again(canvas: MapCanvas) -> None:
    whole = canvas.view

    QTest.keyClick(canvas, Qt.Key.Key_Right, _CTRL)
    assert canvas.view.x > whole.x
    keys(canvas, Qt.Key.Key_Home)

    assert canvas.view == whole


# --- pictures


def test_a_point_is_painted_where_it_is_pointed_at(canvas: MapCanvas, qtbot: QtBot) -> None:
    canvas.zoom_by(1.7)
    canvas.pan_by(13.3, -8.6)
    qtbot.waitUntil(lambda: not canvas.renderer.is_painting)

    seen = canvas.grab().toImage()

    ratio = canvas.devicePixelRatioF()
    for tile in (30, 31, 40):
        colour = seen.pixelColor((canvas.place_of(tile) * ratio).toPoint())
        assert colour == QColor(LIGHT.tints[Tint.POSITIVE])


def test_a_picture_is_moved_along_before_the_next_one_is_painted(canvas: MapCanvas) -> None:
    picture = canvas._picture

    canvas.pan_by(40, 10)
    seen = canvas.grab().toImage()

    assert canvas._picture is picture
    colour = seen.pixelColor((canvas.place_of(40) * canvas.devicePixelRatioF()).toPoint())
    assert colour == QColor(LIGHT.tints[Tint.POSITIVE])


def test_pictures_keep_coming_while_the_map_is_dragged_without_pause(
    canvas: MapCanvas, qtbot: QtBot
) -> None:
    pictures = []
    canvas.renderer.painted.connect(pictures.append)
    canvas.renderer.painted.connect(lambda _: canvas.pan_by(1, 0))

    canvas.pan_by(1, 0)

    qtbot.waitUntil(lambda: len(pictures) >= 3)
    canvas.renderer.painted.disconnect()


def test_another_size_shows_all_where_all_was_seen(canvas: MapCanvas) -> None:
    canvas.resize(300, 400)

    corners = [canvas.place_of(tile).toPoint() for tile in (0, 8, 63, 71)]
    assert all(canvas.rect().contains(corner) for corner in corners)
