"""Operations run to their end, as the lanes of the window and the command line run them."""

from typing import TypeVar

from histoviewer.jobs.job import Operation
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.runner import drive

Result = TypeVar("Result")


def perform(operation: Operation[Result]) -> Result:
    """Return the result of an operation; its jobs share one compute process."""
    with LaneProcess() as process:
        return drive(operation, run=process.run)
