"""The evaluate page in the real window: figures, thresholds, errors, comparison, files."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from histoviewer.domain.assessment import Comparison, Interval, Match
from histoviewer.domain.labels import ClassNames
from histoviewer.domain.operating import OperatingPoints
from histoviewer.domain.tiles import Split
from histoviewer.ui.evaluate.explorer import Explored
from histoviewer.ui.evaluate.layout import Tab
from histoviewer.ui.evaluate.page import EvaluatePage
from histoviewer.ui.model_table import PRIVATE, PUBLIC
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS, add_model, operation
from tests.ui.evaluate.acting import go_to, learn
from tests.ui.file_dialogs import then, type_name


def test_the_champion_is_marked_and_assessed_at_first(page: EvaluatePage) -> None:
    session = page.window().bench.workspace.session
    validation = np.flatnonzero(session.tiles.splits == Split.VALIDATION)

    assert page.table.marked == ("001-test",)
    assert page.assessor.found[0].rows.tolist() == validation.tolist()


def test_several_models_stand_beside_each_other(page: EvaluatePage, qtbot: QtBot) -> None:
    box = page.table.index(0, 0)

    assert page.table.setData(box, Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)

    qtbot.waitUntil(lambda: len(page.assessor.found) == 2, timeout=PATIENCE_MS)
    assert [each.model for each in page.assessor.found] == ["001-test", "002-test"]
    assert page._plots.areas.names == ["1 test", "2 test"]


def test_the_page_says_what_figures_rest_on_and_who_learned_the_rest(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    rows = page.assessor.found[0].rows
    learn(page, "002-test", rows[:3])
    basis = page.parts.basis
    assert basis.text().startswith(f"{len(rows)} validation tiles. ")
    assert f"{page.assessor.found[0].units} groups" in basis.text()

    page.table.mark("002-test", on=True)

    qtbot.waitUntil(lambda: len(page.assessor.found) == 2, timeout=PATIENCE_MS)
    assert basis.text().startswith(
        f"{len(rows) - 3} validation tiles. 3 more are left out, for all models alike: 2 test "
    )


def test_means_over_eight_views_are_told_apart_from_plain_scores(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    project = page.window().bench.workspace.project
    note = project.scores_path("002-test").with_suffix(".json")
    note.write_text(note.read_text().replace("false", "true"))
    assert "8 views" not in page.parts.basis.text()

    page.table.mark("002-test", on=True)
    qtbot.waitUntil(lambda: len(page.assessor.found) == 2, timeout=PATIENCE_MS)

    assert page._plots.areas.names == ["1 test", "2 test (mean of 8 views)"]
    assert "Some scores are means of 8 views" in page.parts.basis.text()


def test_the_table_marks_figures_that_rest_on_means(page: EvaluatePage, qtbot: QtBot) -> None:
    """Of an open page: a comparison has noted what the model was judged by."""
    project, bench = page.window().bench.workspace.project, page.window().bench
    row = next(n for n, each in enumerate(page.table.rows) if each.model.id == "002-test")
    assert page.table.text(row, 1) == "0.9200"

    project.note_metrics("002-test", {"val_tta": 1.0})
    with qtbot.waitSignal(page.table.dataChanged, timeout=PATIENCE_MS):
        bench.refresh_standing()

    tip = page.table.data(page.table.index(row, 1), Qt.ItemDataRole.ToolTipRole)
    assert page.table.text(row, 1) == "8 views: 0.9200"
    assert "mean of 8 views of the tile" in tip
    assert page.table.text(row, 4) == "\N{EM DASH}"  # no loss is known, whatever it rests on
    assert page.table.text(1 - row, 1) == "0.9100"


def test_where_nothing_is_left_the_reason_stands_in_place_of_the_figures(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    found = page.assessor.found[0]
    learn(page, "002-test", found.rows[found.labels == 1])
    go_to(page, Tab.THRESHOLD)

    with qtbot.waitSignal(page.window().bench.looks.operation_failed, timeout=PATIENCE_MS):
        page.table.mark("002-test", on=True)

    parts = page.parts
    assert "that 002-test was not trained on are not of both classes" in parts._words.text()
    assert parts._words.isVisible()
    assert not parts.explorer.isVisible()
    assert parts.basis.text() == ""
    assert parts.refresh.text() == "Evaluate again"
    page.table.mark("002-test", on=False)
    qtbot.waitUntil(parts.explorer.isVisible, timeout=PATIENCE_MS)
    assert parts.refresh.isHidden()


def test_a_model_that_was_made_and_is_not_champion_is_listed(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    bench = page.window().bench
    add_model(bench.workspace.project, 3)

    bench.submit(bench.batch, "Anything", operation)

    qtbot.waitUntil(lambda: page.table.count() == 3, timeout=PATIENCE_MS)


def test_where_no_run_has_curves_the_tab_says_so(page: EvaluatePage) -> None:
    """These models have no history; plots without a curve would look broken."""
    go_to(page, Tab.LEARNING)
    shown = [each.text() for each in page.findChildren(QLabel) if each.isVisible()]
    assert "No model has learning curves: they come with training it here." in shown

    go_to(page, Tab.CURVES)
    shown = [each.text() for each in page.findChildren(QLabel) if each.isVisible()]
    assert not any("learning curves" in text for text in shown)


def test_the_explorer_follows_slider_number_and_wanted_sensitivity(page: EvaluatePage) -> None:
    explorer, points = page.parts.explorer, page.assessor.found[0].points
    go_to(page, Tab.THRESHOLD)

    explorer.slider.setValue(300)
    at_slider = points.at_threshold(0.3)
    assert explorer.figures.texts()[0][3] == f"{100 * at_slider.specificity:.1f} %"
    assert explorer.value == pytest.approx(0.3)

    explorer.sensitivity.setValue(90)
    wanted = points.at_sensitivity(0.9)
    assert explorer.value == pytest.approx(wanted.threshold, abs=1e-4)
    assert explorer.figures.texts()[0][5] == f"{100 * wanted.cleared:.1f} %"


def test_a_threshold_close_to_one_keeps_all_its_digits(page: EvaluatePage) -> None:
    explorer = page.parts.explorer
    scores = np.linspace(0.99995, 0.9999999, 40, dtype=np.float32)
    points = OperatingPoints.of(np.arange(40, dtype=np.int8) % 2, scores)
    go_to(page, Tab.THRESHOLD)
    models, classes = [Explored("001", "1 test", points)], ClassNames("no", "yes")
    explorer.show_models(models, classes)
    explorer.sensitivity.setValue(30)
    box, found = explorer.threshold, explorer.figures.texts()

    explorer.show_models(models, classes)  # as after any work on models
    assert explorer.figures.texts() == found
    assert explorer.value == points.at_sensitivity(0.3).threshold

    shown = box.text()
    box.setValue(0.5)
    box.selectAll()
    QTest.keyClicks(box, shown)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert explorer.figures.texts() == found


def test_kaggle_scores_are_typed_into_the_table(page: EvaluatePage, qtbot: QtBot) -> None:
    project = page.window().bench.workspace.project
    row = [each.model.number for each in page.table.rows].index(2)
    other = [each.model.number for each in page.table.rows].index(1)

    assert page.table.setData(page.table.index(row, PUBLIC), "0,9612")

    qtbot.waitUntil(lambda: page.table.text(row, PUBLIC) == "0.9612", timeout=PATIENCE_MS)
    assert project.exports()[0].public_score == 0.9612
    assert not page.table.setData(page.table.index(row, PRIVATE), "96")
    assert not page.table.setData(page.table.index(other, PUBLIC), "0.9")


def test_leaving_the_editor_of_a_kaggle_score_as_it_is_changes_nothing(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    page.window().bench.workspace.project.note_kaggle_scores(1, public=0.961234567, private=0.95)
    page._ask()
    row = [each.model.number for each in page.table.rows].index(2)
    qtbot.waitUntil(lambda: page.table.text(row, PUBLIC) == "0.9612", timeout=PATIENCE_MS)
    view = page.parts.models
    view.setFocus()
    view.setCurrentIndex(page.table.index(row, PUBLIC))

    QTest.keyClick(view, Qt.Key.Key_F2)
    with qtbot.waitSignal(page.table.score_typed) as typed:
        QTest.keyClick(view.findChild(QLineEdit), Qt.Key.Key_Return)

    assert typed.args == [1, {"public": 0.961234567}]


def test_a_model_without_scores_is_offered_to_be_scored(page: EvaluatePage, qtbot: QtBot) -> None:
    page.window().bench.workspace.project.scores_path("002-test").unlink()
    page._ask()
    qtbot.waitUntil(lambda: "002-test" in page._read.unscored, timeout=PATIENCE_MS)

    page.table.mark("002-test", on=True)

    assert page.parts.score.isVisible()
    assert page.parts.score.text().startswith("2 test has not scored")
    with qtbot.waitSignal(page.window().bench.batch.task_queued) as queued:
        page.parts.score.setFocus()
        QTest.keyClick(page.parts.score, Qt.Key.Key_Space)
    assert page.parts.models.hasFocus()  # the button is off: Qt would pick a neighbour
    assert queued.args[0].title == "Score with model 2"


def test_two_models_are_compared(page: EvaluatePage, qtbot: QtBot) -> None:
    go_to(page, Tab.COMPARE)

    page.parts.compare.button.click()

    result = page.parts.compare.result
    qtbot.waitUntil(lambda: "too few to tell chance" in result.text(), timeout=PATIENCE_MS)
    assert "2 test" in result.text()


@pytest.mark.parametrize(("p", "verdict"), [(0.01, "more than chance"), (0.4, "Chance could")])
def test_a_comparison_says_whether_chance_could_have_given_it(
    page: EvaluatePage, p: float, verdict: str
) -> None:
    found = Comparison(
        at_least=0.01,
        first="a",
        second="b",
        n=900,
        first_auc=0.9,
        second_auc=0.8,
        difference=Interval(value=0.1, low=0.02, high=0.18),
        p=p,
        resampled="group",
        units=30,
    )
    match = Match(comparison=found, left_out=12, learned_by=("b",))
    page.parts.compare.show_match(match, ("1", "2"))
    said = page.parts.compare.result.text()
    assert "(95 % +0.0200 to +0.1800)" in said
    assert "on 30 groups" in said
    assert "900 validation tiles. 12 more are left out, for all models alike: 2 learned" in said
    assert verdict in said


@pytest.mark.parametrize(("suffix", "begins"), [(".png", b"\x89PNG"), (".svg", b"<?xml")])
def test_plots_are_saved_under_a_name_with_their_suffix(
    page: EvaluatePage, tmp_path: Path, suffix: str, begins: bytes
) -> None:
    out = tmp_path / f"plot{suffix}"
    then(type_name(tmp_path / "plot"))

    page.parts.save_asked.emit(suffix)

    assert out.read_bytes().startswith(begins)
    assert out.stat().st_size > 2_000


def test_numbers_are_saved_as_csv(page: EvaluatePage, tmp_path, monkeypatch, qtbot) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))

    with qtbot.waitSignal(page.notice, timeout=PATIENCE_MS):
        page.parts.numbers_asked.emit()

    with (tmp_path / "001-test-roc.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert float(rows[-1]["sensitivity"]) == 1.0
    chosen = (tmp_path / "001-test-operating-point.csv").read_text().splitlines()
    assert chosen[1] == f"threshold,{page.parts.explorer.value}"
    assert len((tmp_path / "models.csv").read_text().splitlines()) == 3


def test_without_a_model_the_page_says_so(open_window: Open, project_path: Path, qtbot) -> None:
    shown = open_window(project_path).pages.show_page("evaluate")

    qtbot.waitUntil(lambda: shown._read is not None, timeout=PATIENCE_MS)

    assert "No model yet" in shown.parts._empty.text()
    assert shown.parts._empty.isVisible()
