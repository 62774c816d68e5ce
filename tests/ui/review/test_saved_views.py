"""Saved views in a real project: applied, saved, renamed, deleted and brought back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from histoviewer.domain.tiles import Split
from histoviewer.domain.triage import Query, SortKey, State
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.services.views import save_view
from histoviewer.ui.review.page import ReviewPage
from tests.ui.review.conftest import press


@pytest.fixture
def workspace(page: ReviewPage, ranked_path: Path) -> Iterator[Workspace]:
    """A project with the view 'tests' on the page."""
    with open_workspace(ranked_path, reader="AB") as opened:
        save_view(project=opened.project, name="tests", query=Query(split=Split.TEST))
    with open_workspace(ranked_path, reader="AB") as opened:
        page.show_workspace(opened)
        yield opened
        page.show_workspace(None)


def choose(page: ReviewPage, *path: str) -> None:
    """Choose an entry of the menu by the texts that lead there."""
    menu = page.filters.views.choices
    menu.aboutToShow.emit()
    for text in path:
        action = next(each for each in menu.actions() if each.text().replace("&", "") == text)
        menu = action.menu()
    action.trigger()


def answer(qtbot: QtBot, page: ReviewPage, text: str) -> None:
    """Type a name into the dialog that asks for it."""
    dialog = page.window().findChildren(QInputDialog)[-1]
    dialog.setTextValue(text)
    press(qtbot, dialog, Qt.Key.Key_Return)


def names(workspace: Workspace) -> list[str]:
    return [view.name for view in workspace.project.views()]


def test_a_view_brings_its_filters_and_order(page: ReviewPage, workspace: Workspace) -> None:
    page.bar.sort.choose(SortKey.RANDOM)
    choose(page, "tests")

    assert page.filters.query == Query(split=Split.TEST)
    assert page.bar.sort.value is SortKey.SCORE_DOWN
    assert page.filters.views.text() == "View: tests"
    assert (workspace.session.tiles.splits[page.grid.order] == Split.TEST).all()


def test_what_is_shown_is_saved_under_a_name(
    qtbot: QtBot, page: ReviewPage, workspace: Workspace
) -> None:
    page.filters.state.choose(State.FLAGGED)
    choose(page, "Save what is shown…")
    with qtbot.waitSignal(page.notice):
        answer(qtbot, page, "doubtful & odd")

    assert names(workspace) == ["tests", "doubtful & odd"]
    assert page.filters.views.current == "doubtful & odd"


def test_a_view_gets_another_name(qtbot: QtBot, page: ReviewPage, workspace: Workspace) -> None:
    choose(page, "Rename", "tests")
    with qtbot.waitSignal(page.notice):
        answer(qtbot, page, "the tests")

    assert names(workspace) == ["the tests"]


def test_a_deleted_view_can_be_brought_back(
    qtbot: QtBot, page: ReviewPage, workspace: Workspace
) -> None:
    with qtbot.waitSignal(page.notice):
        choose(page, "Delete", "tests")
    deleted = names(workspace)
    with qtbot.waitSignal(page.notice):
        choose(page, "Bring back tests")

    assert (deleted, names(workspace)) == ([], ["tests"])


def test_a_view_of_a_newer_version_is_said_and_changes_nothing(
    qtbot: QtBot, page: ReviewPage, workspace: Workspace
) -> None:
    workspace.project.save_view("odd", {"tissue": 0.5})
    page.show_workspace(replace(workspace, views=workspace.project.views()))
    page.filters.state.choose(State.FLAGGED)

    with qtbot.waitSignal(page.notice) as said:
        choose(page, "odd")

    assert "The view odd cannot be used" in said.args[0]
    assert page.filters.query == Query(state=State.FLAGGED)


def test_a_view_in_a_blind_read_tells_no_score(page: ReviewPage, workspace: Workspace) -> None:
    save_view(project=workspace.project, name="sure", query=Query(score_low=0.9))
    page.show_workspace(replace(workspace, views=workspace.project.views()))
    page.set_blind(True)

    choose(page, "sure")

    assert page.filters.query.score_low == 0
    assert page.filters.query.sort is SortKey.RANDOM


def test_a_project_that_is_only_looked_at_says_why_nothing_is_saved(
    qtbot: QtBot, page: ReviewPage, ranked_path: Path
) -> None:
    with open_workspace(ranked_path, reader="AB", read_only=True) as workspace:
        page.show_workspace(workspace)
        with qtbot.waitSignal(page.notice) as said:
            page.filters.views.saved.emit("mine")
        page.show_workspace(None)

    assert said.args[0].startswith("The project small is open for reading only")
