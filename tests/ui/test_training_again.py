"""Learning curves in the window, training after training."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from histoviewer.domain.recipe import load_recipe
from histoviewer.jobs.messages import CurvePoint
from histoviewer.ui import operations
from histoviewer.ui.dialogs.train import TrainChoice
from histoviewer.ui.window import MainWindow
from tests.ui.conftest import PATIENCE_MS, operation

Act = Callable[[MainWindow], None]


@pytest.fixture
def trained(open_window: Callable[[Path], MainWindow], ranked_path: Path, qtbot: QtBot):
    """A window that shows the curves of a training of two epochs."""
    window = open_window(ranked_path)
    window.curves.show_curves(on=True)
    qtbot.waitUntil(lambda: window.curves.plots is not None, timeout=PATIENCE_MS)
    for epoch in (1, 2):
        window.bench.batch.curve_point_added.emit(CurvePoint(epoch, {"loss": 1 / epoch}))
    assert window.curves.plots.values("loss") == [1, 1 / 2]
    return window


@pytest.fixture(autouse=True)
def _quick_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    def keep_busy(*_: object) -> Any:
        return operation(("until_cancelled", None))

    for name in ("train", "retrain", "score"):
        monkeypatch.setattr(operations, name, keep_busy)


def train(window: MainWindow) -> None:
    recipe = load_recipe("histo-fast")
    window.bench.train(TrainChoice(recipe=recipe, epochs=None, max_seconds=None, seed=0))


@pytest.mark.parametrize("act", [train, lambda window: window.bench.retrain()])
def test_another_training_begins_with_empty_curves(trained: MainWindow, act: Act) -> None:
    act(trained)

    assert trained.curves.plots.values("loss") == []


def test_scoring_keeps_the_curves_of_the_training(trained: MainWindow) -> None:
    trained.bench.score()

    assert trained.curves.plots.values("loss") == [1, 1 / 2]


def test_another_project_does_not_show_these_curves(trained: MainWindow) -> None:
    trained.opener.close_project()

    assert trained.curves.plots.values("loss") == []
