"""Programs that use compute processes: how they start, are interrupted and die."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PROGRAM = """
import sys, threading
from histoviewer.jobs.compute import ComputeProcess
from histoviewer.jobs.messages import Load
from tests.jobs.conftest import job

def main():
    with ComputeProcess(grace_s=float(sys.argv[2])) as process:
        print(process.pid, flush=True)
        def tell(update):
            if not isinstance(update, Load):  # which comes with the clock, not with the job
                print("running", flush=True)
        ending = process.run(job(sys.argv[1]), tell)
        print(ending, flush=True)

if __name__ == "__main__":
    main()
"""
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")


@contextmanager
def program(tmp_path: Path, body: str, grace_s: float = 60) -> Iterator[subprocess.Popen[str]]:
    """Start a program that runs one job, and wait until the job runs."""
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    with subprocess.Popen(
        [sys.executable, str(script), body, str(grace_s)],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a process group of its own, as a terminal gives
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def first_lines(started: subprocess.Popen[str]) -> int:
    """Wait until the job runs; return the process id of the child."""
    assert started.stdout is not None
    child = int(started.stdout.readline())
    assert started.stdout.readline() == "running\n"
    return child


def wait_for_end(process_id: int) -> None:
    """Return when a process that is no child of ours has ended; the test's time limit guards it."""
    try:
        handle = os.pidfd_open(process_id)
    except ProcessLookupError:
        return
    with open(handle, "rb"):  # noqa: PTH123 - a descriptor; readable when the process has ended
        import select

        readable, _, _ = select.select([handle], [], [], 60)
        assert readable, "the child outlived its parent"


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux")
@pytest.mark.parametrize("body", ["stubborn", "until_cancelled"])
def test_the_child_ends_when_its_parent_is_killed(tmp_path: Path, body: str) -> None:
    with program(tmp_path, body) as started:
        child = first_lines(started)
        started.kill()
        started.wait()

        wait_for_end(child)


def test_ctrl_c_cancels_the_job_and_says_nothing_else(tmp_path: Path) -> None:
    with program(tmp_path, "until_cancelled") as started:
        first_lines(started)
        os.killpg(started.pid, signal.SIGINT)
        out, err = started.communicate()

    assert out.splitlines()[-1] == "Cancelled()"
    assert (started.returncode, err) == (0, "")


def test_ctrl_c_twice_kills_a_job_that_does_not_listen(tmp_path: Path) -> None:
    with program(tmp_path, "unmoved", grace_s=600) as started:
        first_lines(started)
        os.killpg(started.pid, signal.SIGINT)
        assert started.stdout is not None
        assert started.stdout.readline() == "running\n"  # it heard, and does not care
        os.killpg(started.pid, signal.SIGINT)
        out, err = started.communicate()

    assert out.splitlines()[-1] == "Cancelled()"
    assert (started.returncode, err) == (0, "")


@pytest.mark.parametrize("how", ["module", "script"])
def test_a_program_works_however_it_is_started(tmp_path: Path, how: str) -> None:
    """`python -m` and a script give the child its main module in different ways."""
    (tmp_path / "started_as_module.py").write_text(PROGRAM)
    name = "started_as_module"
    where = ["-m", name] if how == "module" else [str(tmp_path / f"{name}.py")]
    ended = subprocess.run(
        [sys.executable, *where, "heavy_modules_of_main", "60"],
        env={**os.environ, "PYTHONPATH": f"{CHECKOUT}{os.pathsep}{tmp_path}"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ended.stdout.splitlines()[-1] == "Finished(result=[])"
