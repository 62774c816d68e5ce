"""Operations run to their end, as the lanes of the window and the command line run them."""

from importlib import import_module
from typing import TypeVar

from histoviewer.jobs.job import Operation
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.runner import drive

Result = TypeVar("Result")


def perform(operation: Operation[Result]) -> Result:
    """Return the result of an operation; its jobs share one compute process."""
    with LaneProcess() as process:
        return drive(operation, run=process.run)


def perform_here(operation: Operation[Result]) -> Result:
    """Return the result of an operation; its jobs run in this process, which has to import less.

    For jobs that need neither Keras nor to be cancelled.
    """
    answer: object = None
    while True:
        try:
            job = operation.send(answer)
        except StopIteration as end:
            return end.value
        module, _, name = job.target.partition(":")
        body = getattr(import_module(module), name)(job.request, lambda: False)
        while True:
            try:
                next(body)
            except StopIteration as end:
                answer = end.value
                break
