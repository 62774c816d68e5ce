"""Originals in the background: read ahead, adjusted, the newest wins."""

from collections.abc import Iterator
from threading import Event

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from histoviewer.domain.arrays import UInt8
from histoviewer.tiles.adjusting import NEUTRAL, Adjustments, Channel, adjust
from histoviewer.tiles.decode import Unreadable
from histoviewer.ui.review.loading import Original, OriginalLoader, load
from tests.ui.review.test_picture import rgb_of


class Shelf:
    """Originals of `side` pixels whose every pixel is the number of the tile."""

    def __init__(self, side: int = 8) -> None:
        self.side = side
        self.read: list[int] = []
        self.broken: set[int] = set()
        self.gate = Event()
        self.gate.set()

    def original(self, index: int) -> UInt8:
        assert self.gate.wait(timeout=30)
        self.read.append(index)
        if index in self.broken:
            raise Unreadable("truncated JPEG")
        return np.full((self.side, self.side, 3), index, np.uint8)


class Desk:
    """A loader and what it has delivered."""

    def __init__(self, owner: QObject, shelf: Shelf) -> None:
        self.shelf = shelf
        self.delivered: list[Original] = []
        self.loader = OriginalLoader(self.delivered.append, owner)
        self.loader.aim(shelf)

    def tiles(self) -> list[int]:
        return [each.tile for each in self.delivered]


@pytest.fixture
def desk(qapp) -> Iterator[Desk]:
    owner = QObject()
    made = Desk(owner, Shelf())
    yield made
    made.shelf.gate.set()
    made.loader.close()


def test_pixels_come_as_they_are_in_the_file() -> None:
    tile = np.random.default_rng(1).integers(0, 256, (31, 17, 3), dtype=np.uint8)

    class One:
        def original(self, index: int) -> UInt8:
            return tile

    assert (rgb_of(load(One(), 0).image) == tile).all()


def test_the_next_tiles_are_read_ahead_and_shown_at_once(qtbot: QtBot, desk: Desk) -> None:
    desk.loader.load(1, soon=[2, 3])
    qtbot.waitUntil(lambda: desk.shelf.read == [1, 2, 3])
    qtbot.waitUntil(lambda: set(desk.loader._kept) == {1, 2, 3})

    desk.loader.load(2)

    assert desk.tiles() == [1, 2]
    assert not desk.loader.is_waiting
    assert desk.shelf.read == [1, 2, 3]


def test_the_newest_tile_wins(qtbot: QtBot, desk: Desk) -> None:
    desk.shelf.gate.clear()
    for tile in (1, 2, 3, 4):
        desk.loader.load(tile)
    waits = desk.loader.is_waiting
    desk.shelf.gate.set()

    qtbot.waitUntil(lambda: bool(desk.delivered))

    assert waits
    assert desk.tiles() == [4]
    assert set(desk.shelf.read) <= {1, 4}


def test_a_tile_that_takes_its_time_is_told_one_that_was_read_ahead_is_not(
    qtbot: QtBot, desk: Desk
) -> None:
    told: list[bool] = []
    desk.loader.late.connect(lambda: told.append(desk.loader.is_waiting))
    desk.loader.load(1, soon=[2])
    qtbot.waitUntil(lambda: set(desk.loader._kept) == {1, 2})
    before = len(told)  # perhaps the machine is slow
    desk.loader.load(2)

    desk.shelf.gate.clear()
    with qtbot.waitSignal(desk.loader.late):
        desk.loader.load(3)

    assert told[before:] == [True]
    desk.shelf.gate.set()
    qtbot.waitUntil(lambda: desk.tiles() == [1, 2, 3])


def test_another_look_reads_no_file_again(qtbot: QtBot, desk: Desk) -> None:
    desk.loader.load(9)
    qtbot.waitUntil(lambda: bool(desk.delivered))
    look = Adjustments(brightness=40, contrast=20)

    desk.loader.adjust(look)

    assert desk.shelf.read == [9]
    assert (rgb_of(desk.delivered[-1].image) == adjust(desk.delivered[0].pixels, look)).all()


def test_the_look_holds_for_the_tiles_after_this_one(qtbot: QtBot, desk: Desk) -> None:
    desk.loader.adjust(Adjustments(channel=Channel.EOSIN))
    desk.loader.load(5, soon=[6])
    qtbot.waitUntil(lambda: set(desk.loader._kept) == {5, 6})

    desk.loader.load(6)

    assert [each.adjustments.channel for each in desk.delivered] == [Channel.EOSIN] * 2


def test_a_large_image_is_adjusted_in_the_background(qtbot: QtBot, desk: Desk) -> None:
    desk.shelf.side = 300
    desk.loader.load(5)
    qtbot.waitUntil(lambda: bool(desk.delivered))

    desk.loader.adjust(Adjustments(contrast=10))
    at_once = len(desk.delivered)

    assert at_once == 1
    qtbot.waitUntil(lambda: desk.delivered[-1].adjustments.contrast == 10)


def test_what_was_read_before_the_look_changed_is_developed_anew(qtbot: QtBot, desk: Desk) -> None:
    desk.loader.load(5, soon=[6])
    qtbot.waitUntil(lambda: 6 in desk.loader._kept)
    desk.loader.adjust(Adjustments(brightness=10))

    desk.loader.load(6)

    assert desk.delivered[-1].adjustments.brightness == 10
    assert desk.shelf.read == [5, 6]


def test_a_tile_that_came_back_is_read_again(qtbot: QtBot, desk: Desk) -> None:
    desk.shelf.broken = {3}
    desk.loader.load(3)
    qtbot.waitUntil(lambda: bool(desk.delivered))
    fault = desk.delivered[0].fault
    desk.shelf.broken = set()

    desk.loader.load(3)
    qtbot.waitUntil(lambda: len(desk.delivered) == 2)

    assert "truncated JPEG" in fault
    assert desk.delivered[1].image is not None


def test_memory_stays_within_its_limit(qtbot: QtBot, desk: Desk) -> None:
    for tile in range(40):
        desk.loader.load(tile)
        qtbot.waitUntil(lambda: not desk.loader.is_waiting)

    assert list(desk.loader._kept) == list(range(24, 40))


def test_another_project_forgets_what_was_read(qtbot: QtBot, desk: Desk) -> None:
    desk.loader.load(1)
    qtbot.waitUntil(lambda: bool(desk.delivered))
    other = Shelf(side=16)

    desk.loader.aim(other)
    desk.loader.load(1)

    qtbot.waitUntil(lambda: len(desk.delivered) == 2)
    assert desk.delivered[1].image.width() == 16
    assert desk.delivered[1].adjustments == NEUTRAL
