"""Tiles that something is laid over, beside plain ones in one grid."""

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from histoviewer.domain.arrays import Bool, Int64, UInt8
from histoviewer.domain.triage import Query
from histoviewer.ui.review.facts import cell_facts
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.review.overlaid import OVERLAID_STAND_IN
from tests.ui.review.conftest import PlainTiles, make_session, painted
from tests.ui.review.gestures import fill_in

EVEN = (255, 0, 0)
COUNT = 40


class Coloured(PlainTiles):
    """Tiles of one colour."""

    def __init__(self, colour: tuple[int, int, int] = EVEN) -> None:
        super().__init__(COUNT)
        self.colour = colour

    def gather(self, index: Int64, out: UInt8 | None = None) -> UInt8:
        plain = super().gather(index, out)
        plain[:] = self.colour
        return plain


@pytest.fixture
def shown(grid: TileGrid, qtbot: QtBot) -> Iterator[TileGrid]:
    """40 tiles in the grid, those in view painted."""
    session = make_session(COUNT)
    grid.show_project(COUNT, lambda index: cell_facts(session, Query(), index), PlainTiles(COUNT))
    grid.set_order(np.arange(COUNT))
    fill_in(qtbot, grid)
    yield grid
    grid.tiles.close()


def even(tiles: Int64) -> Bool:
    return np.asarray(tiles % 2 == 0)


def colour_of(grid: TileGrid, place: int) -> tuple[int, ...]:
    centre = painted(grid).pixelColor(grid.cell_rect(place).center())
    return (centre.red(), centre.green(), centre.blue())


def overlaid(grid: TileGrid, qtbot: QtBot, colour: tuple[int, int, int] = EVEN) -> None:
    grid.tiles.lay_over(Coloured(colour), even)
    grid.refresh()
    qtbot.waitUntil(lambda: colour_of(grid, 2) == colour)


def test_only_tiles_that_are_covered_are_painted_from_above(shown: TileGrid, qtbot: QtBot) -> None:
    overlaid(shown, qtbot)

    assert colour_of(shown, 0) == EVEN
    assert colour_of(shown, 3) == (3, 6, 9)


def test_the_tiles_that_nothing_is_laid_over_are_told(shown: TileGrid, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.tiles.lacking) as told:
        overlaid(shown, qtbot)

    assert told.args is not None
    assert set(told.args[0].tolist()) == {tile for tile in shown.tiles.in_view if tile % 2}


def test_what_is_not_covered_any_more_is_not_painted_once_more(
    shown: TileGrid, qtbot: QtBot
) -> None:
    allowed = {0, 2}
    shown.tiles.lay_over(Coloured(), lambda tiles: np.isin(tiles, list(allowed)))
    shown.refresh()
    qtbot.waitUntil(lambda: colour_of(shown, 2) == EVEN)

    allowed.clear()

    assert colour_of(shown, 2) == (2, 4, 6)


def test_the_old_look_stands_in_until_the_new_one_is_there(shown: TileGrid, qtbot: QtBot) -> None:
    overlaid(shown, qtbot)

    shown.tiles.renew(Coloured((0, 0, 255)))
    stamps = shown.tiles.take(np.arange(3), np.zeros(0, np.int64))

    assert stamps[2] == OVERLAID_STAND_IN
    assert shown.tiles.pixels(2, int(stamps[2]))[0, 0] == 0xFFFF0000
    qtbot.waitUntil(lambda: colour_of(shown, 2) == (0, 0, 255))


def test_another_size_is_overlaid_too(shown: TileGrid, qtbot: QtBot) -> None:
    overlaid(shown, qtbot)

    shown.set_tile_size(64)
    at_once = colour_of(shown, 2)

    assert at_once == EVEN
    qtbot.waitUntil(lambda: shown.tiles.take(np.array([2]), np.zeros(0, np.int64))[0] > 0)
    assert colour_of(shown, 2) == EVEN


def test_lifted_all_are_plain_at_once(shown: TileGrid, qtbot: QtBot) -> None:
    overlaid(shown, qtbot)

    shown.tiles.lift()

    assert colour_of(shown, 2) == (2, 4, 6)
