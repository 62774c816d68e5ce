"""Driving an operation: one job after the other through a compute process."""

from collections.abc import Callable
from contextlib import closing
from typing import Protocol, TypeVar

from histoviewer.errors import JobCancelled, JobError
from histoviewer.jobs.cancel import CancelToken
from histoviewer.jobs.job import Job, Operation
from histoviewer.jobs.messages import Cancelled, Ending, Finished, Update

Result = TypeVar("Result")


class RunJob(Protocol):
    """Runs one job to its end."""

    def __call__(self, job: Job, on_update: Callable[[Update], None]) -> Ending:
        """Return how the job ended."""
        ...


def drive(
    operation: Operation[Result],
    *,
    run: RunJob,
    on_job: Callable[[Job], None] = lambda _job: None,
    on_update: Callable[[Update], None] = lambda _update: None,
    cancel: CancelToken | None = None,
) -> Result:
    """Run an operation to its end in this thread.

    Args:
        operation: The use case.
        run: Runs each of its jobs.
        on_job: Called before each job.
        on_update: Called with each message of the running job.
        cancel: Looked at before each job; `run` sees to the job that is running.

    Raises:
        JobCancelled: A job was cancelled.
        JobError: A job failed by a fault of ours or of the machine.
        HistoViewerError: A job raised it; the operation had its chance to clean up.
    """
    with closing(operation):  # so that it cleans up now, whatever a callback raises
        try:
            job = next(operation)
            while True:
                ending: Ending = Cancelled()
                if cancel is None or not cancel.requested:
                    on_job(job)
                    ending = run(job, on_update)
                if isinstance(ending, Finished):
                    job = operation.send(ending.result)
                else:
                    job = operation.throw(_as_error(ending))
        except StopIteration as stop:
            result: Result = stop.value
            return result


def _as_error(ending: Ending) -> Exception:
    if isinstance(ending, Cancelled):
        return JobCancelled()
    assert not isinstance(ending, Finished)
    return ending.error or JobError(ending.message, ending.log_tail)
