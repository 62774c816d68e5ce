"""What screen readers learn of the grid, and that no mark is one of colour alone."""

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFont, QPalette
from pytestqt.qtbot import QtBot

from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review import hints
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.review.sprites import CellStyle, Sprites
from tests.ui.review.conftest import press


class Listener:
    """Stands where a screen reader would: takes what is announced."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def isActive(self) -> bool:
        return True

    def updateAccessibility(self, event: QAccessibleAnnouncementEvent) -> None:
        self.said.append(event.message())


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Listener:
    made = Listener()
    monkeypatch.setattr(hints, "QAccessible", made)
    return made


def interface_text(grid: TileGrid, what: QAccessible.Text) -> str:
    return QAccessible.queryAccessibleInterface(grid).text(what)


def test_the_grid_has_a_name_and_tells_of_its_current_tile(
    page: ReviewPage, session: ReviewSession
) -> None:
    page.grid.go_to(1)

    assert interface_text(page.grid, QAccessible.Text.Name) == "Tile grid"
    told = interface_text(page.grid, QAccessible.Text.Description)
    assert told.startswith("Tile tile-0001, tumour, undecided")


def test_each_move_is_announced(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession, listener: Listener
) -> None:
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right):
        press(qtbot, page.grid, key)

    assert [text.split(",")[0] for text in listener.said] == ["Tile tile-0001", "Tile tile-0002"]


def test_a_verdict_is_announced_once(
    page: ReviewPage, session: ReviewSession, listener: Listener
) -> None:
    page.set_advances(False)
    page.label(1)
    page.grid.refresh()

    assert len(listener.said) == 1
    assert "tile-0000, tumour, relabelled" in listener.said[0]


def test_nothing_is_announced_while_the_keyboard_is_elsewhere(
    page: ReviewPage, session: ReviewSession, listener: Listener
) -> None:
    page.filters.setFocus()
    page.grid.clearFocus()

    page.grid.go_to(5)

    assert listener.said == []


def test_signs_differ_without_their_colours() -> None:
    sprites = Sprites(CellStyle(96, 1.0), QPalette(), QFont())
    shapes = []
    for code in (0, 1, 2, 4, 5, 6):  # unlabelled, negative, positive; the same decided
        pixels = sprites.sign(code)
        shapes.append(pixels != pixels[0, 0])

    for one, other in combinations(shapes, 2):
        assert one.shape != other.shape or (one != other).any()


def test_a_selected_tile_has_a_frame_that_differs_in_lightness(
    qtbot: QtBot, page: ReviewPage, session: ReviewSession
) -> None:
    page.grid.choose(np.array([3]))
    image = page.grid.grab().toImage()

    near = QPoint(1, 1) * (page.grid.geometry_now().margin // 2)
    frame, plain = (
        image.pixelColor(page.grid.cell_rect(place).topLeft() + near) for place in (3, 4)
    )
    assert abs(frame.lightness() - plain.lightness()) > 60
