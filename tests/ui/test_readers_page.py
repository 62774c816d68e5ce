"""The readers page in the real window: who differs on what, and the verdict that settles it."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from histoviewer.domain.batches import Mode
from histoviewer.domain.opinions import disputed_tiles
from histoviewer.services.opening import open_workspace
from histoviewer.ui.readers.page import ReadersPage
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS


def read(path: Path, reader: str, labels: dict[int, int]) -> None:
    """Let a reader label some tiles."""
    with open_workspace(path, reader=reader) as workspace:
        for tile, label in labels.items():
            workspace.session.label([tile], label)


@pytest.fixture
def page(open_window: Open, project_path: Path, qtbot: QtBot) -> ReadersPage:
    """The page on a project where Ada and Ben differ on tiles 1 and 4."""
    read(project_path, "Ada", {0: 1, 1: 1, 4: 0})
    read(project_path, "Ben", {0: 1, 1: 0, 4: 1})
    window = open_window(project_path)
    shown = window.pages.show_page("readers")
    assert isinstance(shown, ReadersPage)
    qtbot.waitUntil(lambda: shown.model.rowCount() == 2, timeout=PATIENCE_MS)
    return shown


def press(qtbot: QtBot, page: ReadersPage, key: Qt.Key) -> None:
    qtbot.keyClick(page.list, key)


def session_of(page: ReadersPage):
    return page.window().bench.workspace.session


def test_the_page_shows_what_each_reader_says(page: ReadersPage) -> None:
    rows = [[page.model.index(row, column).data() for column in (1, 2)] for row in (0, 1)]

    assert rows == [["+ 1", "\N{MINUS SIGN} 0"], ["\N{MINUS SIGN} 0", "+ 1"]]
    assert page.model.headerData(1, Qt.Orientation.Horizontal) == "Ada"
    assert page.caption.text() == "Ada: + 1   Ben: \N{MINUS SIGN} 0"


def test_kappa_between_readers_is_shown(page: ReadersPage) -> None:
    assert page.pairs.texts[5:8] == ["Ada and Ben", "3", "33.3%"]


def test_the_tile_is_shown_at_its_own_resolution(page: ReadersPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.picture.image is not None, timeout=PATIENCE_MS)

    assert page.picture.image.width() == 96


def test_a_key_settles_the_tile_and_goes_on_to_the_next(page: ReadersPage, qtbot: QtBot) -> None:
    press(qtbot, page, Qt.Key.Key_1)

    session = session_of(page)
    assert session.log.batches[-1].mode is Mode.SETTLING
    assert session.effective[1] == 1
    assert disputed_tiles(session.log).tolist() == [4]
    assert page.model.tiles.tolist() == [4]
    assert page.list.currentIndex().row() == 0


def test_what_was_read_before_a_verdict_brings_no_settled_tile_back(
    page: ReadersPage, qtbot: QtBot
) -> None:
    listed: list[list[int]] = []
    page.model.modelReset.connect(lambda: listed.append(page.model.tiles.tolist()))
    page._ask()  # as some moments after an earlier verdict

    press(qtbot, page, Qt.Key.Key_1)  # before the answer has come

    assert page.model.tiles.tolist() == [4]
    reads = len(listed)
    with qtbot.waitSignal(page.model.modelReset, timeout=PATIENCE_MS):
        pass
    assert listed[reads:] == [[4]]


def test_a_tile_that_takes_its_time_is_not_shown_by_the_name_of_the_next(
    page: ReadersPage, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: page.picture.image is not None, timeout=PATIENCE_MS)

    page._loader.late.emit()  # as after a moment, where a file is on a slow disk

    assert page.picture.image is None
    assert page.picture.text == "Reading the tile…"


def test_undo_brings_the_difference_back(page: ReadersPage, qtbot: QtBot) -> None:
    press(qtbot, page, Qt.Key.Key_0)
    assert page.model.rowCount() == 1

    press_undo(qtbot, page)

    qtbot.waitUntil(lambda: page.model.rowCount() == 2, timeout=PATIENCE_MS)


def press_undo(qtbot: QtBot, page: ReadersPage) -> None:
    qtbot.keyClick(page.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def test_several_tiles_are_settled_as_one_step(page: ReadersPage, qtbot: QtBot) -> None:
    page.list.selectAll()

    press(qtbot, page, Qt.Key.Key_0)

    assert len(session_of(page).log.batches[-1]) == 2
    assert "agree on every tile" in page._empty.text() or page.model.rowCount() == 0


def test_with_one_reader_the_page_says_what_to_do(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    read(project_path, "Ada", {0: 1})
    window = open_window(project_path)

    page = window.pages.show_page("readers")

    qtbot.waitUntil(lambda: "Only one reader" in page._empty.text(), timeout=PATIENCE_MS)
    assert page._empty.isVisible()
