"""The part of a lane that lives in its own thread and owns the compute process."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from histoviewer.errors import HistoViewerError, JobCancelled
from histoviewer.jobs.compute import ComputeProcess
from histoviewer.jobs.job import Job, Operation
from histoviewer.jobs.messages import Cancelled, CurvePoint, Ending, Note, Progress, Update
from histoviewer.jobs.runner import drive

log = logging.getLogger(__name__)

_PROGRESS_S = 0.05  # a reader sees no more; a fast job would flood the event loop
_LEAVE_S = 1.0  # after a job nothing is left to save: one that lingers is ended
_CLOSING_GRACE_S = 3.0


class LaneWorker(QObject):
    """Drives one operation at a time. Its slots run in its thread; `cancel` and `stop` in any.

    Args:
        preload: Modules that a child imports ahead of its first job.
        keep_warm: Whether a fresh child is started after each operation, for the next.
    """

    job_started = Signal(object)
    progressed = Signal(object)
    curve_point_added = Signal(object)
    noted = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, *, preload: tuple[str, ...], keep_warm: bool) -> None:
        super().__init__()
        self._preload = preload
        self._keep_warm = keep_warm
        self._environment: Mapping[str, str] = {}
        self._lock = threading.Lock()  # guards what cancel and stop touch from other threads
        self._process: ComputeProcess | None = None
        self._cancel_asked = False
        self._stopping = False
        self._told_at = 0.0

    @Slot(object)
    def warm(self, environment: Mapping[str, str]) -> None:
        """Start the child ahead of the first job, so that this need not wait for imports."""
        self._environment = environment
        self._serve(environment)

    @Slot(object)
    def run(self, operation: Operation[Any]) -> None:
        """Drive an operation to its end and tell how it ended. Never raises."""
        try:
            result = drive(
                operation,
                run=self._run_job,
                on_job=self.job_started.emit,
                on_update=self._tell,
            )
        except JobCancelled:
            self.cancelled.emit()
        except Exception as error:
            if not isinstance(error, HistoViewerError):
                log.exception("an operation failed by a fault of ours")
            self.failed.emit(error)
        else:
            self.finished.emit(result)
        self._recycle()

    def cancel(self) -> None:
        """Ask the running job to end. Any thread."""
        with self._lock:
            self._cancel_asked = True
            if self._process is not None:
                self._process.cancel()

    def stop(self) -> None:
        """Let nothing more begin, and end what runs soon. Any thread."""
        with self._lock:
            self._stopping = True
            if self._process is not None:
                self._process.cancel(grace_s=_CLOSING_GRACE_S)

    def dispose(self) -> None:
        """End the child. Called when the thread has ended."""
        self._drop(patience_s=0.0)

    def _run_job(self, job: Job, on_update: Callable[[Update], None]) -> Ending:
        self._environment = job.environment
        process = self._serve(job.environment)
        with self._lock:
            asked = self._cancel_asked or self._stopping
        if process is None or asked:
            return Cancelled()
        self._told_at = 0.0
        ending = process.run(job, on_update)
        with self._lock:  # what a cancelled job kept is used: the jobs after it may run
            self._cancel_asked = False
        return ending

    def _serve(self, environment: Mapping[str, str]) -> ComputeProcess | None:
        """Return a living child with these variables; None where nothing more may begin."""
        if self._process is not None and not self._process.serves(environment):
            self._drop(patience_s=_LEAVE_S)
        with self._lock:
            if self._process is None and not self._stopping:
                self._process = ComputeProcess(environment=environment, preload=self._preload)
            return self._process

    def _recycle(self) -> None:
        """Give back the memory that the operation took, that of a GPU above all."""
        self._drop(patience_s=_LEAVE_S)
        with self._lock:
            self._cancel_asked = False
        if self._keep_warm:
            self._serve(self._environment)

    def _drop(self, *, patience_s: float) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.close(patience_s=patience_s)

    def _tell(self, update: Update) -> None:
        match update:
            case Progress():
                now = time.monotonic()
                if now - self._told_at >= _PROGRESS_S:
                    self._told_at = now
                    self.progressed.emit(update)
            case CurvePoint():
                self.curve_point_added.emit(update)
            case Note():
                self.noted.emit(update)
