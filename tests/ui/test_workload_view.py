"""The workload on the progress page in the real window."""

import math
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from histoviewer.domain.assessment import Interval
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.workload import Clearing, ClearingCurve
from histoviewer.project.derived import DerivedFiles
from histoviewer.project.project import Project
from histoviewer.services.workload import Workload
from histoviewer.ui.progress.page import ProgressPage
from histoviewer.ui.progress.workload import WorkloadView
from histoviewer.ui.window import MainWindow
from histoviewer.ui.workbench import Workbench
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS
from tests.ui.test_read_only import held_elsewhere


@pytest.fixture
def judged_path(ranked_path: Path) -> Path:
    """A project with a champion, where the labels of the first three tiles are likely wrong."""
    with Project.open(ranked_path) as project:
        given = project.tiles().given
        doubt = np.linspace(0.05, 0.3, len(given))
        doubt[np.flatnonzero(given != UNLABELLED)[:3]] = 0.95
        arrays = {
            "probability": np.where(given == 1, 1 - doubt, doubt).astype(np.float32),
            "labels": given,
            "suspect": doubt > 0.5,
            "wanted": np.zeros(len(given), np.float32),
            "through": np.array(0),
            "model": np.array(""),
        }
        key = f"networks {project.info.data_fingerprint}"
        DerivedFiles(project).write("label-errors-networks", arrays, key=key)
    return ranked_path


def show_workload(window: MainWindow) -> ProgressPage:
    page = window.pages.show_page("progress")
    assert isinstance(page, ProgressPage)
    page.tabs.setCurrentIndex(1)
    return page


def test_more_sensitivity_clears_less(qapp, qtbot: QtBot) -> None:
    view = WorkloadView(Workbench())
    qtbot.addWidget(view)
    points = tuple(
        Clearing(
            sensitivity=sensitivity,
            threshold=1 - sensitivity,
            cleared=Interval(value=cleared, low=cleared - 0.1, high=cleared + 0.1),
            found=Interval(value=sensitivity, low=math.nan, high=math.nan),
        )
        for sensitivity, cleared in ((0.8, 0.6), (1.0, 0.2))
    )
    curve = ClearingCurve(model="m", points=points, n=50, positives=20, resampled="group", units=3)
    view._take_workload(Workload(curve=curve, waiting=np.zeros(8, np.float32)))

    view.sensitivity.setValue(80)
    assert "clears 60.0 % (50.0 to 70.0) of the tiles" in view.cleared_words.text()

    view.sensitivity.setValue(100)
    assert "clears 20.0 % (10.0 to 30.0) of the tiles" in view.cleared_words.text()
    view._bench.close()


def test_without_a_model_there_is_a_word_instead(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    view = show_workload(open_window(project_path)).workload

    assert view.cleared_words.text().startswith("No model yet")


def measured(view: WorkloadView, qtbot: QtBot) -> str:
    """Wait until something was measured; return of which model."""
    qtbot.waitUntil(lambda: view.workload is not None, timeout=PATIENCE_MS)
    return view.workload.curve.model


def test_another_champion_is_measured_at_once(
    open_window: Open, judged_path: Path, qtbot: QtBot
) -> None:
    window = open_window(judged_path)
    view = show_workload(window).workload
    assert measured(view, qtbot) == "001-test"

    window.bench.promote("002-test")

    qtbot.waitUntil(lambda: view.workload is None, timeout=PATIENCE_MS)
    assert measured(view, qtbot) == "002-test"


def test_what_was_cancelled_is_said_and_measured_again_by_one_click(
    open_window: Open, judged_path: Path, qtbot: QtBot
) -> None:
    window = open_window(judged_path)
    view = show_workload(window).workload
    window.bench.looks.cancel()
    qtbot.waitUntil(view.again.isVisible, timeout=PATIENCE_MS)
    assert "was not measured" in view.cleared_words.text()

    qtbot.mouseClick(view.again, Qt.MouseButton.LeftButton)

    assert measured(view, qtbot) == "001-test"
    assert not view.again.isVisible()


def test_what_cannot_be_measured_says_why(
    open_window: Open, judged_path: Path, qtbot: QtBot
) -> None:
    with Project.open(judged_path) as project:
        project.scores_path("001-test").unlink()
    view = show_workload(open_window(judged_path)).workload

    qtbot.waitUntil(view.again.isVisible, timeout=PATIENCE_MS)

    assert "has not scored the validation tiles" in view.cleared_words.text()


def test_a_verdict_makes_a_plan_old(open_window: Open, judged_path: Path, qtbot: QtBot) -> None:
    window = open_window(judged_path)
    view = show_workload(window).workload
    view.plan.click()
    qtbot.waitUntil(lambda: view.planned is not None, timeout=PATIENCE_MS)
    assert "plan again" not in view.plan_words.text()

    window.bench.changed.emit(window.bench.workspace.session.label([20], 1))

    qtbot.waitUntil(lambda: "plan again" in view.plan_words.text(), timeout=PATIENCE_MS)


def test_the_next_project_shows_nothing_of_this_one(
    open_window: Open, judged_path: Path, qtbot: QtBot
) -> None:
    window = open_window(judged_path)
    view = show_workload(window).workload
    measured(view, qtbot)
    qtbot.waitUntil(lambda: view.cleared_plot is not None, timeout=PATIENCE_MS)
    assert view.plan_plot.isHidden()  # axes without a curve would say nothing
    view.plan.click()
    qtbot.waitUntil(lambda: view.planned is not None, timeout=PATIENCE_MS)
    both = view.cleared_plot, view.plan_plot
    assert all(plot.isVisible() for plot in both)

    view.show_workspace(None)

    for plot in both:
        assert plot._plot.listDataItems() == []
        assert plot.isHidden()
    assert view.cleared_words.text() == ""


def test_nothing_is_planned_where_nothing_can_be_kept(open_window: Open, judged_path: Path) -> None:
    with held_elsewhere(judged_path):
        view = show_workload(open_window(judged_path)).workload

        assert not view.plan.isEnabled()
        assert "reading only" in view.plan.toolTip()


def test_a_plan_is_shown_in_the_grid_in_its_order(
    open_window: Open, judged_path: Path, qtbot: QtBot
) -> None:
    window = open_window(judged_path)
    page = show_workload(window)
    page.workload.count.setValue(5)
    page.workload.plan.click()
    qtbot.waitUntil(lambda: page.workload.planned is not None, timeout=PATIENCE_MS)
    assert "wrong labels expected" in page.workload.plan_words.text()
    plan = page.workload.planned.plan

    page.workload.show_tiles.click()

    grid = window.pages.pages["review"].grid
    qtbot.waitUntil(lambda: grid.order.tolist() == plan.tiles.tolist(), timeout=PATIENCE_MS)


def test_the_order_of_a_plan_tells_a_blind_reader_nothing(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    window = open_window(project_path)
    page = show_workload(window)
    window.pages.pages["review"].set_blind(True)
    tiles = np.array([30, 2, 11, 7])

    page.workload.tiles_asked.emit(tiles)

    grid = window.pages.pages["review"].grid
    qtbot.waitUntil(lambda: set(grid.order.tolist()) == set(tiles.tolist()), timeout=PATIENCE_MS)
    assert grid.order.tolist() != tiles.tolist()
