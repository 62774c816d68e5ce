"""The review page on plain arrays: sessions, tile sources and keys, without files."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from histoviewer.domain.arrays import Float32, Int8, Int64, UInt8
from histoviewer.domain.labels import ClassNames
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.tiles import Split, TileTable
from histoviewer.domain.verdicts import Batch, VerdictLog
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import Ranking
from histoviewer.services.reviewing import ReviewSession
from histoviewer.tiles.decode import Unreadable
from histoviewer.ui.background import Background
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.review.page import ReviewPage

SIZE = 24


class PlainTiles:
    """Tile i is all (i, 2i, 3i) modulo 256; `broken` ones cannot be read."""

    def __init__(self, count: int, broken: frozenset[int] = frozenset()) -> None:
        self.shape = (count, SIZE, SIZE, 3)
        self.broken = broken
        self.asked: list[list[int]] = []

    def gather(self, index: Int64, out: UInt8 | None = None) -> UInt8:
        assert out is None
        self.asked.append(index.tolist())
        if self.broken & set(index.tolist()):
            raise Unreadable("truncated JPEG")
        colours = (index[:, None] * np.array([1, 2, 3])) % 256
        return np.broadcast_to(colours[:, None, None, :], (len(index), SIZE, SIZE, 3)).astype(
            np.uint8
        )

    def original(self, index: int) -> UInt8:
        return self.gather(np.array([index]))[0]


def make_session(
    count: int,
    *,
    scores: Float32 | None = None,
    given: Int8 | None = None,
    record: Callable[[Batch], None] = lambda batch: None,
) -> ReviewSession:
    """Tiles with alternating labels, all for training; scores fall from 0.99 with the index."""
    tiles = TileTable(
        ids=[f"tile-{index:04}" for index in range(count)],
        locations=[f"{index}.png" for index in range(count)],
        given=(np.arange(count) % 2).astype(np.int8) if given is None else given,
        splits=np.full(count, Split.TRAIN, np.int8),
        groups=(np.arange(count) // 3).astype(np.int32),
        group_names=[f"slide-{group}" for group in range(count)],
        problems=np.zeros(count, np.uint16),
    )
    falling = np.linspace(0.99, 0.01, count).astype(np.float32)
    return ReviewSession(
        tiles=tiles,
        log=VerdictLog(count),
        classes=ClassNames("normal", "tumour"),
        reader="AB",
        ranking=Ranking(model=MODEL, scores=falling if scores is None else scores, learned=None),
        record=record,
    )


MODEL = ModelRecord(
    id="003-histo-fast",
    number=3,
    recipe="histo-fast",
    created=datetime(2026, 1, 2, tzinfo=UTC),
    seed=0,
    parent=None,
    learned_through=0,
    data_fingerprint="f",
)


def make_workspace(session: ReviewSession, source: PlainTiles | None = None) -> Workspace:
    """What the page needs of a workspace, without a database."""
    source = source or PlainTiles(len(session.tiles))
    project = SimpleNamespace(champion=lambda: None, models=list)
    plain = SimpleNamespace(
        project=project, session=session, originals=source, pixels=source, views=()
    )
    return cast("Workspace", plain)


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[ReviewPage]:
    """A shown page without a project."""
    background = Background()
    made = ReviewPage(background)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.show()
    yield made
    made.close_threads()
    background.close()


@pytest.fixture
def session(page: ReviewPage) -> ReviewSession:
    """100 tiles on the page, the keyboard in the grid."""
    made = make_session(100)
    page.show_workspace(make_workspace(made))
    page.grid.setFocus()
    return made


@pytest.fixture
def grid(qtbot: QtBot) -> Iterator[TileGrid]:
    """A shown grid of 500 x 400 pixels without tiles."""
    made = TileGrid()
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    yield made
    made.supply.close()


def painted(widget: QWidget) -> QImage:
    """Paint a widget now."""
    return widget.grab().toImage()


def press(qtbot: QtBot, widget: QWidget, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    """Send a real key event."""
    combined = Qt.KeyboardModifier.NoModifier
    for modifier in modifiers:
        combined |= modifier
    qtbot.keyClick(widget, key, combined)


def send(widget: QWidget, event: QEvent) -> Any:
    """Send an event as Qt would."""
    from PySide6.QtWidgets import QApplication

    return QApplication.sendEvent(widget, event)
