"""How busy a job keeps the machine, looked at from outside."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from histoviewer.jobs.compute import ComputeProcess
from histoviewer.jobs.load import LoadMeter, own_memory, threads_of
from histoviewer.jobs.messages import Finished, GpuLoad
from histoviewer.jobs.nvidia import MIB, DriverQuery
from tests.jobs.bodies import Said
from tests.jobs.conftest import job


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_job_tells_once_a_second_how_busy_it_keeps_the_machine(
    warm: ComputeProcess, tmp_path: Path
) -> None:
    said, told = Said(), tmp_path / "told"

    def listen(update: object) -> None:
        said(update)
        if said.loads:
            told.touch()

    assert warm.run(job("compute_until", told), listen) == Finished(None)

    assert 0 < said.loads[0].processor <= 1
    assert 1 * MIB < said.loads[0].memory < 1000 * MIB


def test_nothing_is_looked_at_before_a_second_has_passed() -> None:
    clock = Clock()
    meter = LoadMeter(os.getpid(), clock=clock)
    clock.now = 0.25

    assert meter.due_in_s == 0.75


def test_a_process_that_has_ended_has_no_load() -> None:
    assert LoadMeter(2**22 + 1).look() is None


def test_the_load_is_a_share_of_what_the_process_may_use() -> None:
    clock = Clock()
    meter = LoadMeter(os.getpid(), clock=clock)
    clock.now = 1000.0

    load = meter.look()

    assert load is not None
    assert load.processor < 0.01
    assert threads_of(None) == os.cpu_count()


def test_pages_of_mapped_files_are_not_counted() -> None:
    assert own_memory(SimpleNamespace(rss=5_000, shared=4_000)) == 1_000
    assert own_memory(SimpleNamespace(rss=5_000, private=700)) == 700
    assert own_memory(SimpleNamespace(rss=5_000)) == 5_000


def test_the_driver_answers_in_time_for_the_next_look(driver) -> None:
    driver("echo '87, 3072, 8192'; echo '[N/A], 10, 8192'")
    meter = LoadMeter(os.getpid())
    first = meter.look()
    meter._cards._process.wait()

    second = meter.look()
    meter.rest()

    assert first.gpus == ()
    assert second.gpus == (
        GpuLoad(busy=0.87, memory=3072 * MIB, memory_total=8192 * MIB),
        GpuLoad(busy=None, memory=10 * MIB, memory_total=8192 * MIB),
    )


@pytest.mark.parametrize("shell", ["exit 9", "exec sleep 60"])
def test_a_driver_that_fails_or_hangs_tells_nothing(driver, shell: str) -> None:
    driver(shell)

    assert DriverQuery(("name",)).answer(timeout_s=0.2) is None
