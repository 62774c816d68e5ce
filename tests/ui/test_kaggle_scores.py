"""What Kaggle said of an export, typed into the table of models while other things go on."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from histoviewer.errors import StorageError
from histoviewer.project.project import Project
from histoviewer.ui.evaluate.page import EvaluatePage
from histoviewer.ui.model_table import PRIVATE, PUBLIC
from histoviewer.ui.window import MainWindow
from tests.project import samples
from tests.ui.acting import Open, each_ending, wait
from tests.ui.conftest import PATIENCE_MS, add_model


@pytest.fixture
def page(open_window: Open, project_path: Path, qtbot: QtBot) -> EvaluatePage:
    """The page with two models, the second of which was exported; none is champion, or marked."""
    with Project.open(project_path) as project:
        for number in (1, 2):
            add_model(project, number)
        project.add_export(samples.export("002-test"))
    return show_page(open_window, project_path, qtbot)


def show_page(open_window: Open, path: Path, qtbot: QtBot) -> EvaluatePage:
    shown = open_window(path).pages.show_page("evaluate")
    assert isinstance(shown, EvaluatePage)
    qtbot.waitUntil(lambda: shown.table.count() == 2, timeout=PATIENCE_MS)
    return shown


def type_into(page: EvaluatePage, column: int, text: str) -> QLineEdit:
    """Type a score of the first row, without the last key."""
    view = page.parts.models
    view.setFocus()
    view.setCurrentIndex(page.table.index(0, column))
    QTest.keyClick(view, Qt.Key.Key_F2)
    editor = view.indexWidget(view.currentIndex())
    editor.selectAll()
    QTest.keyClicks(editor, text)
    return editor


def test_both_scores_are_kept_however_fast_they_are_typed(page: EvaluatePage, qtbot: QtBot) -> None:
    project = page.window().bench.workspace.project

    for column, score in ((PUBLIC, "0.9612"), (PRIVATE, "0.9588")):
        editor = type_into(page, column, score)
        with qtbot.waitSignal(page.table.score_typed):
            QTest.keyClick(editor, Qt.Key.Key_Return)

    qtbot.waitUntil(
        lambda: [page.table.text(0, each) for each in (PUBLIC, PRIVATE)] == ["0.9612", "0.9588"],
        timeout=PATIENCE_MS,
    )
    (export,) = project.exports()
    assert (export.public_score, export.private_score) == (0.9612, 0.9588)


def test_what_is_no_score_is_refused_in_a_sentence(page: EvaluatePage, qtbot: QtBot) -> None:
    editor = type_into(page, PUBLIC, "96.12")
    with qtbot.waitSignal(page.notice) as said:
        QTest.keyClick(editor, Qt.Key.Key_Return)

    assert "96.12" in said.args[0]
    assert "from 0 to 1" in said.args[0]
    (export,) = page.window().bench.workspace.project.exports()
    assert export.public_score is None


def test_who_types_goes_on_typing_while_models_are_read_again(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    """A training that ends puts a model above the others."""
    project = page.window().bench.workspace.project
    editor = type_into(page, PUBLIC, "0.96")

    project.note_kaggle_scores(1, private=0.9588)
    with qtbot.waitSignal(page.table.dataChanged, timeout=PATIENCE_MS):
        page._ask()
    add_model(project, 3)
    with qtbot.waitSignal(page.table.rowsInserted, timeout=PATIENCE_MS):
        page._ask()

    assert page.parts.models.indexWidget(page.table.index(1, PUBLIC)) is editor
    assert editor.text() == "0.96"
    QTest.keyClicks(editor, "12")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.table.text(1, PUBLIC) == "0.9612", timeout=PATIENCE_MS)
    (export,) = project.exports()
    assert (export.public_score, export.private_score) == (0.9612, 0.9588)


def test_what_is_being_typed_stays_where_the_cell_gets_another_score(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    """A score has come from elsewhere, or there is a newer export, of which none is known."""
    project = page.window().bench.workspace.project
    editor = type_into(page, PUBLIC, "0.96")

    project.note_kaggle_scores(1, public=0.5)
    with qtbot.waitSignal(page.table.dataChanged, timeout=PATIENCE_MS):
        page._ask()

    assert editor.text() == "0.96"
    assert page.table.text(0, PUBLIC) == "0.5000"
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.table.text(0, PUBLIC) == "0.9600", timeout=PATIENCE_MS)


def kept_score(path: Path) -> float | None:
    with Project.open(path, read_only=True) as project:
        (export,) = project.exports()
    return export.public_score


@each_ending
def test_what_is_being_typed_is_kept_at_closing(
    page: EvaluatePage, project_path: Path, qtbot: QtBot, end: Callable[[MainWindow], object]
) -> None:
    window = page.window()
    type_into(page, PUBLIC, "0.96")

    end(window)

    wait(qtbot, lambda: window.bench.workspace is None)
    window.close()
    wait(qtbot, window.isHidden)
    assert kept_score(project_path) == 0.96


def test_what_is_no_score_is_not_kept_at_closing(
    page: EvaluatePage, project_path: Path, qtbot: QtBot
) -> None:
    type_into(page, PUBLIC, "96")

    page.window().close()

    wait(qtbot, page.window().isHidden)
    assert kept_score(project_path) is None


def test_closing_waits_for_a_score_that_stands_behind_other_work(
    page: EvaluatePage, project_path: Path, qtbot: QtBot
) -> None:
    window, go = page.window(), threading.Event()
    background = window.bench.background
    background.run(lambda: go.wait(PATIENCE_MS / 1000), then=lambda _: None, failed=lambda _: None)
    editor = type_into(page, PUBLIC, "0.9612")
    with qtbot.waitSignal(page.table.score_typed):
        QTest.keyClick(editor, Qt.Key.Key_Return)

    assert not window.close()
    assert window.front.is_waiting
    assert window.front._title.text() == "Saving…"
    go.set()

    wait(qtbot, window.isHidden)
    assert kept_score(project_path) == 0.9612


def test_a_score_that_cannot_be_kept_keeps_the_window_open_which_says_why(
    page: EvaluatePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **_scores: object) -> None:
        raise StorageError("There is no space left.", "Free some space.")

    window = page.window()
    monkeypatch.setattr(Project, "note_kaggle_scores", full)
    type_into(page, PUBLIC, "0.96")

    assert not window.close()

    wait(qtbot, lambda: window.front.shows_project)
    assert any("no space left" in notice.title for notice in window.notices.notices)
    window.close()
    wait(qtbot, window.isHidden)  # nothing waits any more


def test_marks_stay_when_models_are_read_again(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    page = show_page(open_window, ranked_path, qtbot)
    page.table.mark("002-test", on=True)
    page.table.mark("001-test", on=False)

    add_model(page.window().bench.workspace.project, 3)
    with qtbot.waitSignal(page.table.rowsInserted, timeout=PATIENCE_MS):
        page._ask()

    assert page.table.marked == ("002-test",)
    assert [row.model.id for row in page.table.rows] == ["003-test", "002-test", "001-test"]
