"""Operations run to their end, as the lanes of the window and the command line run them."""

from collections.abc import Callable
from importlib import import_module
from typing import TypeVar

from histoviewer.jobs.job import Job, Operation
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.messages import Ending, Finished, Update
from histoviewer.jobs.runner import drive

Result = TypeVar("Result")


def perform(operation: Operation[Result]) -> Result:
    """Return the result of an operation; its jobs share one compute process."""
    with LaneProcess() as process:
        return drive(operation, run=process.run)


def perform_here(operation: Operation[Result], *, jobs: list[Job] | None = None) -> Result:
    """Return the result of an operation; its jobs run in this process, which has to import less.

    For jobs that need neither Keras nor to be cancelled.

    Args:
        operation: What is run.
        jobs: Takes the jobs that it asked for.
    """

    def run(job: Job, _on_update: Callable[[Update], None]) -> Ending:
        if jobs is not None:
            jobs.append(job)
        module, _, name = job.target.partition(":")
        body = getattr(import_module(module), name)(job.request, lambda: False)
        while True:
            try:
                next(body)
            except StopIteration as end:
                return Finished(end.value)

    return drive(operation, run=run)
