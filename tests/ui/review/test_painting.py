"""What is painted is what plain painting of everything gives, and only what changed is composed."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.domain.triage import Query, State
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review import cells
from histoviewer.ui.review.facts import cell_facts
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.review.sections import Sections
from tests.ui.review.conftest import PlainTiles, make_session, painted, press
from tests.ui.review.gestures import fill_in

COUNT = 400


@pytest.fixture
def session(grid: TileGrid, qtbot: QtBot) -> ReviewSession:
    """400 tiles in rows of four, all of those in view painted."""
    made = make_session(COUNT)
    grid.show_project(COUNT, lambda index: cell_facts(made, Query(), index), PlainTiles(COUNT))
    grid.set_order(np.arange(COUNT))
    fill_in(qtbot, grid)
    return made


@pytest.fixture
def composed(session: ReviewSession, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The tiles that are composed from now on."""
    tiles: list[int] = []
    compose = cells.CellPainter.compose

    def spy(
        painter: cells.CellPainter,
        canvas: np.ndarray,
        image: QImage,
        known: cells.Cells,
        spots: Sequence[cells.Spot],
    ) -> None:
        tiles.extend(int(known.tiles[spot.cell]) for spot in spots)
        compose(painter, canvas, image, known, spots)

    monkeypatch.setattr(cells.CellPainter, "compose", spy)
    return tiles


def is_whole(grid: TileGrid) -> bool:
    """Return whether all tiles in view have their pixels; paints nothing."""
    visible = grid.geometry_now().visible(grid.verticalScrollBar().value())
    return grid.supply.has(grid.order[visible.start : visible.stop])


def anew(grid: TileGrid) -> QImage:
    """Paint everything from nothing, as after a change of theme."""
    grid.set_tile_size(grid.tile_size + 1)
    grid.set_tile_size(grid.tile_size - 1)
    return painted(grid)


def test_painting_again_composes_nothing(grid: TileGrid, composed: list[int]) -> None:
    painted(grid)

    assert composed == []


def test_a_verdict_composes_its_tile_only(
    grid: TileGrid, session: ReviewSession, composed: list[int]
) -> None:
    session.label([6, 300], NEGATIVE)

    painted(grid)

    assert composed == [6]


def test_scrolling_composes_the_rows_that_come_into_view(
    qtbot: QtBot, grid: TileGrid, composed: list[int]
) -> None:
    before = set(grid.order[: len(grid.geometry_now().visible(0))].tolist())
    grid.verticalScrollBar().setValue(grid.geometry_now().pitch)
    fill_in(qtbot, grid)

    assert set(composed).isdisjoint(before)
    assert 0 < len(set(composed)) <= 4


def test_scrolling_back_a_little_composes_nothing(
    qtbot: QtBot, grid: TileGrid, composed: list[int]
) -> None:
    grid.verticalScrollBar().setValue(150)
    fill_in(qtbot, grid)
    composed.clear()
    grid.verticalScrollBar().setValue(0)
    painted(grid)

    assert composed == []


def test_other_pixels_of_the_same_tiles_are_painted(
    qtbot: QtBot, grid: TileGrid, session: ReviewSession
) -> None:
    class Inverted(PlainTiles):
        def gather(self, index: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
            return 255 - super().gather(index, out)

    before = fill_in(qtbot, grid)
    grid.set_source(Inverted(COUNT))
    qtbot.waitUntil(lambda: grid.supply.has(np.arange(16)))

    place = grid.cell_rect(5).center()
    assert before.pixelColor(place).getRgb()[:3] == (5, 10, 15)
    assert painted(grid).pixelColor(place).getRgb()[:3] == (250, 245, 240)


def test_while_tiles_of_another_size_are_read_the_old_ones_stand_in(
    grid: TileGrid, session: ReviewSession
) -> None:
    grid.set_tile_size(140)

    image = painted(grid)

    assert image.pixelColor(grid.cell_rect(5).center()).getRgb()[:3] == (5, 10, 15)


def on_screen(grid: TileGrid) -> QImage:
    """What the reader sees, once all that was asked for has been painted."""
    QApplication.processEvents()
    grid.verticalScrollBar().repaint()  # paints what waits in the whole window
    return grid.screen().grabWindow(grid.winId()).toImage()


class Areas(QObject):
    """Notes which part of the view each paint is for, logical pixels."""

    def __init__(self, grid: TileGrid) -> None:
        super().__init__()
        on_screen(grid)
        self.painted: list[QRect] = []
        grid.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and isinstance(event, QPaintEvent):
            self.painted.append(event.region().boundingRect())
        return False


def test_a_verdict_paints_its_cell_only(grid: TileGrid, session: ReviewSession) -> None:
    areas = Areas(grid)

    session.label([6], NEGATIVE)
    grid.refresh()
    grid.refresh()
    seen = on_screen(grid)

    assert areas.painted == [grid.cell_rect(6)]
    assert seen == painted(grid)


def test_a_move_paints_the_tile_left_and_the_tile_reached(
    qtbot: QtBot, grid: TileGrid, session: ReviewSession
) -> None:
    grid.setFocus()
    areas = Areas(grid)

    press(qtbot, grid, Qt.Key.Key_Right)
    seen = on_screen(grid)

    assert areas.painted == [grid.cell_rect(0) | grid.cell_rect(1)]
    assert seen == painted(grid)


def test_a_change_beside_what_is_painted_is_painted_next(
    grid: TileGrid, session: ReviewSession
) -> None:
    areas = Areas(grid)

    session.label([6], NEGATIVE)
    grid.refresh()
    grid.viewport().repaint(grid.cell_rect(1))
    seen = on_screen(grid)

    assert areas.painted == [grid.cell_rect(1), grid.cell_rect(6)]
    assert seen == painted(grid)


def test_many_changes_are_painted_at_once(grid: TileGrid, session: ReviewSession) -> None:
    areas = Areas(grid)

    grid.select_all()
    seen = on_screen(grid)

    assert len(areas.painted) == 1
    assert seen == painted(grid)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("vsjog"), st.integers(0, 399)), max_size=8))
def test_after_anything_the_picture_is_that_of_painting_everything(
    qtbot: QtBot, grid: TileGrid, session: ReviewSession, steps: list[tuple[str, int]]
) -> None:
    for what, number in steps:
        if what == "v":
            session.label([number % 40], POSITIVE if number % 2 else NEGATIVE)
        elif what == "s":
            grid.verticalScrollBar().setValue(grid.verticalScrollBar().value() + number)
        elif what == "j":
            grid.go_to(number)
        elif what == "o":
            grid.set_order(np.random.default_rng(number).permutation(COUNT))
        else:
            starts = np.array([0, 1 + number % 7, 10 + number % 50])
            grid.set_order(np.arange(COUNT), None, Sections(starts, ["a", "b", "c"]))
        grid.refresh()
        QApplication.processEvents()

    qtbot.waitUntil(lambda: is_whole(grid))
    kept = on_screen(grid)
    scroll = grid.verticalScrollBar().value()
    anew(grid)
    grid.verticalScrollBar().setValue(scroll)
    assert fill_in(qtbot, grid) == kept


@pytest.mark.parametrize("size", [32, 48, 64, 384])
def test_every_mark_fits_at_every_size(
    qtbot: QtBot, grid: TileGrid, session: ReviewSession, size: int
) -> None:
    stale = Query(state=State.UNDECIDED)
    grid.show_project(COUNT, lambda index: cell_facts(session, stale, index), PlainTiles(COUNT))
    grid.set_order(np.arange(COUNT))
    session.label([0], POSITIVE)
    session.flag([0])
    grid.set_tile_size(size)

    image = fill_in(qtbot, grid)

    box, other = grid.cell_rect(0), grid.cell_rect(1)
    assert image.copy(box) != image.copy(other)
    painter = QPainter(image)
    painter.fillRect(box, image.pixelColor(0, 0))
    painter.end()
    assert image.copy(other) == painted(grid).copy(other)
