"""The learning curves."""

import subprocess
import sys

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from histoviewer.jobs.messages import CurvePoint
from histoviewer.ui.background import Background
from histoviewer.ui.jobs.curves import CurvesPanel
from histoviewer.ui.notices import NoticeArea
from histoviewer.ui.theme import Mode, Theme


@pytest.fixture
def curves(qtbot: QtBot, theme: Theme):
    background, notices = Background(), NoticeArea(theme)
    made = CurvesPanel(theme=theme, background=background, notices=notices)
    qtbot.addWidget(made)
    qtbot.addWidget(notices)
    yield made
    background.close()


@pytest.fixture
def shown(qtbot: QtBot, curves: CurvesPanel) -> CurvesPanel:
    curves.show_curves(on=True)
    qtbot.waitUntil(lambda: curves.plots is not None, timeout=20_000)
    return curves


def points(count: int) -> list[CurvePoint]:
    return [CurvePoint(n, {"loss": 1 / n, "val_auc": 1 - 1 / n}) for n in range(1, count + 1)]


def test_points_of_before_and_after_it_was_shown_are_drawn(shown: CurvesPanel) -> None:
    for point in points(3):
        shown.add(point)

    assert shown.plots.values("val_auc") == pytest.approx([0, 1 / 2, 2 / 3])
    assert shown.plots.values("loss") == pytest.approx([1, 1 / 2, 1 / 3])
    assert shown.plots.values("accuracy") == []


def test_a_new_training_begins_with_empty_curves(shown: CurvesPanel) -> None:
    for point in points(3):
        shown.add(point)

    shown.begin()

    assert shown.plots.values("loss") == []


def test_the_plots_follow_the_theme(shown: CurvesPanel, theme: Theme) -> None:
    theme.set_mode(Mode.DARK)

    brush = shown.plots.backgroundBrush()
    assert brush.color() == QColor(theme.tokens.window)
    axis = shown.plots._plots["loss"].getAxis("left")
    assert axis.textPen().color() == QColor(theme.tokens.muted)


def test_training_and_validation_differ_without_colour(shown: CurvesPanel) -> None:
    training, validation = (shown.plots._lines[name].opts for name in ("loss", "val_loss"))

    assert training["pen"].style() != validation["pen"].style()
    assert training["symbolBrush"] != validation["symbolBrush"]


def test_pyqtgraph_is_not_imported_before_curves_are_shown() -> None:
    code = "import sys, histoviewer.ui.window; print('pyqtgraph' in sys.modules)"

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "False"
