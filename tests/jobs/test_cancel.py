"""Cancelling: by asking, by force, before, after, and from any thread."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from histoviewer.jobs.cancel import CancelToken
from histoviewer.jobs.compute import ComputeProcess
from histoviewer.jobs.job import Job
from histoviewer.jobs.messages import Cancelled, Ending, Finished
from tests.jobs.bodies import Said
from tests.jobs.conftest import job

Compute = Callable[..., ComputeProcess]


def run_and_cancel(process: ComputeProcess, work: Job, cancel: CancelToken | None = None) -> Ending:
    """Run a job in a thread, cancel it from this one after its first word."""
    said = Said()
    with ThreadPoolExecutor(1) as pool:
        ending = pool.submit(process.run, work, said, cancel)
        assert said.first.wait(60)
        (cancel or process).cancel()
        return ending.result(60)


def test_a_job_is_cancelled_at_a_yield(warm: ComputeProcess) -> None:
    assert run_and_cancel(warm, job("until_cancelled")) == Cancelled()
    assert warm.alive


def test_a_job_is_cancelled_by_its_token(warm: ComputeProcess) -> None:
    assert run_and_cancel(warm, job("until_cancelled"), CancelToken()) == Cancelled()


def test_a_cancelled_job_may_keep_what_it_has(warm: ComputeProcess) -> None:
    assert run_and_cancel(warm, job("best_so_far", "model")) == Finished("model")


def test_a_step_that_cannot_yield_can_ask(warm: ComputeProcess) -> None:
    assert run_and_cancel(warm, job("long_step")) == Finished("stopped inside the step")


@pytest.mark.expected_log("a job did not end in time after it was cancelled: killed")
def test_a_job_that_does_not_listen_is_killed_after_the_grace_time(compute: Compute) -> None:
    process = compute(grace_s=0.05)

    assert run_and_cancel(process, job("stubborn")) == Cancelled()
    assert not process.alive


def test_asking_again_does_not_lengthen_the_grace_time(compute: Compute) -> None:
    process = compute(grace_s=60)
    said = Said()
    with ThreadPoolExecutor(1) as pool:
        ending = pool.submit(process.run, job("stubborn"), said)
        assert said.first.wait(60)
        process.cancel()
        deadline = process._deadline
        process.cancel()
        assert process._deadline == deadline
        process.kill()
        assert ending.result(60) == Cancelled()


@pytest.mark.expected_log("a job did not end in time after it was cancelled: killed")
def test_asking_again_may_shorten_the_grace_time(compute: Compute) -> None:
    process = compute(grace_s=600)
    said = Said()
    with ThreadPoolExecutor(1) as pool:
        ending = pool.submit(process.run, job("stubborn"), said)
        assert said.first.wait(60)
        process.cancel()
        process.cancel(grace_s=0.05)
        assert ending.result(60) == Cancelled()


def test_a_job_cancelled_before_it_starts_does_not_start(warm: ComputeProcess) -> None:
    said, token = Said(), CancelToken()
    token.cancel()

    assert warm.run(job("count", 3), said, token) == Cancelled()
    assert said.updates == []


def test_a_job_cancelled_while_the_process_starts_does_not_start(compute: Compute) -> None:
    said, token = Said(), CancelToken()
    token.cancel()
    process = compute()

    assert process.run(job("count", 3), said, token) == Cancelled()
    assert said.updates == []
    assert process.run(job("count", 3), said) == Finished(3)


def test_a_late_cancel_does_not_hit_the_next_job(warm: ComputeProcess) -> None:
    token = CancelToken()
    warm.run(job("count", 1), Said(), token)
    token.cancel()
    warm.cancel()

    assert warm.run(job("count", 500), Said()) == Finished(sum(range(500)))


def test_a_cancel_at_the_very_end_hits_its_own_job_or_none(warm: ComputeProcess) -> None:
    for length in range(30):
        token = CancelToken()

        def cancel_near_the_end(update: object, length: int = length, token=token) -> None:
            if update.done == length:  # type: ignore[attr-defined]
                token.cancel()

        ending = warm.run(job("count", length), cancel_near_the_end, token)
        assert ending in (Finished(sum(range(length))), Cancelled())
        assert warm.run(job("count", 20), Said()) == Finished(190)


def test_many_threads_may_cancel_at_any_time(warm: ComputeProcess) -> None:
    stop = threading.Event()

    def cancel_all_the_time() -> None:
        while not stop.is_set():
            warm.cancel()

    with ThreadPoolExecutor(3) as pool:
        for _ in range(3):
            pool.submit(cancel_all_the_time)
        endings = [warm.run(job("until_cancelled"), Said()) for _ in range(20)]
        stop.set()

    assert endings == [Cancelled()] * 20
    assert warm.run(job("count", 3), Said()) == Finished(3)


def test_a_token_calls_back_at_once_where_it_was_used_before() -> None:
    token, calls = CancelToken(), []
    token.cancel()

    with token.calling(lambda: calls.append("called")):
        assert calls == ["called"]


def test_a_token_does_not_call_back_after_its_context() -> None:
    token, calls = CancelToken(), []
    with token.calling(lambda: calls.append("called")):
        pass
    token.cancel()

    assert token.requested
    assert calls == []
