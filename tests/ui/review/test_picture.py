"""The picture of a tile: which pixels are painted, and zooming and panning by mouse."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from histoviewer.domain.arrays import UInt8
from histoviewer.ui.review.look import CentreSquare
from histoviewer.ui.review.picture import TilePicture
from histoviewer.ui.review.raster import Raster, to_veil
from histoviewer.ui.review.viewport import Viewport
from tests.ui.review.conftest import painted, send


def rgb_of(image: QImage) -> UInt8:
    """Return the pixels of an image as (H, W, 3) uint8 RGB."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1).copy()
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)


def noise(height: int, width: int) -> UInt8:
    """Pixels of which no two are alike."""
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.fixture
def picture(qtbot: QtBot) -> Callable[..., TilePicture]:
    def make(rgb: UInt8, width: int, height: int, viewport: Viewport | None = None) -> TilePicture:
        made = TilePicture()
        qtbot.addWidget(made)
        made.resize(width, height)
        made.show_raster(Raster.of(rgb))
        if viewport is not None:
            made.set_viewport(viewport)
        made.show()
        return made

    return make


def wheel(picture: QWidget, at: QPointF, notches: int) -> QWheelEvent:
    event = QWheelEvent(
        at, picture.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    send(picture, event)
    return event


# -- which pixels are painted


@pytest.mark.parametrize("shape", [(96, 96), (95, 97), (64, 128)])
def test_at_one_to_one_pixels_are_exact(picture, shape: tuple[int, int]) -> None:
    tile = noise(*shape)

    shown = picture(tile, shape[1], shape[0])

    assert (rgb_of(painted(shown)) == tile).all()


def test_a_large_image_is_exact_at_one_to_one(picture) -> None:
    tile = noise(400, 400)
    shown = picture(tile, 101, 100, Viewport(zoom=4))

    pixels = rgb_of(painted(shown))

    left, top, _, _ = shown.frame.target
    x, y = -round(left), -round(top)
    assert shown.frame.scale == 1
    assert (pixels == tile[y : y + 100, x : x + 101]).all()


@pytest.mark.parametrize("times", [2, 3, 5, 8])
def test_enlarged_pixels_are_squares_of_their_own_colour(picture, times: int) -> None:
    tile = noise(32, 32)

    shown = picture(tile, 32 * times, 32 * times)

    expected = tile.repeat(times, axis=0).repeat(times, axis=1)
    assert (rgb_of(painted(shown)) == expected).all()


def test_between_whole_factors_squares_keep_their_colour_inside(picture) -> None:
    tile = noise(64, 64)
    side = 208  # 3.25 times

    pixels = rgb_of(painted(picture(tile, side, side)))

    middles = ((np.arange(64) + 0.5) * side / 64).astype(int)
    assert np.abs(pixels[np.ix_(middles, middles)].astype(int) - tile).max() <= 2


def test_a_large_image_is_averaged_not_sampled(picture) -> None:
    stripes = np.zeros((1024, 1024, 3), np.uint8)
    stripes[:, ::2] = 254  # sampling every fourth column would show one of them only

    pixels = rgb_of(painted(picture(stripes, 256, 256)))

    assert np.abs(pixels.astype(int) - 127).max() <= 2


def test_red_stays_red(picture) -> None:
    tile = np.zeros((96, 96, 3), np.uint8)
    tile[..., 0] = 200

    assert rgb_of(painted(picture(tile, 300, 300)))[150, 150].tolist() == [200, 0, 0]


def test_the_ring_is_dimmed_and_the_centre_is_not(picture) -> None:
    shown = picture(np.full((96, 96, 3), 240, np.uint8), 288, 288)
    shown.set_centre(CentreSquare.DIM)

    pixels = rgb_of(painted(shown))

    assert pixels[20, 20].max() < 120
    assert pixels[144, 144].tolist() == [240, 240, 240]


def test_the_box_stands_around_the_middle_third(picture) -> None:
    shown = picture(np.full((96, 96, 3), 128, np.uint8), 288, 288)
    shown.set_centre(CentreSquare.BOX)

    pixels = rgb_of(painted(shown))[144, :, 0]

    marks = np.flatnonzero(pixels == 255)
    assert marks.tolist() == [96, 192]


# -- zooming and panning by mouse


def test_the_wheel_zooms_about_the_mouse(picture) -> None:
    shown = picture(noise(96, 96), 288, 288, Viewport(zoom=2))
    mouse = QPointF(200, 90)
    before = shown.frame.pixel_at((mouse.x(), mouse.y()))

    wheel(shown, mouse, 2)

    assert shown.viewport.zoom == pytest.approx(2 * 2**0.5)
    assert shown.frame.pixel_at((mouse.x(), mouse.y())) == pytest.approx(before)


def test_the_wheel_does_not_go_beyond_the_whole_tile(picture) -> None:
    shown = picture(noise(96, 96), 288, 288)

    wheel(shown, QPointF(10, 10), -3)

    assert shown.viewport == Viewport()


def test_dragging_pans(qtbot: QtBot, picture) -> None:
    shown = picture(noise(96, 96), 288, 288, Viewport(zoom=3))
    grabbed = shown.frame.pixel_at((100, 100))

    qtbot.mousePress(shown, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    held = shown.cursor().shape()
    move = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(130, 80), shown.mapToGlobal(QPointF(130, 80)),
        Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    send(shown, move)
    qtbot.mouseRelease(shown, Qt.MouseButton.LeftButton, pos=QPoint(130, 80))

    assert shown.frame.pixel_at((130, 80)) == pytest.approx(grabbed)
    assert (held, shown.cursor().shape()) == (
        Qt.CursorShape.ClosedHandCursor,
        Qt.CursorShape.OpenHandCursor,
    )


def test_what_the_reader_zooms_to_is_told_once(qtbot: QtBot, picture) -> None:
    shown = picture(noise(96, 96), 288, 288)
    told: list[Viewport] = []
    shown.viewport_changed.connect(told.append)

    shown.set_viewport(Viewport(zoom=2))
    shown.toggle_zoom()

    assert told == [Viewport()]


def test_without_an_image_nothing_is_zoomed(picture) -> None:
    shown = picture(noise(96, 96), 288, 288)
    shown.show_text("There is none.")

    wheel(shown, QPointF(10, 10), 3)
    shown.toggle_zoom()
    shown.pan_by(1, 0)

    assert shown.viewport == Viewport()
    assert shown.accessibleDescription() == "There is none."


# -- what is laid over


def test_a_veil_covers_the_square_that_an_image_was_fitted_to(picture) -> None:
    rgba = np.zeros((128, 128, 4), np.uint8)
    rgba[32:96, :64] = (255, 0, 0, 255)  # the left half of where the image is, opaque
    rgb = noise(64, 128)
    shown = picture(rgb, 128, 64)

    shown.set_veil(to_veil(rgba))
    seen = rgb_of(painted(shown))

    assert (seen[:, :62] == (255, 0, 0)).all()
    np.testing.assert_array_equal(seen[:, 66:], rgb[:, 66:])


def test_a_veil_zooms_with_the_image(picture) -> None:
    rgba = np.zeros((96, 96, 4), np.uint8)
    rgba[48:, 48:] = (0, 0, 255, 255)
    shown = picture(noise(96, 96), 96, 96, Viewport(zoom=2, x=0.75, y=0.75))

    shown.set_veil(to_veil(rgba))

    assert (rgb_of(painted(shown))[8:, 8:] == (0, 0, 255)).all()
