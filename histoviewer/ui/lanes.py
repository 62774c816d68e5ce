"""Lanes: background work as the window sees it, tasks that wait, run and end."""

from collections import deque
from collections.abc import Mapping

from PySide6.QtCore import QObject, QThread, Signal

from histoviewer.errors import HistoViewerError
from histoviewer.jobs.compute import INTERACTIVE_NICENESS, NICENESS
from histoviewer.jobs.job import Job, Lane
from histoviewer.ui.lane_worker import LaneWorker, Recycling
from histoviewer.ui.running import Running
from histoviewer.ui.tasks import Task

# Keras is what takes long to import; reading files needs little.
_PRELOAD = {
    Lane.BATCH: ("histoviewer.ml.warm",),
    Lane.INTERACTIVE: ("histoviewer.ml.warm_explaining",),
}

# Lanes whose process outlives an operation: the model it has loaded explains the next tile, too,
# and what it has imported to assess a model assesses the next one.
_RECYCLING = {Lane.INTERACTIVE: Recycling.NEVER, Lane.LOOKS: Recycling.AFTER_KERAS}


class TaskLane(QObject):
    """Runs tasks one after the other in a thread and a compute process of their own.

    UI thread only. Nothing is started before the first task or `warm`.

    Args:
        lane: Which one.
        parent: Owner.
    """

    task_queued = Signal(object)
    task_started = Signal(object)
    job_started = Signal(object)
    progressed = Signal(object)
    curve_point_added = Signal(object)
    noted = Signal(object)
    load_measured = Signal(object)
    operation_finished = Signal(object, object)
    operation_failed = Signal(object, object)
    operation_cancelled = Signal(object)
    became_idle = Signal()
    _run_asked = Signal(object)
    _warm_asked = Signal(object)

    def __init__(self, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lane = lane
        self.current: Task | None = None
        self.job: Job | None = None  # of the current task, or of the one that has just ended
        self._running: Running | None = None
        self._waiting: deque[Task] = deque()
        preload = _PRELOAD.get(lane, ())
        self._thread = QThread(self)
        self._thread.setObjectName(f"lane-{lane}")
        self._worker = LaneWorker(
            preload=preload,
            keep_warm=bool(preload),
            recycling=_RECYCLING.get(lane, Recycling.ALWAYS),
            niceness=INTERACTIVE_NICENESS if lane is Lane.INTERACTIVE else NICENESS,
        )
        self._worker.moveToThread(self._thread)
        self._connect(self._worker)

    def _connect(self, worker: LaneWorker) -> None:
        self._run_asked.connect(worker.run)
        self._warm_asked.connect(worker.warm)
        worker.job_started.connect(self._note_job)
        worker.progressed.connect(self.progressed)
        worker.curve_point_added.connect(self.curve_point_added)
        worker.noted.connect(self.noted)
        worker.load_measured.connect(self.load_measured)
        worker.finished.connect(self._finish)
        worker.failed.connect(self._fail)
        worker.cancelled.connect(self._note_cancelled)

    @property
    def is_busy(self) -> bool:
        """Return whether a task runs or waits."""
        return self.current is not None or bool(self._waiting)

    @property
    def is_abandoned(self) -> bool:
        """Return whether what runs has been abandoned and is about to end."""
        return self._running is not None and self._running.abandoned.requested

    @property
    def waiting(self) -> int:
        """Return how many tasks wait behind the one that runs."""
        return len(self._waiting)

    def warm(self, environment: Mapping[str, str]) -> None:
        """Start the compute process ahead of the first job."""
        self._thread.start()
        self._warm_asked.emit(environment)

    def submit(self, task: Task) -> None:
        """Run a task when those before it have ended."""
        self._waiting.append(task)
        self.task_queued.emit(task)
        if self.current is None:
            self._begin_next()

    def has(self, task: Task | None) -> bool:
        """Return whether a task waits or runs here; False for none."""
        return task is not None and (task is self.current or task in self._waiting)

    def cancel(self) -> None:
        """Ask the running job to end; what its task does after it, and other tasks, go on."""
        if self._running is not None:
            self._running.cancel()

    def withdraw(self, task: Task) -> None:
        """End a task, whether it waits or runs; nothing happens where it has ended."""
        if task is self.current:
            self.cancel()
        elif task in self._waiting:
            self._waiting.remove(task)
            self.operation_cancelled.emit(task)

    def abandon(self) -> None:
        """Ask the running task to end with its job, and forget the tasks that wait."""
        forgotten = list(self._waiting)
        self._waiting.clear()
        for task in forgotten:
            self.operation_cancelled.emit(task)
        if self._running is not None:
            self._running.abandon()

    def end(self) -> None:
        """Abandon everything and begin nothing more; what runs has some seconds. Does not wait."""
        self.abandon()
        self._worker.stop()

    def close(self) -> None:
        """End everything: what runs is cancelled, by force after some seconds. Waits for it."""
        self.end()
        self._thread.quit()
        self._thread.wait()
        self._worker.dispose()
        self.current = self._running = None

    def _begin_next(self) -> None:
        """Begin the next task that can begin; one that cannot has failed."""
        while self._waiting and self.current is None:
            task = self._waiting.popleft()
            self.current, self.job = task, None
            self.task_started.emit(task)
            try:
                operation = task.start()
            except HistoViewerError as error:
                self._end()
                self.operation_failed.emit(task, error)
                task.on_failed(error)
            else:
                self._thread.start()
                self._running = Running(operation)
                self._run_asked.emit(self._running)
        if self.current is None:
            self.became_idle.emit()

    def _note_job(self, job: Job) -> None:
        self.job = job
        self.job_started.emit(job)

    def _finish(self, result: object) -> None:
        if task := self._end():
            self.operation_finished.emit(task, result)
            task.on_finished(result)
            self._continue()

    def _fail(self, error: Exception) -> None:
        if task := self._end():
            self.operation_failed.emit(task, error)
            task.on_failed(error)
            self._continue()

    def _note_cancelled(self) -> None:
        if task := self._end():
            self.operation_cancelled.emit(task)
            self._continue()

    def _end(self) -> Task | None:
        """Return the task that has ended; None where the lane was closed meanwhile."""
        task, self.current, self._running = self.current, None, None
        return task

    def _continue(self) -> None:
        if self.current is None:  # what was done with the result may have begun another
            self._begin_next()
