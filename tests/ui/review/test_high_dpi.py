"""The grid on screens of several resolutions: tiles pixel by pixel, nothing left unpainted."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from histoviewer.domain.arrays import Int64, UInt8
from histoviewer.domain.triage import Query
from histoviewer.ui.review.facts import cell_facts
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.review.sections import Sections
from tests.ui.review.conftest import PlainTiles, make_session
from tests.ui.review.gestures import LEFT, UNPAINTED, fill_in, rendered

COUNT = 120
RATIOS = [1.0, 1.25, 1.5, 2.0]


class Checked(PlainTiles):
    """Tiles of single dark and light pixels, as large as wanted: scaling them makes grey."""

    def __init__(self, count: int, side: int) -> None:
        super().__init__(count)
        self.shape = (count, side, side, 3)

    def gather(self, index: Int64, out: UInt8 | None = None) -> UInt8:
        board = np.indices(self.shape[1:3]).sum(axis=0) % 2 * 255
        return np.broadcast_to(board[None, ..., None], (len(index), *self.shape[1:])).astype(
            np.uint8
        )


@pytest.fixture
def on_screen(
    grid: TileGrid, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Callable[[float], QImage]:
    """Puts the grid on a screen of some resolution and paints it there."""
    session = make_session(COUNT)

    def show(ratio: float) -> QImage:
        monkeypatch.setattr(grid, "devicePixelRatioF", lambda: ratio)
        if not len(grid.order):
            source = Checked(COUNT, round(96 * ratio))
            grid.show_project(COUNT, lambda tiles: cell_facts(session, Query(), tiles), source)
            starts = np.array([0, 5])
            grid.set_order(np.arange(COUNT), None, Sections(starts, ["slide-a", "slide-b"]))
        fill_in(qtbot, grid)
        return rendered(grid, ratio)

    return show


def pixels_of(image: QImage) -> np.ndarray:
    """Return a copy of the pixels: those of the image go with it."""
    flat = np.frombuffer(image.constBits(), np.uint32)
    return flat.reshape(image.height(), -1)[:, : image.width()].copy()


@pytest.mark.parametrize("ratio", RATIOS)
def test_a_pixel_of_the_tile_is_a_pixel_of_the_screen(
    on_screen: Callable[[float], QImage], grid: TileGrid, ratio: float
) -> None:
    image = pixels_of(on_screen(ratio))

    geometry = grid.geometry_now()
    x, y = (edge + geometry.margin for edge in geometry.origin(2))
    third = geometry.tile // 3
    middle = image[y + third : y + 2 * third, x + third : x + 2 * third] & 0xFF
    assert geometry.tile == round(96 * ratio)
    assert set(np.unique(middle)) == {0, 255}
    assert (middle[:, 1:] != middle[:, :-1]).all()


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("width", [500, 501, 503])
def test_nothing_is_left_unpainted(
    on_screen: Callable[[float], QImage], grid: TileGrid, ratio: float, width: int
) -> None:
    grid.resize(width, 397)

    image = on_screen(ratio)

    assert not (pixels_of(image) == UNPAINTED.rgb()).any()


@pytest.mark.parametrize("ratio", RATIOS)
def test_a_click_finds_the_tile_that_is_seen_there(
    on_screen: Callable[[float], QImage], grid: TileGrid, qtbot: QtBot, ratio: float
) -> None:
    on_screen(ratio)
    grid.verticalScrollBar().setValue(round(150 * ratio))

    for place in (9, 14):
        qtbot.mouseClick(grid.viewport(), LEFT, pos=grid.cell_rect(place).center())
        assert grid.current == place


def test_between_screens_the_view_stays(
    on_screen: Callable[[float], QImage], grid: TileGrid
) -> None:
    on_screen(1.0)
    grid.go_to(60)
    before = grid.cell_rect(60)

    for ratio in (1.5, 2.0, 1.25, 1.0):
        on_screen(ratio)
        assert abs(grid.cell_rect(60).y() - before.y()) <= 2

    assert grid.cell_rect(60) == before
    assert grid.geometry_now().columns == 4
    assert grid.place_at(QPoint(5, 5).toPointF()) is None
