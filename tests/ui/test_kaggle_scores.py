"""What Kaggle said of an export, typed into the table of models while other things go on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from histoviewer.domain.models import ExportRecord
from histoviewer.project.project import Project
from histoviewer.ui.evaluate.page import EvaluatePage
from histoviewer.ui.model_table import PRIVATE, PUBLIC
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS, add_model


@pytest.fixture
def page(open_window: Open, ranked_path: Path, qtbot: QtBot) -> EvaluatePage:
    """The page with two models, the second of which was exported."""
    record = ExportRecord(
        path="a.csv", model="002-test", created=datetime.now(UTC), rows=12, hard=False, sha256="0"
    )
    with Project.open(ranked_path) as project:
        project.add_export(record)
    shown = open_window(ranked_path).pages.show_page("evaluate")
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


def test_the_window_can_be_closed_in_the_middle_of_typing(page: EvaluatePage) -> None:
    window = page.window()
    type_into(page, PUBLIC, "0.96")

    window.shut_down()  # as when the session of the system ends
    page.parts.models.clearFocus()

    window.close()


def test_marks_stay_when_models_are_read_again(page: EvaluatePage, qtbot: QtBot) -> None:
    page.table.mark("002-test", on=True)
    page.table.mark("001-test", on=False)

    add_model(page.window().bench.workspace.project, 3)
    with qtbot.waitSignal(page.table.rowsInserted, timeout=PATIENCE_MS):
        page._ask()

    assert page.table.marked == ("002-test",)
    assert [row.model.id for row in page.table.rows] == ["003-test", "002-test", "001-test"]
