"""The workload on the progress page in the real window."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
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
from tests.ui.conftest import PATIENCE_MS

Open = Callable[[Path], MainWindow]


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
