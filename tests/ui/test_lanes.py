"""Lanes with real compute processes."""

import signal
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from histoviewer.errors import InputError, JobError
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.ui import lanes
from histoviewer.ui.lanes import TaskLane
from histoviewer.ui.tasks import Task
from tests.ui.conftest import PATIENCE_MS, operation


def task(*bodies: tuple[str, object], **more: Any) -> Task:
    return Task(title="a task", lane=Lane.FILES, start=lambda: operation(*bodies), **more)


def run(qtbot: QtBot, lane: TaskLane, wanted: Task) -> list[Any]:
    """Run a task to its end; return what it finished with."""
    with qtbot.waitSignal(lane.operation_finished, timeout=PATIENCE_MS) as ended:
        lane.submit(wanted)
    return ended.args[1]


def test_a_task_delivers_its_result_and_rests(qtbot: QtBot, lane: TaskLane) -> None:
    results: list[Any] = []

    assert run(qtbot, lane, task(("count", 3), ("echo", "x"), on_finished=results.append)) == [
        3,
        "x",
    ]

    assert results == [[3, "x"]]
    assert not lane.is_busy


def test_messages_become_signals(qtbot: QtBot, lane: TaskLane) -> None:
    names, notes, progress = [], [], []
    lane.job_started.connect(lambda job: names.append(job.title))
    lane.noted.connect(lambda note: notes.append(note.text))
    lane.progressed.connect(progress.append)

    run(qtbot, lane, task(("count", 3), ("echo", "x")))

    assert names == ["count", "echo"]
    assert notes == ["got it"]
    assert progress[0].unit == "numbers"


def test_a_flood_of_progress_is_thinned_out(qtbot: QtBot, lane: TaskLane) -> None:
    progress: list[object] = []
    lane.progressed.connect(progress.append)

    run(qtbot, lane, task(("count", 20_000)))

    assert len(progress) < 2_000


def test_tasks_wait_for_one_another(qtbot: QtBot, lane: TaskLane) -> None:
    order: list[Any] = []
    with qtbot.waitSignal(lane.became_idle, timeout=PATIENCE_MS):
        for value in "abc":
            lane.submit(task(("echo", value), on_finished=order.extend))
        assert lane.waiting == 2

    assert order == ["a", "b", "c"]


def test_an_operation_is_made_when_its_turn_comes(qtbot: QtBot, lane: TaskLane) -> None:
    seen: list[object] = []

    def start():
        return operation(("echo", len(seen)))

    with qtbot.waitSignal(lane.became_idle, timeout=PATIENCE_MS):
        lane.submit(task(("echo", "first"), on_finished=seen.extend))
        lane.submit(Task(title="late", lane=Lane.FILES, start=start, on_finished=seen.extend))

    assert seen == ["first", 1]


def test_a_running_task_can_be_cancelled_and_the_next_works(qtbot: QtBot, lane: TaskLane) -> None:
    with qtbot.waitSignal(lane.progressed, timeout=PATIENCE_MS):
        lane.submit(task(("until_cancelled", None)))
    with qtbot.waitSignal(lane.operation_cancelled, timeout=PATIENCE_MS):
        lane.cancel()

    assert run(qtbot, lane, task(("echo", "x"))) == ["x"]


def test_a_cancelled_job_may_keep_its_result_for_the_jobs_after_it(qtbot, lane: TaskLane) -> None:
    with qtbot.waitSignal(lane.progressed, timeout=PATIENCE_MS):
        lane.submit(task(("best_so_far", "kept"), ("echo", "scored")))
    with qtbot.waitSignal(lane.operation_finished, timeout=PATIENCE_MS) as ended:
        lane.cancel()

    assert ended.args[1] == ["kept", "scored"]


def test_a_cancel_right_after_the_begin_is_not_lost(qtbot: QtBot, lane: TaskLane) -> None:
    with qtbot.waitSignal(lane.operation_cancelled, timeout=PATIENCE_MS):
        lane.submit(task(("until_cancelled", None)))
        lane.cancel()


def test_an_abandoned_task_begins_no_other_job(qtbot: QtBot, lane: TaskLane) -> None:
    with qtbot.waitSignal(lane.progressed, timeout=PATIENCE_MS):
        lane.submit(task(("best_so_far", "kept"), ("until_cancelled", None)))
    lane.submit(task(("echo", "x")))

    with qtbot.waitSignal(lane.became_idle, timeout=PATIENCE_MS):
        lane.abandon()

    assert not lane.is_busy


def test_wrong_input_comes_back_as_it_was_raised(qtbot: QtBot, lane: TaskLane) -> None:
    with qtbot.waitSignal(lane.operation_failed, timeout=PATIENCE_MS) as ended:
        lane.submit(task(("wrong_input", None)))

    assert isinstance(ended.args[1], InputError)
    assert ended.args[1].hint == "Add it."


def test_a_child_that_dies_fails_its_own_task_only(qtbot: QtBot, lane: TaskLane) -> None:
    with qtbot.waitSignal(lane.operation_failed, timeout=PATIENCE_MS) as ended:
        lane.submit(task(("die", int(signal.SIGKILL))))

    assert isinstance(ended.args[1], JobError)
    assert ended.args[1].log_tail[-1] == "line 29"
    assert run(qtbot, lane, task(("echo", "x"))) == ["x"]


def test_a_task_that_cannot_begin_fails_and_the_next_begins(qtbot: QtBot, lane: TaskLane) -> None:
    def refuse():
        raise InputError("Nothing waits.", "Review first.")

    errors: list[Exception] = []
    bad = Task(title="bad", lane=Lane.FILES, start=refuse, on_failed=errors.append)
    lane.submit(bad)

    assert [str(error) for error in errors] == ["Nothing waits. Review first."]
    assert run(qtbot, lane, task(("echo", "x"))) == ["x"]


@pytest.mark.expected_log("an operation failed by a fault of ours")
def test_a_bug_in_an_operation_is_logged_and_told(qtbot: QtBot, lane: TaskLane) -> None:
    def broken():
        yield from operation(("echo", 1))
        raise KeyError("lost")

    with qtbot.waitSignal(lane.operation_failed, timeout=PATIENCE_MS) as ended:
        lane.submit(Task(title="broken", lane=Lane.FILES, start=broken))

    assert isinstance(ended.args[1], KeyError)


def test_each_operation_of_a_warm_lane_has_a_fresh_process(qtbot: QtBot, monkeypatch) -> None:
    monkeypatch.setitem(lanes._PRELOAD, Lane.BATCH, ("tabnanny",))
    lane = TaskLane(Lane.BATCH)
    lane.warm({})
    first = run(qtbot, lane, task(("process_id", None), ("process_id", None)))
    second = run(qtbot, lane, task(("process_id", None), ("is_imported", "tabnanny")))
    lane.close()

    assert first[0] == first[1]
    assert second[0] != first[0]
    assert second[1] is True


def test_the_interactive_lane_keeps_its_process(qtbot: QtBot, monkeypatch) -> None:
    monkeypatch.setitem(lanes._PRELOAD, Lane.INTERACTIVE, ())
    lane = TaskLane(Lane.INTERACTIVE)
    first = run(qtbot, lane, task(("process_id", None)))
    second = run(qtbot, lane, task(("process_id", None)))
    lane.close()

    assert first == second


def test_the_lane_of_looks_keeps_its_process_until_keras_was_in_it(qtbot: QtBot) -> None:
    lane = TaskLane(Lane.LOOKS)
    first = run(qtbot, lane, task(("process_id", None)))
    second = run(qtbot, lane, task(("process_id", None)))
    with_keras = [run(qtbot, lane, Task(title="x", lane=lane.lane, start=look)) for _ in range(2)]
    lane.close()

    assert first == second
    assert len({*first, *with_keras}) == 3


def look() -> Operation[int]:
    """Say in which process a job runs that names a backend of Keras."""
    found = yield Job(
        title="Look",
        target="tests.jobs.bodies:process_id",
        request=None,
        environment={"KERAS_BACKEND": "tensorflow"},
    )
    return found


def test_closing_ends_what_runs_and_leaves_nothing(qtbot: QtBot, lane: TaskLane) -> None:
    with qtbot.waitSignal(lane.progressed, timeout=PATIENCE_MS):
        lane.submit(task(("until_cancelled", None)))

    lane.close()  # the leak checks look for threads and processes

    assert not lane.is_busy
