"""Several models on every part of the page: beside each other, or chosen where one only fits."""

import csv
import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox, QFileDialog, QTableView
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import ClassNames
from histoviewer.domain.operating import OperatingPoints, threshold_text
from histoviewer.files import whole_file
from histoviewer.project.project import Project
from histoviewer.services.ensembles import make_ensemble
from histoviewer.services.opening import open_workspace
from histoviewer.ui.evaluate.explorer import Explored, ThresholdExplorer
from histoviewer.ui.evaluate.exporting import save_plot
from histoviewer.ui.evaluate.gallery import worst_first
from histoviewer.ui.evaluate.layout import Tab
from histoviewer.ui.evaluate.page import EvaluatePage
from tests.e2e.pages import clipped
from tests.operations import perform_here
from tests.ui.acting import Open, wait
from tests.ui.conftest import PATIENCE_MS, add_model
from tests.ui.evaluate.acting import go_to

LONG = "a-recipe-of-ones-own<b>-with-a-name-as-long-as-those-of-people-who-try-many-things"


@pytest.fixture
def both(page: EvaluatePage, qtbot: QtBot) -> EvaluatePage:
    """Two models beside each other."""
    page.table.mark("002-test", on=True)
    wait(qtbot, lambda: len(page.assessor.found) == 2)
    return page


@pytest.fixture
def six(open_window: Open, ranked_path: Path, qtbot: QtBot) -> EvaluatePage:
    """Six models beside each other, one with a long name."""
    with Project.open(ranked_path) as project:
        labels, rng = project.tiles().given, np.random.default_rng(0)
        for number in range(1, 7):
            if number > 2:
                add_model(project, number)
            noise = rng.normal(0, 0.5 + 0.3 * number, project.tile_count)
            with whole_file(project.scores_path(f"{number:03d}-test")) as stream:
                np.save(stream, (1 / (1 + np.exp(-(3 * labels - 1.5 + noise)))).astype(np.float32))
    with closing(sqlite3.connect(ranked_path / "project.db")) as database, database:
        database.execute("UPDATE models SET recipe = ? WHERE number = 4", (LONG,))
    shown = open_window(ranked_path).pages.show_page("evaluate")
    assert isinstance(shown, EvaluatePage)
    wait(qtbot, lambda: shown._plots is not None and shown._read is not None)
    for number in range(2, 7):
        shown.table.mark(f"{number:03d}-test", on=True)
    wait(qtbot, lambda: len(shown.assessor.found) == 6)
    return shown


def test_threshold_matrix_and_report_are_of_every_marked_model(both: EvaluatePage) -> None:
    explorer, found = both.parts.explorer, both.assessor.found
    go_to(both, Tab.THRESHOLD)

    explorer.slider.setValue(300)

    points = [each.points.at_threshold(0.3) for each in found]
    assert [row[:2] for row in explorer.figures.texts()] == [
        ["1 test", "0.3000"],
        ["2 test", "0.3000"],
    ]
    assert [row[6] for row in explorer.figures.texts()] == [
        f"{point.misses_per_1000_cleared:.1f}" for point in points
    ]
    assert [row[:4] for row in explorer.matrix.texts()] == [
        ["1 test", "0", f"{points[0].tn}", f"{points[0].fp}"],
        ["", "1", f"{points[0].fn}", f"{points[0].tp}"],
        ["2 test", "0", f"{points[1].tn}", f"{points[1].fp}"],
        ["", "1", f"{points[1].fn}", f"{points[1].tp}"],
    ]
    reports = [report for point in points for report in (point.negative, point.positive)]
    assert [row[4:] for row in explorer.matrix.texts()] == [
        [f"{each.precision:.3f}", f"{each.recall:.3f}", f"{each.f1:.3f}", f"{each.support}"]
        for each in reports
    ]


def test_a_share_to_be_found_sends_each_model_to_its_own_threshold(both: EvaluatePage) -> None:
    explorer, scores = both.parts.explorer, both._plots.scores
    go_to(both, Tab.THRESHOLD)

    explorer.sensitivity.setValue(60)

    wanted = [each.points.at_sensitivity(0.6).threshold for each in both.assessor.found]
    assert wanted[0] != wanted[1]
    assert [row[1] for row in explorer.figures.texts()] == [threshold_text(x) for x in wanted]
    assert scores.thresholds == wanted
    assert explorer.value == wanted[0]

    explorer.slider.setValue(400)
    assert scores.thresholds == [0.4, 0.4]


def test_a_histogram_is_drawn_of_each_model_under_its_name(
    both: EvaluatePage, qtbot: QtBot
) -> None:
    scores = both._plots.scores
    assert [plot.titleLabel.text for plot in scores.shown] == ["1 test", "2 test"]
    go_to(both, Tab.THRESHOLD)
    assert not both.window().grab().isNull()  # it is laid out
    share = scores.shown[0].height() / scores.height()
    assert 0.4 < share < 0.5
    for plot, each in zip(scores.shown, both.assessor.found, strict=True):
        bars = [item.getData()[1].tolist() for item in plot.listDataItems()]
        assert bars == [heights.tolist() for heights in each.points.histogram()]

    both.table.mark("001-test", on=False)

    wait(qtbot, lambda: [plot.titleLabel.text for plot in scores.shown] == ["2 test"])
    wait(qtbot, lambda: scores.shown[0].height() > 0.9 * scores.height())
    both.table.mark("001-test", on=True)
    wait(qtbot, lambda: [plot.titleLabel.text for plot in scores.shown] == ["2 test", "1 test"])


def test_the_model_of_errors_is_chosen_by_key_and_stays_while_it_is_marked(
    both: EvaluatePage, qtbot: QtBot
) -> None:
    gallery, explorer = both.parts.gallery, both.parts.explorer
    explorer.sensitivity.setValue(60)
    go_to(both, Tab.ERRORS)
    assert gallery.choice.currentText() == "1 test"
    second = both.assessor.found[1]
    threshold = second.points.at_sensitivity(0.6).threshold

    QTest.keyClick(gallery.choice, Qt.Key.Key_Down)

    assert gallery.grid.order.tolist() == worst_first(second, threshold, missed=-1).tolist()
    assert both.shown_model.id == "002-test"
    assert explorer.choice.currentText() == "2 test"
    assert explorer.value == threshold

    go_to(both, Tab.THRESHOLD)
    with qtbot.waitSignal(both.assessor.changed, timeout=PATIENCE_MS):
        both.assessor.again()
    assert both.shown_model.id == "002-test"
    QTest.keyClick(explorer.choice, Qt.Key.Key_Up)
    assert gallery.choice.currentText() == "1 test"
    QTest.keyClick(explorer.choice, Qt.Key.Key_Down)

    both.table.mark("002-test", on=False)
    wait(qtbot, lambda: len(both.assessor.found) == 1)
    assert both.shown_model.id == "001-test"


def test_groups_show_every_model_and_at_which_threshold(both: EvaluatePage) -> None:
    both.parts.explorer.threshold.setValue(0.3)
    go_to(both, Tab.GROUPS)

    table, found = both.parts.groups.view.model(), both.assessor.found

    titles = [table.headerData(n, Qt.Orientation.Horizontal) for n in range(table.columnCount())]
    assert titles == [
        "Tiles",
        "Positive",
        "1 test\nAUC",
        "1 test\nAccuracy\nat 0.3000",
        "2 test\nAUC",
        "2 test\nAccuracy\nat 0.3000",
    ]
    names = both._workspace.session.tiles.group_names
    for row, group in enumerate(found[0].by_group):
        assert table.headerData(row, Qt.Orientation.Vertical) == names[group.group]
        for each, column in zip(found, (3, 5), strict=True):
            members = each.groups == group.group
            right = (each.scores[members] >= 0.3) == (each.labels[members] == 1)
            assert table.text(row, column) == f"{right.mean():.3f}"


def test_the_legend_of_the_histograms_covers_none_of_them(both: EvaluatePage, qtbot: QtBot) -> None:
    scores = both._plots.scores
    go_to(both, Tab.THRESHOLD)
    wait(qtbot, lambda: scores.viewport().size() == scores.size())
    names = ClassNames("healthy & well", "tumour")

    for found in (both._named, both._named[:1]):
        scores.draw(found, names, both.parts.explorer.points)

        (legend,) = (each for each in scores.scene().items() if isinstance(each, pg.LegendItem))
        place = legend.sceneBoundingRect()
        entries = [each.sceneBoundingRect() for pair in legend.items for each in pair]
        assert not any(a.intersects(b) for a, b in pairwise(entries))
        assert all(place.bottom() <= each.sceneBoundingRect().top() for each in scores.shown)
        assert scores.sceneRect().contains(place)
        said = [text.text for _, text in legend.items]
        assert said == ["health\N{HORIZONTAL ELLIPSIS}&amp; well", "tumour"]


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_saved_histograms_have_their_legend(
    both: EvaluatePage, tmp_path: Path, suffix: str
) -> None:
    scores, path = both._plots.scores, tmp_path / f"plot{suffix}"
    go_to(both, Tab.THRESHOLD)

    def saved(names: ClassNames) -> bytes:
        scores.draw(both._named, names, both.parts.explorer.points)
        save_plot(scores, path)
        return path.read_bytes()

    assert saved(ClassNames("healthy", "tumour")) != saved(ClassNames("healthy", "cancer"))
    assert suffix == ".png" or "cancer" in path.read_text()


def test_the_numbers_of_each_model_are_saved_at_its_own_threshold(
    both: EvaluatePage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    both.parts.explorer.sensitivity.setValue(60)

    with qtbot.waitSignal(both.notice, timeout=PATIENCE_MS):
        both.parts.numbers_asked.emit()

    for each in both.assessor.found:
        threshold = each.points.at_sensitivity(0.6).threshold
        with (tmp_path / f"{each.model}-by-group.csv").open() as file:
            rows = list(csv.DictReader(file))
        assert [float(row["threshold"]) for row in rows] == [threshold] * len(each.by_group)
        chosen = (tmp_path / f"{each.model}-operating-point.csv").read_text().splitlines()
        assert chosen[1] == f"threshold,{threshold}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_six_models_fit_with_large_text_on_a_small_screen(
    six: EvaluatePage, theme: str, qtbot: QtBot
) -> None:
    window = six.window()
    preferences = window.preferences
    preferences.put(replace(preferences.settings, theme=theme, text_percent=125))
    size = QSize(1280, 720)
    window.resize(size)
    six.parts.explorer.sensitivity.setValue(60)

    for tab in (Tab.THRESHOLD, Tab.ERRORS, Tab.GROUPS):
        go_to(six, tab)
        wait(qtbot, lambda: window.size() == size and not clipped(six))
        views = [each for each in six.findChildren(QTableView) if each.isVisible()]
        cut = [each for each in views if each is not six.parts.models and cuts_texts(each)]
        assert cut == []
    explorer = six.parts.explorer
    assert explorer._scroll.horizontalScrollBar().maximum() == 0
    six_plots = six._plots.scores
    assert six_plots.shown[3].titleLabel.text.startswith("4 a-recipe-of")
    assert "<b>" not in six_plots.shown[3].titleLabel.text
    assert all(plot.height() > 100 for plot in six_plots.shown)
    assert max(plot.geometry().right() for plot in six_plots.shown) <= six_plots.width()


def cuts_texts(view: QTableView) -> bool:
    """Return whether a cell or a title has less room than its text needs."""
    across, down = view.horizontalHeader(), view.verticalHeader()
    columns = range(across.count())
    narrow = [
        across.sectionSize(n) < max(view.sizeHintForColumn(n), across.sectionSizeHint(n))
        for n in columns
    ]
    low = [down.sectionSize(n) < view.sizeHintForRow(n) for n in range(down.count())]
    high = max(across.sectionSizeFromContents(n).height() for n in columns) > across.height()
    return any(narrow) or any(low) or high


def test_the_keyboard_reaches_the_last_row_where_there_is_little_room(
    six: EvaluatePage, qtbot: QtBot
) -> None:
    window = six.window()
    window.resize(QSize(1280, 720))
    go_to(six, Tab.THRESHOLD)
    matrix = next(
        each
        for each in six.parts.explorer.findChildren(QTableView)
        if each.model() is six.parts.explorer.matrix
    )
    matrix.setFocus()

    QTest.keyClick(matrix, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)

    cell = matrix.visualRect(matrix.currentIndex())
    assert matrix.currentIndex().row() == 11
    assert matrix.viewport().visibleRegion().boundingRect().contains(cell.center())


def test_mean_ranks_stand_beside_probabilities_without_calibration(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    with open_workspace(ranked_path, reader="AB") as workspace:
        perform_here(make_ensemble(workspace=workspace, members=["1", "2"], how="ranks"))
    page = open_window(ranked_path).pages.show_page("evaluate")
    assert isinstance(page, EvaluatePage)
    wait(qtbot, lambda: len(page.assessor.found) == 1 and page._plots is not None)

    page.table.mark("003-ensemble", on=True)
    wait(qtbot, lambda: len(page.assessor.found) == 2)

    plain, ranks = page.parts.calibration.text().splitlines()
    assert plain.startswith("1 test: calibration error 0.")
    assert ranks.startswith("3 ensemble: calibration error \N{EM DASH}, Brier score \N{EM DASH},")
    assert "are mean ranks, no probabilities: how well they are calibrated cannot" in ranks
    assert page._plots.reliability.names == ["1 test"]
    assert page._plots.areas.names == ["1 test", "3 ensemble"]
    table = page.table
    assert table.text(0, 4) == "\N{EM DASH}"
    tip = table.data(table.index(0, 4), Qt.ItemDataRole.ToolTipRole)
    assert tip == "Scores of model 3 are mean ranks, no probabilities: they have no loss."
    assert "0." in table.text(0, 1)


def test_a_step_leads_the_other_models_to_the_same_share(qtbot: QtBot) -> None:
    explorer = ThresholdExplorer()
    qtbot.addWidget(explorer)
    labels = np.arange(20, dtype=np.int8) % 2
    scores = np.linspace(0.1, 0.9, 20, dtype=np.float32)
    points = [OperatingPoints.of(labels, each) for each in (scores, scores**2)]
    models = [Explored(f"{n}", f"{n} test", each) for n, each in enumerate(points)]
    explorer.show_models(models, ClassNames("no", "yes"))
    explorer.sensitivity.setValue(10)

    QTest.keyClick(explorer.sensitivity, Qt.Key.Key_Up)
    assert [point.tp for point in explorer.points] == [2, 2]
    QTest.keyClick(explorer.sensitivity, Qt.Key.Key_Down)
    assert [point.tp for point in explorer.points] == [1, 1]
    QTest.keyClick(explorer.sensitivity, Qt.Key.Key_Down)  # there is none above the highest
    assert [point.tp for point in explorer.points] == [1, 1]


@pytest.fixture
def thirds(both: EvaluatePage) -> ThresholdExplorer:
    """Two models of three positives each, of which 0.5 finds two with the first alone."""
    labels = np.array([1, 1, 1, 0], dtype=np.int8)
    points = [
        OperatingPoints.of(labels, np.array(scores, dtype=np.float32))
        for scores in ([0.31, 0.71, 0.81, 0.1], [0.21, 0.41, 0.91, 0.1])
    ]
    explorer = both.parts.explorer
    models = [Explored(f"{n:03d}", f"{n} test", each) for n, each in enumerate(points, start=1)]
    explorer.show_models(models, ClassNames("no", "yes"))
    go_to(both, Tab.THRESHOLD)
    assert [point.tp for point in explorer.points] == [2, 1]
    return explorer


def type_into(box: QDoubleSpinBox, value: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, value)
    QTest.keyClick(box, end)


@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_number_that_is_shown_already_is_asked_for_of_all_models(
    thirds: ThresholdExplorer, end: Qt.Key
) -> None:
    thirds.show_threshold(0.2)
    share = thirds.sensitivity
    assert share.value() == 100

    type_into(share, share.cleanText(), end)
    assert thirds.points == [each.points.at_sensitivity(1) for each in thirds._models]
    assert thirds.points[0].threshold != thirds.points[1].threshold

    type_into(thirds.threshold, thirds.threshold.text(), end)
    exact = float(np.float32(0.31))
    assert [point.threshold for point in thirds.points] == [exact, exact]


def test_a_share_is_found_as_it_was_typed_not_as_it_is_rounded(thirds: ThresholdExplorer) -> None:
    typed = thirds.sensitivity.cleanText()
    assert thirds.sensitivity.value() == 66.7  # of two in three, which are fewer

    type_into(thirds.sensitivity, typed)

    assert [point.tp for point in thirds.points] == [3, 3]
    thirds.show_threshold(0.5)
    type_into(thirds.sensitivity, typed, Qt.Key.Key_Up)  # there is no more than all
    assert [point.tp for point in thirds.points] == [3, 3]


def test_a_number_is_asked_for_once_and_only_where_it_was_typed(thirds: ThresholdExplorer) -> None:
    moves: list[list[int]] = []
    thirds.moved.connect(lambda: moves.append([point.tp for point in thirds.points]))
    share, threshold = thirds.sensitivity, thirds.threshold

    type_into(share, share.locale().toString(66.6, "f", 1))
    assert moves == [[2, 2]]  # and not again by the 66.7 that is shown then
    QTest.keyClick(share, Qt.Key.Key_Return)
    for box in (share, threshold):
        type_into(box, "", Qt.Key.Key_Tab)  # passes by
        box.selectAll()
        QTest.keyClick(box, Qt.Key.Key_Delete)
        QTest.keyClick(box, Qt.Key.Key_Return)
    QTest.keyClick(threshold, Qt.Key.Key_1)
    thirds.choose("002")  # shows another number in its place
    QTest.keyClick(threshold, Qt.Key.Key_Return)
    assert moves == [[2, 2]]

    type_into(threshold, threshold.locale().toString(0.8, "f", 1))
    assert moves == [[2, 2], [1, 1]]


def test_a_number_that_was_asked_for_gives_way_to_the_next_one(thirds: ThresholdExplorer) -> None:
    """Its text was that of the number before: nothing has changed that Qt would tell of."""
    box = thirds.threshold
    type_into(box, box.text(), Qt.Key.Key_Tab)

    box.renew_value(0.71)

    assert box.text() == box.locale().toString(0.71, "f", 4)
