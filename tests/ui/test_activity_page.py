"""The activity page in the real window: the steps, and undo of each on its own."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from histoviewer.services.opening import open_workspace
from histoviewer.ui.activity.model import STATE, WHAT
from histoviewer.ui.activity.page import ActivityPage
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS


@pytest.fixture
def page(open_window: Open, project_path: Path) -> ActivityPage:
    """The page on a project with three steps: two labels, then three flags."""
    with open_workspace(project_path, reader="Ada") as workspace:
        for tile in (0, 1):
            workspace.session.label([tile], 1)
        workspace.session.flag([5, 6, 7])
    shown = open_window(project_path).pages.show_page("activity")
    assert isinstance(shown, ActivityPage)
    return shown


def texts(page: ActivityPage, column: int) -> list[str]:
    return [page.model.index(row, column).data() for row in range(page.model.rowCount())]


def choose(page: ActivityPage, number: int) -> None:
    page.list.setCurrentIndex(page.model.index(page.model.row_of(number), 0))


def session_of(page: ActivityPage):
    return page.window().bench.workspace.session


def test_the_newest_step_comes_first(page: ActivityPage) -> None:
    assert texts(page, WHAT)[0] == "flag 3 tiles"
    assert texts(page, STATE) == ["in force"] * 3
    assert page.summary.text() == "Steps: 3. Readers: Ada."


def test_an_older_step_is_taken_back_on_its_own(page: ActivityPage, qtbot: QtBot) -> None:
    choose(page, 1)

    qtbot.mouseClick(page.undo_button, Qt.MouseButton.LeftButton)

    assert texts(page, STATE) == ["", "in force", "in force", "taken back"]
    assert texts(page, WHAT)[0].startswith("take back step 1")
    states = session_of(page).states
    assert states.decided[:2].tolist() == [-1, 1]
    assert states.flagged[5:8].all()


def test_a_step_taken_back_cannot_be_taken_back_again(page: ActivityPage) -> None:
    choose(page, 2)
    page.undo_chosen()

    choose(page, 2)

    assert not page.undo_button.isEnabled()
    assert page.show_button.isEnabled()


def test_enter_goes_to_the_tiles_of_a_step(page: ActivityPage, qtbot: QtBot) -> None:
    window = page.window()
    choose(page, 3)

    qtbot.keyClick(page.list, Qt.Key.Key_Return)

    review = window.pages.current
    qtbot.waitUntil(lambda: review.grid.selection.count == 3, timeout=PATIENCE_MS)
    assert sorted(review.grid.selection.targets().tolist()) == [5, 6, 7]


def test_steps_taken_elsewhere_are_listed_when_the_page_is_shown(
    page: ActivityPage, qtbot: QtBot
) -> None:
    window = page.window()
    review = window.pages.show_page("review")

    qtbot.keyClick(review.grid, Qt.Key.Key_1)
    window.pages.show_page("activity")

    assert page.model.rowCount() == 4


def test_a_project_without_steps_says_what_will_be_here(
    open_window: Open, project_path: Path
) -> None:
    page = open_window(project_path).pages.show_page("activity")

    assert page._empty.isVisible()
    assert not page.undo_button.isEnabled()
