"""The reader pool: newest wish first, stale answers dropped, broken tiles named."""

from collections.abc import Iterator
from itertools import count
from threading import Event

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from histoviewer.domain.arrays import Int64, UInt8
from histoviewer.ui.review import reading
from histoviewer.ui.review.latest import LatestTask
from histoviewer.ui.review.reading import TileAnswer, TileReaders, TileRequest, fetch
from histoviewer.ui.review.supply import MISSING, TileSupply
from tests.ui.review.conftest import PlainTiles


class Listener(QObject):
    """Keeps answers."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[TileAnswer] = []

    def take(self, answer: TileAnswer) -> None:
        self.answers.append(answer)

    def tiles(self) -> list[int]:
        return [tile for answer in self.answers for tile in answer.tiles.tolist()]


class HeldTiles(PlainTiles):
    """Tiles that come when they are let go."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.begun, self.let_go = Event(), Event()

    def gather(self, index: Int64, out: UInt8 | None = None) -> UInt8:
        self.begun.set()
        assert self.let_go.wait(10)
        return super().gather(index, out)


@pytest.fixture
def listener(qapp: object) -> Listener:
    return Listener()


@pytest.fixture
def readers(listener: Listener) -> Iterator[TileReaders]:
    made = TileReaders(listener.take, threads=1)
    yield made
    made.close()


def test_tiles_arrive_scaled(qtbot: QtBot, listener: Listener, readers: TileReaders) -> None:
    readers.aim(PlainTiles(10), 32)
    readers.want(np.array([3, 7]))

    qtbot.waitUntil(lambda: listener.tiles() == [3, 7])

    assert listener.answers[0].pixels.shape == (2, 32, 32)
    assert listener.answers[0].pixels[1, 0, 0] == 0xFF070E15


def test_a_newer_wish_replaces_what_waits(
    qtbot: QtBot, listener: Listener, readers: TileReaders
) -> None:
    source = HeldTiles(1000)
    readers.aim(source, 32)
    readers.want(np.arange(500))
    assert source.begun.wait(10)
    readers.want(np.array([900]))
    source.let_go.set()

    qtbot.waitUntil(lambda: 900 in listener.tiles())

    assert len(listener.tiles()) == len(source.asked[0]) + 1


def test_what_is_being_read_is_not_read_twice(
    qtbot: QtBot, listener: Listener, readers: TileReaders
) -> None:
    source = HeldTiles(10)
    readers.aim(source, 32)
    readers.want(np.array([1, 2]))
    assert source.begun.wait(10)
    readers.want(np.array([2, 3]))
    source.let_go.set()

    qtbot.waitUntil(lambda: 3 in listener.tiles())

    assert source.asked == [[1, 2], [3]]


def test_answers_in_an_older_size_are_stale(
    qtbot: QtBot, listener: Listener, readers: TileReaders
) -> None:
    source = HeldTiles(10)
    readers.aim(source, 32)
    readers.want(np.array([1]))
    assert source.begun.wait(10)
    readers.aim(source, 64)
    readers.want(np.array([1]))
    source.let_go.set()

    qtbot.waitUntil(lambda: len(listener.answers) == 2)

    assert [readers.is_current(answer) for answer in listener.answers] == [False, True]


def test_slow_tiles_come_in_smaller_chunks(
    qtbot: QtBot, listener: Listener, readers: TileReaders, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = count(step=0.02)  # seconds that reading a chunk takes
    monkeypatch.setattr(reading, "perf_counter", lambda: next(clock))
    source = PlainTiles(1000)
    readers.aim(source, 32)
    for start in (0, 300, 600):
        readers.want(np.arange(start, start + 300))
        qtbot.waitUntil(lambda wanted=start + 299: wanted in listener.tiles())

    sizes = [len(asked) for asked in source.asked]
    assert sizes[0] == 48
    assert sizes[-2] < 30


def test_large_tiles_come_one_by_one(
    qtbot: QtBot, listener: Listener, readers: TileReaders
) -> None:
    source = PlainTiles(10)
    readers.aim(source, 1024)
    readers.want(np.arange(3))

    qtbot.waitUntil(lambda: listener.tiles() == [0, 1, 2])

    assert source.asked == [[0], [1], [2]]


def test_one_broken_tile_leaves_the_others_readable() -> None:
    request = TileRequest(
        generation=1,
        source=PlainTiles(10, broken=frozenset({4})),
        tiles=np.array([3, 4, 5]),
        side=8,
    )

    answer = fetch(request)

    assert answer.tiles.tolist() == [3, 5]
    assert answer.failed == {4: "truncated JPEG"}


def test_the_supply_gives_grey_at_first_and_tells_when_tiles_are_there(qtbot: QtBot) -> None:
    arrived: list[bool] = []
    supply = TileSupply(lambda: arrived.append(True))
    supply.aim(PlainTiles(10), 32)
    tiles = np.array([1, 2])

    first = supply.take(tiles, tiles)
    qtbot.waitUntil(lambda: bool(arrived))
    second = supply.take(tiles, tiles)
    supply.close()

    assert first.tolist() == [MISSING, MISSING]
    assert (second > 0).all()
    pixels = supply.pixels(2)
    assert pixels is not None
    assert (pixels == 0xFF020406).all()


def test_only_the_newest_task_reports(qtbot: QtBot) -> None:
    results: list[int] = []
    begun, let_go = Event(), Event()
    task = LatestTask(results.append, name="test")

    def slow() -> int:
        begun.set()
        assert let_go.wait(10)
        return 1

    task.submit(slow)
    assert begun.wait(10)
    task.submit(lambda: 2)
    task.submit(lambda: 3)
    let_go.set()
    qtbot.waitUntil(lambda: bool(results))
    task.close()

    assert results == [3]


@pytest.mark.expected_log("A background task failed")
def test_a_task_that_fails_is_logged(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    task: LatestTask[float] = LatestTask(print, name="test")

    task.submit(lambda: 1 / 0)

    qtbot.waitUntil(lambda: "A background task failed" in caplog.text)
    task.close()


def test_what_nobody_waits_for_any_more_may_fail(caplog: pytest.LogCaptureFixture) -> None:
    begun, let_go = Event(), Event()
    task: LatestTask[float] = LatestTask(print, name="test")

    def fail() -> float:
        begun.set()
        assert let_go.wait(10)
        return 1 / 0  # as where a project is closed while it is read

    task.submit(fail)
    assert begun.wait(10)
    task.cancel()
    let_go.set()
    task.close()

    assert caplog.text == ""
