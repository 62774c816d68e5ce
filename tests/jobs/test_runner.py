"""Operations: one job after the other, and the processes they run in."""

from collections.abc import Callable

import pytest

from histoviewer.errors import InputError, JobCancelled, JobError
from histoviewer.jobs.cancel import CancelToken
from histoviewer.jobs.job import Job, Operation
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.messages import Cancelled, Ending, Failed, Finished, Note, Update
from histoviewer.jobs.runner import drive
from tests.jobs.bodies import Said
from tests.jobs.conftest import job


def two_jobs() -> Operation[str]:
    first = yield job("first")
    second = yield job("second", first)
    return f"{first} {second}"


def answer_with(*endings: Ending) -> Callable[[Job, Callable[[Update], None]], Ending]:
    """A runner that gives these endings one after the other."""
    left = list(endings)

    def run(work: Job, on_update: Callable[[Update], None]) -> Ending:
        on_update(Note(work.title))
        return left.pop(0)

    return run


def test_each_job_is_given_the_results_before_it() -> None:
    jobs, said = [], Said()
    outcome = drive(
        two_jobs(), run=answer_with(Finished(1), Finished(2)), on_job=jobs.append, on_update=said
    )

    assert outcome == "1 2"
    assert [(work.title, work.request) for work in jobs] == [("first", None), ("second", 1)]
    assert said.updates == [Note("first"), Note("second")]


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        (Cancelled(), JobCancelled),
        (Failed(error=None, message="The job failed.", log_tail=("last line",)), JobError),
        (Failed(error=InputError("No."), message="No."), InputError),
    ],
    ids=["cancelled", "failed", "wrong input"],
)
def test_a_bad_ending_is_raised_in_the_operation(ending: Ending, expected: type) -> None:
    tidied = []

    def operation() -> Operation[None]:
        try:
            yield job("first")
        finally:
            tidied.append(True)

    with pytest.raises(expected):
        drive(operation(), run=answer_with(ending))
    assert tidied == [True]


def test_an_operation_may_bear_a_bad_ending() -> None:
    def operation() -> Operation[str]:
        try:
            yield job("first")
        except JobCancelled:
            return "kept what there was"
        return "unreachable"

    assert drive(operation(), run=answer_with(Cancelled())) == "kept what there was"


def test_a_job_error_shows_its_last_log_lines() -> None:
    failed = Failed(error=None, message="The job failed.", log_tail=("one", "two"))

    with pytest.raises(JobError) as caught:
        drive(two_jobs(), run=answer_with(failed))
    assert str(caught.value) == "The job failed.\none\ntwo"


def test_cancelling_between_two_jobs_ends_the_operation() -> None:
    token = CancelToken()

    def run(work: Job, on_update: Callable[[Update], None]) -> Ending:
        token.cancel()
        return Finished(1)

    with pytest.raises(JobCancelled):
        drive(two_jobs(), run=run, cancel=token)


def test_an_operation_is_closed_when_a_callback_fails() -> None:
    tidied = []

    def operation() -> Operation[None]:
        try:
            yield job("first")
        finally:
            tidied.append(True)

    def fail(work: Job) -> None:
        raise RuntimeError("the caller's own fault")

    with pytest.raises(RuntimeError):
        drive(operation(), run=answer_with(), on_job=fail)
    assert tidied == [True]


def test_a_lane_keeps_its_process_and_replaces_a_dead_one() -> None:
    with LaneProcess() as lane:
        first = lane.run(job("process_id"), Said())
        assert lane.run(job("process_id"), Said()) == first
        assert isinstance(lane.run(job("leave", 3), Said()), Failed)

        after = lane.run(job("process_id"), Said())
        assert isinstance(after, Finished)
        assert after != first


def test_a_lane_starts_another_process_for_other_variables() -> None:
    with LaneProcess() as lane:
        for backend in ("jax", "torch"):
            work = job("variable", "BACKEND", environment={"BACKEND": backend})
            assert lane.run(work, Said()) == Finished(backend)
