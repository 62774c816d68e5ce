"""The compute process, with real children: results, faults, crashes, environment, tidiness."""

import os
import pickle
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from histoviewer.errors import InputError
from histoviewer.jobs.compute import ComputeProcess
from histoviewer.jobs.messages import Ending, Failed, Finished, Note, Progress
from tests.jobs.bodies import KILL, Said
from tests.jobs.conftest import job

Compute = Callable[..., ComputeProcess]
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")


def failure(ending: Ending) -> Failed:
    assert isinstance(ending, Failed)
    return ending


def test_progress_comes_in_order_and_the_result_at_the_end(warm: ComputeProcess) -> None:
    said = Said()

    assert warm.run(job("count", 4), said) == Finished(6)
    assert [update.done for update in said.updates] == [1, 2, 3, 4]
    assert said.updates[0] == Progress(phase="counting", done=1, total=4, unit="numbers")


def test_jobs_share_the_process(warm: ComputeProcess) -> None:
    first = warm.run(job("process_id"), Said())

    assert first == warm.run(job("process_id"), Said()) == Finished(warm.pid)


@POSIX
def test_a_job_gives_way_to_the_window(warm: ComputeProcess) -> None:
    niceness = warm.run(job("niceness"), Said())

    assert niceness == Finished(min(19, os.nice(0) + 10))


def test_a_request_larger_than_a_pipe_is_no_trouble(compute: Compute) -> None:
    request = np.ones(2_000_000, np.int64)

    assert compute().run(job("total", request), Said()) == Finished(2_000_000)


def test_wrong_input_crosses_the_process_boundary(warm: ComputeProcess) -> None:
    error = failure(warm.run(job("wrong_input"), Said())).error

    assert isinstance(error, InputError)
    assert (error.message, error.hint) == ("The column 'label' is missing.", "Add it.")


def test_a_bug_fails_the_job_with_its_traceback_in_the_log(warm: ComputeProcess) -> None:
    ending = failure(warm.run(job("bug"), Said()))

    assert ending.error is None
    assert ending.message == "The job failed: ZeroDivisionError: division by zero"
    assert ending.log_tail[-1] == "ZeroDivisionError: division by zero"


def test_the_log_tail_is_of_the_failed_job_alone(warm: ComputeProcess) -> None:
    warm.run(job("bug"), Said())

    ending = failure(warm.run(job("wrong_input"), Said()))

    assert ending.log_tail == ("INFO begins tests.jobs.bodies:wrong_input", "INFO looking")


def test_lack_of_memory_is_said_in_plain_words(warm: ComputeProcess) -> None:
    ending = failure(warm.run(job("out_of_memory"), Said()))

    assert ending.message.startswith("There was not enough memory.")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("unsendable", "The job's result cannot be handed over"),
        ("odd_error", "1"),
        ("no_such_body", "The job failed: AttributeError"),
    ],
)
def test_an_odd_ending_fails_only_its_job(warm: ComputeProcess, body: str, message: str) -> None:
    ending = failure(warm.run(job(body), Said()))

    assert ending.message.startswith(message)
    assert ending.error is None
    assert warm.run(job("count", 2), Said()) == Finished(1)


def test_a_body_that_fails_in_the_middle_tidies_up(warm: ComputeProcess, tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    assert isinstance(warm.run(job("tidy", mark), Said()), Failed)
    assert mark.read_text() == "tidied"


@POSIX
def test_a_killed_process_fails_its_job_with_its_last_lines(compute: Compute) -> None:
    process = compute()
    ending = failure(process.run(job("die", KILL), Said()))

    assert ending.message == (
        "The compute process ended unexpectedly (signal 9). It may have run out of memory."
    )
    assert ending.log_tail == tuple(f"line {line}" for line in range(10, 30))
    assert not process.alive


@POSIX
def test_a_crash_in_c_code_leaves_its_stack_in_the_log(compute: Compute) -> None:
    ending = failure(compute().run(job("die", signal.SIGSEGV), Said()))

    assert "signal 11" in ending.message
    assert any("Fatal Python error: Segmentation fault" in line for line in ending.log_tail)


def test_a_process_that_leaves_fails_its_job(compute: Compute) -> None:
    ending = failure(compute().run(job("leave", 3), Said()))

    assert ending.message == "The compute process ended unexpectedly (exit code 3)."


def test_a_dead_process_fails_the_next_job_too(compute: Compute) -> None:
    process = compute()
    process.run(job("leave", 3), Said())

    assert "exit code 3" in failure(process.run(job("count", 1), Said())).message


def test_variables_are_set_in_the_child_only(compute: Compute) -> None:
    process = compute(environment={"KERAS_BACKEND": "jax"})

    assert process.run(job("variable", "KERAS_BACKEND"), Said()) == Finished("jax")
    assert os.environ.get("KERAS_BACKEND") != "jax"
    assert process.serves({"KERAS_BACKEND": "jax"})
    assert not process.serves({})


def test_preloaded_modules_are_there_before_the_first_job(compute: Compute) -> None:
    process = compute(preload=("wave",))

    assert process.run(job("is_imported", "wave"), Said()) == Finished(True)
    assert compute().run(job("is_imported", "wave"), Said()) == Finished(False)


def test_a_module_that_cannot_be_preloaded_is_named(compute: Compute) -> None:
    ending = failure(compute(preload=("no_such_module",)).run(job("count", 1), Said()))

    assert ending.message == "The compute process did not start (exit code 1)."
    assert "No module named 'no_such_module'" in ending.log_tail[-1]


def test_a_caller_that_fails_does_not_leave_the_job_running(compute: Compute) -> None:
    process = compute()

    def fail(update: object) -> None:
        raise RuntimeError("the caller's own fault")

    with pytest.raises(RuntimeError, match="own fault"):
        process.run(job("stubborn"), fail)
    assert not process.alive


def test_closing_leaves_no_file_and_no_open_descriptor(
    compute: Compute, temporary_files: Path
) -> None:
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir())) if descriptors.is_dir() else 0
    with ComputeProcess() as process:
        process.run(job("count", 1), Said())
        assert len(list(temporary_files.iterdir())) == 1

    assert list(temporary_files.iterdir()) == []
    after = len(list(descriptors.iterdir())) if descriptors.is_dir() else 0
    assert after <= before + 1  # Python keeps a pipe to its own helper process


def test_closing_does_not_wait_for_imports(compute: Compute, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "import_that_never_ends.py").write_text(
        "import threading\nthreading.Event().wait()"
    )
    monkeypatch.syspath_prepend(tmp_path)
    process = ComputeProcess(preload=("import_that_never_ends",))

    process.close()  # would take _QUIT_S and then be killed
    with pytest.raises(ValueError, match="closed"):
        _ = process.alive


def test_messages_can_be_pickled() -> None:
    for message in (Note("a"), Progress(phase="b", done=1), Failed(error=None, message="c")):
        assert pickle.loads(pickle.dumps(message)) == message
