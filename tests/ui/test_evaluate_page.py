"""The evaluate page in the real window: figures, thresholds, errors, comparison, files."""

import csv
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from histoviewer.domain.assessment import Comparison, Interval, Match
from histoviewer.domain.labels import ClassNames
from histoviewer.domain.models import ExportRecord
from histoviewer.domain.operating import OperatingPoints
from histoviewer.domain.tiles import Split
from histoviewer.files import whole_file
from histoviewer.project.project import Project
from histoviewer.ui.evaluate.gallery import worst_first
from histoviewer.ui.evaluate.layout import Tab
from histoviewer.ui.evaluate.page import EvaluatePage
from histoviewer.ui.model_table import PRIVATE, PUBLIC
from histoviewer.ui.window import MainWindow
from tests.ui.conftest import PATIENCE_MS, add_model, operation
from tests.ui.file_dialogs import then, type_name

Open = Callable[[Path], MainWindow]


@pytest.fixture
def judged_path(ranked_path: Path) -> Path:
    """Two models, one of which was exported."""
    with Project.open(ranked_path) as project:
        project.add_export(
            ExportRecord(
                path="a.csv",
                model="002-test",
                created=datetime.now(UTC),
                rows=12,
                hard=False,
                sha256="0",
            )
        )
    return ranked_path


@pytest.fixture
def page(open_window: Open, judged_path: Path, qtbot: QtBot) -> EvaluatePage:
    """The page with the champion assessed."""
    shown = open_window(judged_path).pages.show_page("evaluate")
    assert isinstance(shown, EvaluatePage)
    qtbot.waitUntil(lambda: len(shown.assessor.found) == 1, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: shown._plots is not None, timeout=PATIENCE_MS)
    return shown


def learn(page: EvaluatePage, model: str, tiles: np.ndarray) -> None:
    """Let a model have been trained on some tiles, as one from elsewhere may be."""
    path = page.window().bench.workspace.project.learned_path(model)
    learned = np.load(path)
    learned[tiles] = 1
    np.save(path, learned)


def go_to(page: EvaluatePage, tab: Tab) -> None:
    page.parts.show_tab(tab)


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


def test_without_a_mark_no_figure_stays(page: EvaluatePage, qtbot: QtBot) -> None:
    go_to(page, Tab.THRESHOLD)
    explorer = page.parts.explorer

    page.table.mark("001-test", on=False)

    assert set(explorer.texts().values()) == {"\N{EM DASH}"}
    assert not any(box.text() for box in explorer.findChildren(QLabel) if box.text().isdigit())
    assert page._plots.scores._plot.listDataItems() == []
    assert page.parts._words.isVisible()
    assert "Mark a model" in page.parts._words.text()
    go_to(page, Tab.LEARNING)
    assert not page.parts._words.isVisible()


def test_another_project_finds_nothing_of_the_one_before(
    page: EvaluatePage, packed_project: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    page.parts.compare.result.setText("Model 1 is better.")
    go_to(page, Tab.GROUPS)
    assert page.parts.groups.isVisible()
    other = shutil.copytree(packed_project, tmp_path / "other.histo")
    before = page._workspace

    page.window().opener.open(other)
    qtbot.waitUntil(lambda: page._workspace not in (None, before), timeout=PATIENCE_MS)

    assert page.parts.compare.result.text() == ""
    assert page.assessor.found == ()
    assert page.parts._groups_body.currentWidget() is not page.parts.groups


def test_a_comparison_goes_with_the_choice_and_says_when_labels_have_changed(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    go_to(page, Tab.COMPARE)
    compare, bench = page.parts.compare, page.window().bench
    compare.button.click()
    qtbot.waitUntil(lambda: bool(compare.result.text()), timeout=PATIENCE_MS)
    assert not compare.outdated.isVisible()

    tile = int(page.assessor.found[0].rows[0])
    bench.changed.emit(bench.workspace.session.label([tile], 1))
    assert compare.outdated.isVisible()

    compare.first.setCurrentIndex(compare.second.currentIndex())
    assert compare.result.text() == ""
    assert not compare.outdated.isVisible()


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


def test_work_on_other_models_leaves_errors_and_figures_where_they_are(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    go_to(page, Tab.ERRORS)
    window, grid, found = page.window(), page.parts.gallery.grid, page.assessor.found
    order = grid.order.tolist()
    grid.go_to_place(0)
    QTest.keyClick(grid, Qt.Key.Key_1)
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
    path = bench.workspace.project.scores_path("001-test")
    scores = 1 - np.load(path)
    with whole_file(path) as stream:
        np.save(stream, scores)

    bench.submit(bench.batch, "Anything", operation)

    qtbot.waitUntil(lambda: page.assessor.found is not before, timeout=PATIENCE_MS)
    assert page.assessor.found[0].auc.value == pytest.approx(1 - before[0].auc.value)


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


def test_a_model_that_was_made_and_is_not_champion_is_listed(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    bench = page.window().bench
    add_model(bench.workspace.project, 3)

    bench.submit(bench.batch, "Anything", operation)

    qtbot.waitUntil(lambda: page.table.count() == 3, timeout=PATIENCE_MS)


def test_the_explorer_follows_slider_number_and_wanted_sensitivity(page: EvaluatePage) -> None:
    explorer, points = page.parts.explorer, page.assessor.found[0].points
    go_to(page, Tab.THRESHOLD)

    explorer.slider.setValue(300)
    at_slider = points.at_threshold(0.3)
    assert explorer.texts()["specificity"] == f"{100 * at_slider.specificity:.1f} %"
    assert explorer.value == pytest.approx(0.3)

    explorer.sensitivity.setValue(90)
    wanted = points.at_sensitivity(0.9)
    assert explorer.value == pytest.approx(wanted.threshold, abs=1e-4)
    assert explorer.texts()["cleared"] == f"{100 * wanted.cleared:.1f} %"


def test_a_threshold_close_to_one_keeps_all_its_digits(page: EvaluatePage) -> None:
    explorer = page.parts.explorer
    scores = np.linspace(0.99995, 0.9999999, 40, dtype=np.float32)
    points = OperatingPoints.of(np.arange(40, dtype=np.int8) % 2, scores)
    go_to(page, Tab.THRESHOLD)
    explorer.show_points(points, ClassNames("no", "yes"))
    explorer.sensitivity.setValue(30)
    box, found = explorer.threshold, explorer.texts()

    explorer.show_points(points, ClassNames("no", "yes"))  # as after any work on models
    assert explorer.texts() == found
    assert explorer.value == points.at_sensitivity(0.3).threshold

    shown = box.text()
    box.setValue(0.5)
    box.selectAll()
    QTest.keyClicks(box, shown)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert explorer.texts() == found


def test_errors_come_worst_first_and_take_verdicts_by_key(page: EvaluatePage) -> None:
    window = page.window()
    session = window.bench.workspace.session
    go_to(page, Tab.ERRORS)
    grid = page.parts.gallery.grid
    expected = worst_first(page.assessor.found[0], 0.5, missed=-1)
    assert grid.order.tolist() == expected.tolist()
    assert len(expected) > 1
    grid.go_to_place(0)

    QTest.keyClick(grid, Qt.Key.Key_1)

    assert session.states.decided[expected[0]] == 1
    assert grid.current == expected[1]
    assert page.parts.refresh.isVisible()
    assert grid.order.tolist() == expected.tolist()


def test_a_verdict_stays_on_its_error_where_that_is_chosen_here_or_on_the_review_page(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    window = page.window()
    advance, review = window.commands["review.advance"], window.pages.pages["review"]
    go_to(page, Tab.ERRORS)
    grid = page.parts.gallery.grid
    grid.go_to_place(0)
    first = grid.current

    advance.trigger()
    QTest.keyClick(grid, Qt.Key.Key_1)
    assert grid.current == first
    assert window.bench.workspace.session.states.decided[first] == 1
    assert not review.advances

    window.pages.show_page("review")
    assert not advance.isChecked()
    advance.trigger()
    window.pages.show_page("evaluate")
    assert advance.isChecked()
    QTest.keyClick(grid, Qt.Key.Key_0)
    assert grid.current != first


def test_a_verdict_on_an_error_is_kept_with_what_was_on_screen(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    session = page.window().bench.workspace.session
    page.table.mark("002-test", on=True)
    page.table.mark("001-test", on=False)
    qtbot.waitUntil(
        lambda: [each.model for each in page.assessor.found] == ["002-test"], timeout=PATIENCE_MS
    )
    go_to(page, Tab.ERRORS)
    grid = page.parts.gallery.grid
    grid.go_to_place(0)
    place = page.assessor.found[0].rows.tolist().index(grid.current)

    QTest.keyClick(grid, Qt.Key.Key_1)

    batch = session.log.batches[-1]
    assert batch.model == "002-test"
    assert batch.scores.tolist() == [page.assessor.found[0].scores[place]]


def test_rejecting_an_error_means_what_the_threshold_that_is_shown_calls_it(
    page: EvaluatePage,
) -> None:
    session = page.window().bench.workspace.session
    page.parts.explorer.threshold.setValue(0.99)
    go_to(page, Tab.ERRORS)
    grid = page.parts.gallery.grid
    missed = [tile for tile in grid.order.tolist() if session.scores[tile] >= 0.5]
    grid.go_to_place(grid.order.tolist().index(missed[0]))

    QTest.keyClick(grid, Qt.Key.Key_X)  # it calls the tile negative there

    assert session.states.decided[missed[0]] == 1


def test_keys_do_nothing_where_no_errors_are_shown(page: EvaluatePage) -> None:
    session = page.window().bench.workspace.session
    go_to(page, Tab.ERRORS)
    page.parts.gallery.grid.go_to_place(0)
    go_to(page, Tab.CURVES)

    page.label(1)

    assert page.target_count == 0
    assert session.log.last_sequence == 0


def test_evaluating_again_takes_the_labels_of_now(page: EvaluatePage, qtbot: QtBot) -> None:
    session = page.window().bench.workspace.session
    tile = int(page.assessor.found[0].rows[0])
    before = page.assessor.found[0].labels[0]
    page.window().bench.changed.emit(session.label([tile], 1 - int(before)))

    page.parts.refresh.click()

    qtbot.waitUntil(lambda: page.assessor.found[0].labels[0] != before, timeout=PATIENCE_MS)
    assert page.parts.refresh.isHidden()


def test_a_blind_read_closes_the_errors_and_says_why(page: EvaluatePage) -> None:
    page.window().bench.workspace.session.blind = True

    go_to(page, Tab.ERRORS)

    assert len(page.parts.gallery.grid.order) == 0
    assert "blind read" in page.parts.gallery._empty.text()


def test_coming_back_in_a_blind_read_finds_the_errors_closed_at_once(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    window = page.window()
    go_to(page, Tab.ERRORS)
    assert len(page.parts.gallery.grid.order) > 0
    review = window.pages.show_page("review")
    qtbot.keyClick(review.grid, Qt.Key.Key_B)
    assert window.bench.workspace.session.blind

    window.pages.show_page("evaluate")

    assert len(page.parts.gallery.grid.order) == 0
    assert page.parts.gallery._count.text() == ""


def test_agreeing_is_refused_where_the_champion_is_not_shown(
    page: EvaluatePage, qtbot: QtBot
) -> None:
    page.table.mark("002-test", on=True)
    page.table.mark("001-test", on=False)
    qtbot.waitUntil(
        lambda: [each.model for each in page.assessor.found] == ["002-test"], timeout=PATIENCE_MS
    )
    go_to(page, Tab.ERRORS)
    page.parts.gallery.grid.go_to_place(0)

    with qtbot.waitSignal(page.notice) as said:
        page.answer(True)

    assert "speak of the champion" in said.args[0]


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
        page.parts.score.click()
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
