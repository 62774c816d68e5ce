"""What the grid gets of its tiles: limits, tiles that go while they are shown, and come back."""

from collections.abc import Iterator
from pathlib import Path
from threading import active_count

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from histoviewer.domain.arrays import Int64, UInt8
from histoviewer.domain.tiles import ProblemFlag
from histoviewer.domain.triage import Query
from histoviewer.services.reviewing import ReviewSession
from histoviewer.tiles.decode import Missing
from histoviewer.tiles.originals import OriginalTiles
from histoviewer.ui.review.cache import TileCache
from histoviewer.ui.review.facts import cell_facts
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.review.supply import FAILED, MISSING, STAND_IN, TileSupply
from tests.tiles.helpers import noise, write_image
from tests.ui.review.conftest import PlainTiles, make_session, make_workspace, painted, press
from tests.ui.review.gestures import fill_in, rest_at

NOTHING = np.zeros(0, np.int64)


class Drive(PlainTiles):
    """Tiles on a drive that can be pulled out."""

    gone = False

    def gather(self, index: Int64, out: UInt8 | None = None) -> UInt8:
        if self.gone:
            raise Missing("file is missing")
        return super().gather(index, out)


@pytest.fixture
def supply(qtbot: QtBot) -> Iterator[TileSupply]:
    """A supply without a source."""
    made = TileSupply(lambda: None, cache=TileCache(limit=20 * 32 * 32 * 4))
    yield made
    made.close()


def brought(qtbot: QtBot, supply: TileSupply, tiles: Int64, around: Int64 = NOTHING) -> Int64:
    supply.take(tiles, around)
    qtbot.waitUntil(lambda: supply.has(tiles))
    return supply.take(tiles, around)


def test_tiles_in_view_are_kept_over_those_around(qtbot: QtBot, supply: TileSupply) -> None:
    supply.aim(PlainTiles(100), 32)
    view = np.arange(12)

    brought(qtbot, supply, view, np.arange(12, 100))
    qtbot.waitUntil(lambda: supply.has(np.arange(20)))

    assert (supply.take(view, np.arange(12, 100)) > 0).all()
    assert not supply.has(np.arange(20, 21))


def test_a_view_that_is_larger_than_the_limit_is_painted(qtbot: QtBot, supply: TileSupply) -> None:
    supply.aim(PlainTiles(100), 32)
    supply.set_limits(cache_bytes=1)

    assert (brought(qtbot, supply, np.arange(30)) > 0).all()


def test_tiles_of_the_former_size_stand_in(qtbot: QtBot, supply: TileSupply) -> None:
    supply.aim(PlainTiles(100), 32)
    brought(qtbot, supply, np.arange(3))

    supply.resize(64)
    stamps = supply.take(np.arange(4), NOTHING)

    pixels = supply.pixels(2)
    assert stamps.tolist() == [STAND_IN, STAND_IN, STAND_IN, MISSING]
    assert pixels is not None
    assert (pixels == 0xFF020406).all()


def test_the_number_of_threads_can_change_while_tiles_are_read(
    qtbot: QtBot, supply: TileSupply
) -> None:
    before = active_count()
    supply.aim(PlainTiles(2000), 16)
    for threads in (1, 3, 2):
        supply.set_limits(threads=threads)
        brought(qtbot, supply, np.arange(threads * 10, threads * 10 + 50))

    supply.close()

    assert active_count() <= before


def test_tiles_that_come_back_are_shown_after_the_next_order(qtbot: QtBot, grid: TileGrid) -> None:
    drive = Drive(40)
    drive.gone = True
    session = make_session(40)
    grid.show_project(40, lambda index: cell_facts(session, Query(), index), drive)
    grid.set_order(np.arange(40))
    fill_in(qtbot, grid)
    asked = len(drive.asked)
    states = grid.supply.take(np.arange(4), NOTHING).tolist()
    painted(grid)
    drive.gone = False
    grid.set_order(np.arange(40))
    still = grid.supply.take(np.arange(4), NOTHING).tolist()

    qtbot.waitUntil(lambda: painted(grid) is not None and not grid.supply.failed)
    assert (asked, states, still) == (0, [FAILED] * 4, [FAILED] * 4)
    colour = fill_in(qtbot, grid).pixelColor(grid.cell_rect(3).center())
    assert colour.getRgb()[:3] == (3, 6, 9)


def test_files_that_go_under_a_running_window_are_told_once(
    qtbot: QtBot, page: ReviewPage, tmp_path: Path
) -> None:
    session = make_session(60)
    for tile, name in enumerate(session.tiles.locations):
        write_image(tmp_path / name, noise(tile, 24, 24))
    originals = OriginalTiles(tmp_path, session.tiles.locations, 24)
    notices: list[str] = []
    page.notice.connect(notices.append)
    page.show_workspace(make_workspace(session, originals))
    fill_in(qtbot, page.grid)
    for name in session.tiles.locations[3:50]:
        (tmp_path / name).unlink()

    page.grid.set_source(originals)
    qtbot.waitUntil(lambda: bool(notices))
    fill_in(qtbot, page.grid)
    page.refresh_order()
    fill_in(qtbot, page.grid)
    press(qtbot, page.grid, Qt.Key.Key_End)
    fill_in(qtbot, page.grid)

    assert len(notices) == 1
    assert "tile-0003 can no longer be read: file is missing" in notices[0]
    assert set(page.grid.supply.failed) <= set(range(3, 50))


def test_what_the_import_could_not_read_is_no_news(qtbot: QtBot, page: ReviewPage) -> None:
    session = make_session(60)
    session.tiles.problems[4] = ProblemFlag.UNREADABLE
    notices: list[str] = []
    page.notice.connect(notices.append)
    page.show_workspace(make_workspace(session, PlainTiles(60, broken=frozenset({4}))))

    fill_in(qtbot, page.grid)

    assert 4 in page.grid.supply.failed
    assert notices == []


def test_a_tooltip_tells_id_label_and_score(page: ReviewPage, session: ReviewSession) -> None:
    rest_at(page.grid, page.grid.cell_rect(1).center())

    assert QToolTip.text().splitlines() == [
        "tile-0001",
        "Label: + tumour (undecided)",
        "Score: 0.980 → tumour (model 3)",
        "Group: slide-0",
    ]
    QToolTip.hideText()


def test_in_a_blind_read_it_tells_no_score(page: ReviewPage, session: ReviewSession) -> None:
    page.set_blind(True)

    rest_at(page.grid, page.grid.cell_rect(1).center())

    assert "Score: hidden until your verdict" in QToolTip.text()
    assert "0.9" not in QToolTip.text()
    QToolTip.hideText()


def test_it_tells_why_a_tile_is_not_shown(qtbot: QtBot, page: ReviewPage) -> None:
    session = make_session(60)
    page.show_workspace(make_workspace(session, PlainTiles(60, broken=frozenset({1}))))
    fill_in(qtbot, page.grid)

    rest_at(page.grid, page.grid.cell_rect(1).center())

    assert "It cannot be read: truncated JPEG" in QToolTip.text()
    QToolTip.hideText()
