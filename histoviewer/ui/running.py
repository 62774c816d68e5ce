"""A task that runs, as both its threads hold it: what ends it."""

import threading
from typing import Any

from histoviewer.jobs.cancel import CancelToken
from histoviewer.jobs.job import Operation


class Running:
    """An operation on its way to the worker or in it, and how it is ended. Any thread.

    It is made before the worker hears of it, so that an end asked for at once is not lost. Each job
    has a cancel token of its own: a cancelled training may keep its best model so far, and the
    scoring that follows is another job, which the reader may cancel, too.

    Args:
        operation: What is driven.
    """

    def __init__(self, operation: Operation[Any]) -> None:
        self.operation = operation
        self.abandoned = CancelToken()
        self._lock = threading.Lock()
        self._job = CancelToken()

    @property
    def job(self) -> CancelToken:
        """Return the token of the job that runs, or of the next where none does."""
        with self._lock:
            return self._job

    def cancel(self) -> None:
        """Ask the job to end; those after it run all the same."""
        self.job.cancel()

    def abandon(self) -> None:
        """Ask the job to end and let no other begin: nobody waits for the result any more."""
        self.abandoned.cancel()
        self.cancel()

    def end_job(self) -> None:
        """Make ready for the next job, which was not asked to end."""
        with self._lock:
            self._job = CancelToken()
