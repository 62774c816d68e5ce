"""Inspector and large view follow the current tile."""

from threading import Event

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from histoviewer.domain.arrays import UInt8
from histoviewer.domain.labels import POSITIVE
from histoviewer.ui.review.page import ReviewPage
from tests.ui.review.conftest import PlainTiles, make_session, make_workspace, press


class SlowTiles(PlainTiles):
    """Tiles whose originals wait for a gate."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.gate = Event()
        self.gate.set()
        self.read: list[int] = []

    def original(self, index: int) -> UInt8:
        assert self.gate.wait(timeout=30)
        self.read.append(index)
        return super().original(index)


@pytest.fixture
def slow(page: ReviewPage, qtbot: QtBot):
    """20 tiles on the page, the first one shown and its neighbours read ahead."""
    source = SlowTiles(20)
    page.show_workspace(make_workspace(make_session(20), source))
    qtbot.waitUntil(lambda: source.read == [0, 1, 2])
    yield source
    source.gate.set()


def test_the_pixels_of_one_tile_do_not_stay_under_the_name_of_another(
    page: ReviewPage, slow: SlowTiles, qtbot: QtBot
) -> None:
    slow.gate.clear()
    page.grid.go_to(15)
    at_first = page.inspector.picture.image is not None

    qtbot.waitUntil(lambda: page.inspector.picture.text == "Reading the tile…")
    said_large = page.large.picture.text
    slow.gate.set()
    qtbot.waitUntil(lambda: page.inspector.picture.image is not None)

    assert at_first  # a short moment is bridged, as else every key would flicker
    assert said_large == "Reading the tile…"
    assert page.large.picture.image is not None


def test_going_on_shows_the_next_tile_at_once(
    page: ReviewPage, slow: SlowTiles, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: set(page.current._loader._kept) == {0, 1, 2})
    slow.gate.clear()

    press(qtbot, page.grid, Qt.Key.Key_Right)

    colour = page.inspector.picture.image.pixelColor(0, 0)
    assert (colour.red(), colour.green(), colour.blue()) == (1, 2, 3)


def test_the_tile_that_a_verdict_leads_to_is_read_ahead(
    page: ReviewPage, slow: SlowTiles, qtbot: QtBot
) -> None:
    page.current._workspace.session.label(list(range(1, 9)), POSITIVE)
    page.grid.go_to(4)

    qtbot.waitUntil(lambda: slow.read[-4:] == [9, 5, 6, 3])


def test_closing_the_project_leaves_no_pixels(page: ReviewPage, slow: SlowTiles) -> None:
    page.show_workspace(None)

    assert page.inspector.picture.image is None
    assert page.large.picture.image is None
