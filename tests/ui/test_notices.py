"""Notices above the page."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from histoviewer.errors import InputError
from histoviewer.project.project import Project
from histoviewer.ui.notices import NoticeArea
from histoviewer.ui.theme import Theme
from histoviewer.ui.window import MainWindow
from tests.ui.conftest import PATIENCE_MS


@pytest.fixture
def area(qtbot: QtBot, theme: Theme) -> NoticeArea:
    made = NoticeArea(theme)
    qtbot.addWidget(made)
    return made


def test_an_error_is_its_sentence_and_what_to_do(area: NoticeArea) -> None:
    area.show_error(InputError("No tiles were found.", "Choose another folder."))

    (notice,) = area.notices
    assert (notice.title, notice.hint) == ("No tiles were found.", "Choose another folder.")


def test_the_newest_is_on_top_and_old_ones_go(area: NoticeArea) -> None:
    for number in range(5):
        area.add("info", f"notice {number}")

    assert [notice.title for notice in area.notices] == ["notice 4", "notice 3", "notice 2"]


def test_the_same_notice_is_shown_once(area: NoticeArea) -> None:
    area.add("info", "again")
    area.add("info", "again")

    assert len(area.notices) == 1


def test_its_button_acts_and_dismisses_it(area: NoticeArea) -> None:
    done: list[str] = []
    area.add("warning", "kept", action=("Do it", lambda: done.append("it")))

    area.notices[0].findChild(QPushButton).click()

    assert done == ["it"]
    assert area.notices == []
    assert area.isHidden()


def test_one_level_can_be_cleared(area: NoticeArea) -> None:
    area.add("info", "done")
    area.add("error", "not done")

    area.clear("info")

    assert [notice.title for notice in area.notices] == ["not done"]


@pytest.mark.expected_log("the scores of model 1 cannot be read")
def test_damaged_scores_are_told_when_a_project_is_opened(
    open_window: Callable[[Path], MainWindow], ranked_path: Path, qtbot: QtBot
) -> None:
    with Project.open(ranked_path) as project:
        champion = project.champion()
        path = project.scores_path(champion)
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])

    window = open_window(ranked_path)

    (notice,) = window.notices.notices
    assert "are damaged and count as not there" in notice.title
    assert notice.button.text() == "Score again"
    path.write_bytes(whole)
    with qtbot.waitSignal(window.bench.standing_changed, timeout=PATIENCE_MS):
        window.bench.refresh_standing()
    assert window.notices.notices == []
