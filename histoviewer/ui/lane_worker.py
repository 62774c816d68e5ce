"""The part of a lane that lives in its own thread and owns the compute process."""

import logging
import time
from collections.abc import Callable, Mapping
from enum import StrEnum

from PySide6.QtCore import QObject, Signal, Slot

from histoviewer.errors import HistoViewerError, JobCancelled
from histoviewer.jobs.compute import NICENESS
from histoviewer.jobs.job import Job
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.messages import Cancelled, CurvePoint, Ending, Load, Note, Progress, Update
from histoviewer.jobs.runner import drive
from histoviewer.ui.running import Running

log = logging.getLogger(__name__)

_PROGRESS_S = 0.05  # a reader sees no more; a fast job would flood the event loop
_CLOSING_GRACE_S = 3.0


class Recycling(StrEnum):
    """When the child of a lane gives way to a fresh one."""

    ALWAYS = "after each operation"
    AFTER_KERAS = "after an operation with Keras"  # it may hold memory of a GPU
    NEVER = "when it dies"


class LaneWorker(QObject):
    """Drives one operation at a time. Its slots run in its thread; `stop` in any.

    Args:
        preload: Modules that a child imports ahead of its first job.
        keep_warm: Whether a fresh child is started after each operation, for the next.
        recycling: When the child ends; until then it serves one operation after the other.
        niceness: By how much the child gives way to others.
    """

    job_started = Signal(object)
    progressed = Signal(object)
    curve_point_added = Signal(object)
    noted = Signal(object)
    load_measured = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(
        self,
        *,
        preload: tuple[str, ...],
        keep_warm: bool,
        recycling: Recycling = Recycling.ALWAYS,
        niceness: int = NICENESS,
    ) -> None:
        super().__init__()
        self._process = LaneProcess(preload=preload, niceness=niceness)
        self._keep_warm = keep_warm
        self._recycling = recycling
        self._environment: Mapping[str, str] = {}
        self._is_stopping = False
        self._told_at = 0.0

    @Slot(object)
    def warm(self, environment: Mapping[str, str]) -> None:
        """Start the child ahead of the first job, so that this need not wait for imports."""
        self._environment = environment
        if self._is_stopping:
            return
        try:
            self._process.warm_up(environment)
        except OSError:  # the first job tries again, and its reader is told
            log.warning("no compute process could be started ahead of the first job", exc_info=True)

    @Slot(object)
    def run(self, running: Running) -> None:
        """Drive an operation to its end and tell how it ended. Never raises."""
        try:
            result = drive(
                running.operation,
                run=lambda job, on_update: self._run_job(running, job, on_update),
                on_job=self.job_started.emit,
                on_update=self._tell,
                cancel=running.abandoned,
            )
        except JobCancelled:
            self.cancelled.emit()
        except Exception as error:  # the thread's boundary: shown, and logged where it is a bug
            if not isinstance(error, HistoViewerError):
                log.exception("an operation failed by a fault of ours")
            self.failed.emit(error)
        else:
            self.finished.emit(result)
        if self._is_spent:
            self._recycle()

    @property
    def _is_spent(self) -> bool:
        """Return whether the child has served: jobs with Keras name its backend."""
        with_keras = (
            self._recycling is Recycling.AFTER_KERAS and "KERAS_BACKEND" in self._environment
        )
        return with_keras or self._recycling is Recycling.ALWAYS

    def stop(self) -> None:
        """Let nothing more begin, and end what runs within seconds. Any thread."""
        self._is_stopping = True
        self._process.cancel(grace_s=_CLOSING_GRACE_S)

    def dispose(self) -> None:
        """End the child. Called when the thread has ended."""
        self._process.close()

    def _run_job(self, running: Running, job: Job, on_update: Callable[[Update], None]) -> Ending:
        if self._is_stopping:
            return Cancelled()
        self._environment = job.environment
        self._told_at = 0.0
        ending = self._process.run(job, on_update, running.job)
        running.end_job()
        return ending

    def _recycle(self) -> None:
        """Give back the memory that the operation took, that of a GPU above all."""
        self._process.close()
        if self._keep_warm:
            self.warm(self._environment)

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
            case Load():
                self.load_measured.emit(update)
