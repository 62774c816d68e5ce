"""What is shown follows marks, projects, labels and scores, and moves for nothing else."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from histoviewer.domain.tiles import Split
from histoviewer.files import whole_file
from histoviewer.ui.evaluate.layout import Tab
from histoviewer.ui.evaluate.page import EvaluatePage
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS, add_model, operation
from tests.ui.evaluate.acting import go_to


def turn_scores(page: EvaluatePage) -> None:
    """Let the champion have scored anew, every tile the other way round."""
    path = page.window().bench.workspace.project.scores_path("001-test")
    scores = 1 - np.load(path)
    with whole_file(path) as stream:
        np.save(stream, scores)


def test_without_a_mark_no_figure_stays(page: EvaluatePage, qtbot: QtBot) -> None:
    go_to(page, Tab.THRESHOLD)
    explorer = page.parts.explorer

    page.table.mark("001-test", on=False)

    assert explorer.figures.texts() == explorer.matrix.texts() == []
    assert explorer.choice.model_id is None
    assert page._plots.scores.shown == []
    assert page.parts._words.isVisible()
    assert "Mark a model" in page.parts._words.text()
    go_to(page, Tab.LEARNING)
    assert not page.parts._words.isVisible()


def test_another_project_finds_nothing_of_the_one_before(
    page: EvaluatePage, packed_project: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    page.parts.compare.result.setText("Model 1 is better.")
    go_to(page, Tab.GROUPS)
    assert page.parts.groups.view.isVisible()
    other = shutil.copytree(packed_project, tmp_path / "other.histo")
    before = page._workspace

    page.window().opener.open(other)
    qtbot.waitUntil(lambda: page._workspace not in (None, before), timeout=PATIENCE_MS)

    assert page.parts.compare.result.text() == ""
    assert page.assessor.found == ()
    assert not page.parts.groups.view.isVisibleTo(page.parts.groups)


def test_a_project_without_labelled_validation_tiles_says_so_and_lists_its_models(
    open_window: Open, judged_path: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    other = Path(shutil.copytree(judged_path, tmp_path / "other.histo"))
    with closing(sqlite3.connect(other / "project.db")) as database, database:
        database.execute("UPDATE tiles SET given = -1 WHERE split = ?", (int(Split.VALIDATION),))
    (judged_path / "models" / "002-test" / "scores.npy").unlink()
    window = open_window(judged_path)
    page = window.pages.show_page("evaluate")
    qtbot.waitUntil(lambda: page._read is not None, timeout=PATIENCE_MS)
    page.table.mark("002-test", on=True)
    assert page.parts.score.isVisible()
    before = page._workspace
    window.pages.show_page("review")

    window.opener.open(other)
    qtbot.waitUntil(lambda: page._workspace not in (None, before), timeout=PATIENCE_MS)
    assert page.parts.score.isHidden()
    window.pages.show_page("evaluate")

    words = page.parts._words
    qtbot.waitUntil(lambda: "no labelled validation tile" in words.text(), timeout=PATIENCE_MS)
    assert words.isVisible()
    assert not window.notices.notices
    assert page.table.count() == 2
    assert page.parts.score.isHidden()
    assert page.parts.export.isEnabled()
    tile = int(np.flatnonzero(page._workspace.session.tiles.splits == Split.VALIDATION)[0])
    window.bench.changed.emit(page._workspace.session.label([tile], 1))
    assert page.parts.refresh.text().startswith("Labels have changed")


def test_a_comparison_says_when_scores_have_changed(page: EvaluatePage, qtbot: QtBot) -> None:
    go_to(page, Tab.COMPARE)
    compare, bench = page.parts.compare, page.window().bench
    compare.button.click()
    qtbot.waitUntil(lambda: bool(compare.result.text()), timeout=PATIENCE_MS)
    before = compare.result.text()
    turn_scores(page)

    bench.submit(bench.batch, "Anything", operation)

    qtbot.waitUntil(compare.outdated.isVisible, timeout=PATIENCE_MS)
    compare.button.click()
    qtbot.waitUntil(lambda: bool(compare.result.text()), timeout=PATIENCE_MS)
    assert compare.result.text() != before
    assert not compare.outdated.isVisible()


def test_a_comparison_goes_with_the_choice_and_says_when_labels_have_changed(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    go_to(page, Tab.COMPARE)
    compare, bench = page.parts.compare, page.window().bench
    compare.button.click()
    qtbot.waitUntil(lambda: bool(compare.result.text()), timeout=PATIENCE_MS)
    assert not compare.outdated.isVisible()

    tile, label = int(page.assessor.found[0].rows[0]), int(page.assessor.found[0].labels[0])
    bench.changed.emit(bench.workspace.session.label([tile], 1 - label))
    assert compare.outdated.isVisible()
    bench.changed.emit(bench.workspace.session.label([tile], label))
    assert not compare.outdated.isVisible()
    bench.changed.emit(bench.workspace.session.label([tile], 1 - label))

    compare.first.setCurrentIndex(compare.second.currentIndex())
    assert compare.result.text() == ""
    assert not compare.outdated.isVisible()


def test_verdicts_that_change_no_validation_label_make_nothing_old(page: EvaluatePage) -> None:
    """They are logged all the same: a skip, a flag, a confirmation, a verdict on another side."""
    bench, found = page.window().bench, page.assessor.found[0]
    session, tile, label = bench.workspace.session, int(found.rows[0]), int(found.labels[0])
    training = int(np.flatnonzero(session.tiles.splits == Split.TRAIN)[0])
    for changes in (
        session.label([tile], label),
        session.label([training], 1 - int(session.effective[training])),
        session.skip([tile]),
        session.flag([tile]),
    ):
        bench.changed.emit(changes)
        assert page.parts.refresh.isHidden()

    bench.changed.emit(session.label([tile], 1 - label))
    assert page.parts.refresh.isVisible()
    bench.changed.emit(session.undo())
    assert page.parts.refresh.isHidden()


def test_a_verdict_while_figures_are_worked_out_makes_them_old(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    bench, before = page.window().bench, page.assessor.found
    page.parts.refresh.click()
    tile = int(before[0].rows[0])
    bench.changed.emit(bench.workspace.session.label([tile], 1 - int(before[0].labels[0])))

    qtbot.waitUntil(lambda: page.assessor.found is not before, timeout=PATIENCE_MS)

    assert page.assessor.found[0].labels[0] == before[0].labels[0]
    assert page.parts.refresh.isVisible()
    assert page.parts.refresh.text().startswith("Labels have changed")


@pytest.mark.parametrize("tab", [Tab.ERRORS, Tab.CURVES])
def test_evaluating_again_gives_the_keyboard_back(
    page: EvaluatePage, tab: Tab, qtbot: QtBot
) -> None:
    """The button goes with its click: Qt would give the keyboard to the one beside it."""
    go_to(page, tab)
    bench, before = page.window().bench, page.assessor.found
    tile = int(before[0].rows[0])
    bench.changed.emit(bench.workspace.session.label([tile], 1 - int(before[0].labels[0])))
    page.parts.refresh.setFocus()

    QTest.keyClick(page.parts.refresh, Qt.Key.Key_Space)
    qtbot.waitUntil(page.parts.refresh.isHidden, timeout=PATIENCE_MS)

    assert (page.parts.gallery.grid if tab is Tab.ERRORS else page.parts.models).hasFocus()


def test_work_on_other_models_leaves_errors_and_figures_where_they_are(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    go_to(page, Tab.ERRORS)
    window, grid, found = page.window(), page.parts.gallery.grid, page.assessor.found
    order = grid.order.tolist()
    labels = dict(zip(found[0].rows.tolist(), found[0].labels.tolist(), strict=True))
    grid.go_to_place(0)
    QTest.keyClick(grid, Qt.Key.Key_0 if labels[order[0]] else Qt.Key.Key_1)
    QTest.keyClick(grid, Qt.Key.Key_0)
    add_model(window.bench.workspace.project, 3)

    window.bench.submit(window.bench.batch, "Anything", operation)
    qtbot.waitUntil(lambda: page.table.count() == 3, timeout=PATIENCE_MS)
    window.pages.show_page("review")
    window.pages.show_page("evaluate")

    assert not window.bench.looks.is_busy
    assert page.assessor.found is found
    assert grid.order.tolist() == order
    assert page.parts.refresh.isVisible()


def test_a_model_whose_scores_have_changed_is_assessed_again(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    bench, before = page.window().bench, page.assessor.found
    turn_scores(page)

    bench.submit(bench.batch, "Anything", operation)

    qtbot.waitUntil(lambda: page.assessor.found is not before, timeout=PATIENCE_MS)
    assert page.assessor.found[0].auc.value == pytest.approx(1 - before[0].auc.value)


@pytest.mark.parametrize("name", ["threshold", "sensitivity"])
@pytest.mark.parametrize("typed", ["", "0"])
def test_a_number_that_is_being_typed_stays_when_a_job_ends(
    page: EvaluatePage, qtbot: QtBot, name: str, typed: str
) -> None:
    """It leaves other scores, of which other figures are true."""
    go_to(page, Tab.THRESHOLD)
    explorer, bench, before = page.parts.explorer, page.window().bench, page.assessor.found
    box = getattr(explorer, name)
    box.setFocus()
    box.selectAll()
    QTest.keyClick(box, Qt.Key.Key_Delete)
    QTest.keyClicks(box, typed)
    shown = box.text()
    turn_scores(page)

    bench.submit(bench.batch, "Anything", operation)
    qtbot.waitUntil(lambda: page.assessor.found is not before, timeout=PATIENCE_MS)
    assert box.text() == shown
    assert box.cleanText() == typed
    QTest.keyClicks(box, box.locale().toString(0.25, "f", 2)[len(typed) :])
    QTest.keyClick(box, Qt.Key.Key_Return)

    points = page.assessor.found[0].points
    asked = {"threshold": points.at_threshold(0.25), "sensitivity": points.at_sensitivity(0.002)}
    assert explorer.points == [asked[name]]


def test_an_assessment_that_nobody_waits_for_is_withdrawn(page: EvaluatePage, qtbot: QtBot) -> None:
    bench = page.window().bench
    before = bench.submit(bench.looks, "Wait", lambda: operation(("until_cancelled", None)))

    page.parts.refresh.click()
    page.table.mark("002-test", on=True)
    page.table.mark("001-test", on=False)

    assert bench.looks.waiting == 1
    bench.looks.withdraw(before)
    qtbot.waitUntil(
        lambda: [each.model for each in page.assessor.found] == ["002-test"], timeout=PATIENCE_MS
    )


def test_a_cancelled_evaluation_says_so_and_can_be_asked_for_again(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    bench = page.window().bench
    before = bench.submit(bench.looks, "Wait", lambda: operation(("until_cancelled", None)))
    page.table.mark("002-test", on=True)

    bench.looks.withdraw(page.assessor._task)
    bench.looks.withdraw(before)

    assert page.parts._words.text() == "The evaluation was cancelled."
    page.parts.refresh.click()
    qtbot.waitUntil(lambda: len(page.assessor.found) == 2, timeout=PATIENCE_MS)
    assert page.parts._words.text() == ""


def test_marking_a_model_while_models_are_read_does_not_drop_what_is_read(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    add_model(page.window().bench.workspace.project, 3)

    page._ask()
    page.table.mark("002-test", on=True)

    qtbot.waitUntil(lambda: page.table.count() == 3, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: len(page.assessor.found) == 2, timeout=PATIENCE_MS)
