"""The jobs bar: rows, figures in words, failed jobs."""

import math
import signal

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from histoviewer.jobs.job import Lane
from histoviewer.jobs.messages import CurvePoint, Progress
from histoviewer.ui.jobs.panel import JobsPanel
from histoviewer.ui.jobs.wording import clock, describe
from histoviewer.ui.lanes import TaskLane
from histoviewer.ui.tasks import Task
from histoviewer.ui.theme import Theme
from tests.ui.conftest import PATIENCE_MS, operation


@pytest.fixture
def panel(qtbot: QtBot, lane: TaskLane, theme: Theme):
    made = JobsPanel([lane], curves=QAction("Curves"), theme=theme, log_path="the.log")
    qtbot.addWidget(made)
    return made


def task(body: str, request: object = None) -> Task:
    return Task(title=f"Do {body}", lane=Lane.FILES, start=lambda: operation((body, request)))


def fail(qtbot: QtBot, lane: TaskLane, body: str, request: object = None) -> None:
    with qtbot.waitSignal(lane.became_idle, timeout=PATIENCE_MS):
        lane.submit(task(body, request))


def test_training_is_described_in_one_line() -> None:
    progress = Progress(
        phase="training",
        done=30,
        total=100,
        unit="steps",
        rate=1310.4,
        left_s=129.2,
        values={"epoch": 3, "epochs": 10, "loss": 0.2134},
    )

    assert describe(progress, val_auc=0.9512) == (
        "epoch 3/10 · loss 0.213 · val AUC 0.951 · 1,310 tiles/s · 2:10 left"
    )


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress(phase="packing", done=1500, total=12000), "1,500 / 12,000 tiles"),
        (Progress(phase="looking", done=0, unit="files"), "looking"),
        (Progress(phase="found", done=7, unit="files"), "found 7 files"),
        (Progress(phase="x", done=1, total=2, values={"loss": math.nan}), "1 / 2 tiles"),
    ],
)
def test_other_jobs_are_described_by_their_count(progress: Progress, text: str) -> None:
    assert describe(progress) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.2, "1:00"), (61, "1:01"), (3600, "1:00:00"), (-1, "0:00")],
)
def test_a_clock_is_read_as_people_read_it(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_the_bar_is_there_only_while_something_runs(qtbot, lane: TaskLane, panel) -> None:
    assert panel.isHidden()
    with qtbot.waitSignal(lane.progressed, timeout=PATIENCE_MS):
        lane.submit(task("until_cancelled"))
    assert not panel.isHidden()

    with qtbot.waitSignal(lane.became_idle, timeout=PATIENCE_MS):
        panel.findChild(QPushButton).click()

    assert panel.isHidden()


def test_the_job_after_a_cancelled_one_can_be_cancelled_too(qtbot, lane: TaskLane, panel) -> None:
    bodies = (("best_so_far", "kept"), ("until_cancelled", None))
    cancel = panel.findChild(QPushButton)
    with qtbot.waitSignal(lane.progressed, timeout=PATIENCE_MS):
        lane.submit(Task(title="Train", lane=Lane.FILES, start=lambda: operation(*bodies)))
    with qtbot.waitSignal(lane.job_started, timeout=PATIENCE_MS):
        cancel.click()
    with qtbot.waitSignal(lane.progressed, timeout=PATIENCE_MS):
        assert cancel.isEnabled()
    assert panel.rows[0]._figures.text() == "waiting"

    with qtbot.waitSignal(lane.operation_cancelled, timeout=PATIENCE_MS):
        cancel.click()


def test_a_row_counts_what_waits(qtbot: QtBot, lane: TaskLane, panel) -> None:
    with qtbot.waitSignal(lane.progressed, timeout=PATIENCE_MS):
        lane.submit(task("until_cancelled"))
    lane.submit(task("echo"))
    lane.submit(task("echo"))

    assert panel.rows[0]._queue.text() == "+ 2 waiting"


def test_a_row_shows_the_newest_validation_figure(qtbot: QtBot, lane: TaskLane, panel) -> None:
    row = panel.rows[0]
    lane.progressed.emit(Progress(phase="training", done=1, total=2, values={"epoch": 1}))

    lane.curve_point_added.emit(CurvePoint(1, {"val_auc": 0.9}))

    assert row._figures.text() == "epoch 1 · val AUC 0.900"


def test_a_failed_job_shows_its_last_lines_and_copies_them(qtbot, lane, panel) -> None:
    fail(qtbot, lane, "die", int(signal.SIGKILL))

    (failure,) = panel.failures
    assert not panel.isHidden()
    assert failure._log.isHidden()
    failure._more.click()
    assert not failure._log.isHidden()
    assert failure._log.toPlainText().endswith("line 29")
    copy = next(b for b in failure.findChildren(QPushButton) if b.text() == "Copy log")
    copy.click()
    assert QApplication.clipboard().text() == failure.log_text


def test_a_failure_is_dismissed_by_the_reader(qtbot, lane, panel) -> None:
    fail(qtbot, lane, "bug")

    panel.failures[0].dismissed.emit()

    assert panel.isHidden()


def test_trying_again_dismisses_the_failure(qtbot, lane, panel) -> None:
    fail(qtbot, lane, "bug")
    fail(qtbot, lane, "bug")

    assert len(panel.failures) == 1


def test_wrong_input_is_no_failure_of_the_job(qtbot, lane, panel) -> None:
    fail(qtbot, lane, "wrong_input")

    assert panel.failures == []
