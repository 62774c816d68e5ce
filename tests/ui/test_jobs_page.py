"""The jobs page: the queue, how far each job is, its log, and what can be done with it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from histoviewer.errors import JobError
from histoviewer.jobs.job import Lane
from histoviewer.jobs.messages import CurvePoint, Progress
from histoviewer.ui.dialogs.new_project import NewProjectDialog
from histoviewer.ui.jobs.history import JobHistory, JobRecord, JobState
from histoviewer.ui.jobs.notifying import JobNotifier
from histoviewer.ui.jobs.page import JobsPage
from histoviewer.ui.jobs.table import PROGRESS, STATE, TITLE, TOOK
from histoviewer.ui.lanes import TaskLane
from histoviewer.ui.tasks import Task
from histoviewer.ui.window import MainWindow
from tests.ui.conftest import PATIENCE_MS, operation


def task(title: str, *bodies: tuple[str, object], **more: Any) -> Task:
    return Task(title=title, lane=Lane.FILES, start=lambda: operation(*bodies), **more)


def wait(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=PATIENCE_MS)


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> JobsPage:
    """The page in the real window, reached by its key, without a project."""
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.pages.current_id == "jobs")
    found = window.pages.current
    assert isinstance(found, JobsPage)
    return found


def texts(page: JobsPage, column: int) -> list[str]:
    return [page.table.index(row, column).data() for row in range(page.table.rowCount())]


def run_long(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.bench.files.progressed, timeout=PATIENCE_MS):
        window.bench.files.submit(task("Long", ("until_cancelled", None)))


def test_what_runs_comes_first_then_the_queue_then_what_has_ended(
    page: JobsPage, window: MainWindow, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.bench.files.became_idle, timeout=PATIENCE_MS):
        window.bench.files.submit(task("First", ("echo", 1)))
    run_long(window, qtbot)
    for title in ("Next", "Last"):
        window.bench.files.submit(task(title, ("echo", 1)))

    assert texts(page, TITLE) == ["Long", "Next", "Last", "First"]
    assert texts(page, STATE) == ["Running", "Waiting", "Waiting", "Done"]
    assert texts(page, TOOK)[1] == ""
    assert texts(page, TOOK)[3] != ""


def test_progress_rate_and_time_left_are_shown(page: JobsPage, window, qtbot: QtBot) -> None:
    run_long(window, qtbot)

    window.bench.files.progressed.emit(
        Progress(phase="training", done=3, total=10, unit="steps", rate=310, left_s=130)
    )

    assert texts(page, PROGRESS)[0] == "3 / 10 steps · 310 tiles/s · 2:10 left"


def test_a_waiting_job_is_taken_out_of_the_queue(page: JobsPage, window, qtbot: QtBot) -> None:
    run_long(window, qtbot)
    window.bench.files.submit(task("Never", ("echo", 1)))
    page.select(window.history.records[1])

    qtbot.mouseClick(page.cancel, Qt.MouseButton.LeftButton)

    assert texts(page, STATE) == ["Running", "Cancelled"]
    assert window.bench.files.waiting == 0


def test_a_running_job_is_cancelled_by_the_delete_key(page: JobsPage, window, qtbot) -> None:
    run_long(window, qtbot)
    page.select(window.history.records[0])
    page.list.setFocus()

    qtbot.keyClick(page.list, Qt.Key.Key_Delete)

    wait(qtbot, lambda: texts(page, STATE) == ["Cancelled"])


def test_the_log_of_a_job_names_its_steps_epochs_and_notes(page: JobsPage, window, qtbot) -> None:
    run_long(window, qtbot)
    window.bench.files.curve_point_added.emit(CurvePoint(1, {"loss": 0.5, "val_auc": 0.9}))

    log = page.log.toPlainText()

    assert "until_cancelled" in log
    assert "epoch 1: loss 0.5000, val_auc 0.9000" in log


def test_a_failed_job_keeps_its_last_lines_and_can_be_tried_again(
    page: JobsPage, window: MainWindow, qtbot: QtBot
) -> None:
    lane, tried = window.bench.files, []
    failing = task("Fails", ("bug", None), again=lambda: tried.append(1))
    with qtbot.waitSignal(lane.operation_failed, timeout=PATIENCE_MS):
        lane.submit(failing)
    assert "ZeroDivisionError" in page.log.toPlainText()
    assert texts(page, STATE) == ["Failed"]

    qtbot.mouseClick(page.retry, Qt.MouseButton.LeftButton)

    assert tried == [1]


def test_a_job_of_another_project_cannot_be_tried_again(page: JobsPage, window, qtbot) -> None:
    lane = window.bench.files
    failing = task("Fails", ("bug", None), again=lambda: None, project=Path("/other.histo"))

    with qtbot.waitSignal(lane.operation_failed, timeout=PATIENCE_MS):
        lane.submit(failing)

    assert not page.retry.isEnabled()


def test_a_failure_is_that_of_the_step_that_failed(window: MainWindow, qtbot: QtBot) -> None:
    lane = window.bench.files
    with qtbot.waitSignal(lane.operation_failed, timeout=PATIENCE_MS):
        lane.submit(task("Train a model", ("echo", 1), ("bug", None)))

    (failure,) = window.jobs.failures
    words = [each.text() for each in failure.findChildren(type(window.status._label))]

    assert "bug failed" in words
    assert "Train a model failed" not in words


def test_a_quick_look_does_not_wait_behind_packing(
    window: MainWindow, qtbot: QtBot, dataset: Path
) -> None:
    run_long(window, qtbot)

    with qtbot.waitSignal(window.opener.dataset_found, timeout=PATIENCE_MS):
        window.opener.open(dataset)

    assert window.bench.files.is_busy
    window.findChild(NewProjectDialog).reject()


# --- telling somebody who looks elsewhere


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the task bar and the tray are asked to do, instead of the real ones."""
    calls: list[tuple[str, str]] = []
    monkeypatch.setattr(QApplication, "alert", lambda *_: calls.append(("alert", "")))
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _: None)  # offscreen there is none
    monkeypatch.setattr(
        QSystemTrayIcon, "showMessage", lambda _self, title, *_: calls.append(("message", title))
    )
    return calls


def end_one(notified: MainWindow, lane: TaskLane, error: Exception | None = None) -> JobRecord:
    history = JobHistory([lane])
    JobNotifier(history, notified, long_s=0)
    done = task("Train")
    lane.task_queued.emit(done)
    lane.task_started.emit(done)
    if error is None:
        lane.operation_finished.emit(done, None)
    else:
        lane.operation_failed.emit(done, error)
    (record,) = history.records
    return record


def test_the_end_of_a_long_job_is_told_where_the_window_is_not_active(
    qtbot: QtBot, lane: TaskLane, told, window: MainWindow
) -> None:
    window.hide()

    record = end_one(window, lane)

    assert record.state is JobState.ENDED
    assert told == [("alert", ""), ("message", "Train is done")]
    window.findChildren(JobNotifier)[-1].close()


def test_a_failure_is_told_as_one(lane: TaskLane, told, window: MainWindow) -> None:
    window.hide()

    end_one(window, lane, JobError("The process died."))

    assert ("message", "Train failed") in told
    window.findChildren(JobNotifier)[-1].close()


def test_nobody_is_told_who_sees_it(qtbot: QtBot, lane: TaskLane, told, window) -> None:
    window.activateWindow()
    wait(qtbot, window.isActiveWindow)

    end_one(window, lane)

    assert told == []
