"""The jobs of this session: what waits, runs and has ended, each with its log."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal

from histoviewer.errors import JobError
from histoviewer.jobs.job import Job
from histoviewer.jobs.messages import CurvePoint, Load, Note, Progress
from histoviewer.ui.jobs.wording import describe, describe_epoch, job_title
from histoviewer.ui.lanes import TaskLane
from histoviewer.ui.tasks import Task
from histoviewer.ui.translation import translate

_KEPT: Final = 200
_LINES: Final = 2000  # of one log: a training of that many epochs is none


class JobState(Enum):
    """Where a job is; the value orders the list: what runs comes first."""

    RUNNING = 0
    WAITING = 1
    ENDED = 2
    CANCELLED = 3
    FAILED = 4

    @property
    def is_over(self) -> bool:
        """Return whether it has ended, in whatever way."""
        return self not in (JobState.WAITING, JobState.RUNNING)


@dataclass(kw_only=True, eq=False)
class JobRecord:
    """One task from the moment it was asked for. UI thread only.

    Args:
        task: What was asked for.
        lane: Where it waits and runs.
        queued: When it was asked for, UTC.
        state: Where it is.
        step: What the running job of it is called, such as the scoring after a training.
        started: When its turn came, UTC.
        ended: When it ended, UTC.
        progress: The newest message of the running job.
        load: How busy the running job keeps the machine; None before the first second.
        val_auc: Validation AUC at the end of the newest epoch.
        error: Why it failed.
        lines: Its log.
    """

    task: Task
    lane: TaskLane
    queued: datetime
    state: JobState = JobState.WAITING
    step: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    progress: Progress | None = None
    load: Load | None = None
    val_auc: float | None = None
    error: Exception | None = None
    lines: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Return what it is called."""
        return self.task.title

    @property
    def took_s(self) -> float | None:
        """Return the seconds it took, or has taken so far; None while it waits."""
        if self.started is None:
            return None
        return ((self.ended or _now()) - self.started).total_seconds()

    @property
    def figures(self) -> str:
        """Return how far it is, or how it ended, in words."""
        if self.state is JobState.FAILED:
            return _first_line(self.error)
        if self.state is not JobState.RUNNING or self.progress is None:
            return ""
        return describe(self.progress, val_auc=self.val_auc)

    def write(self, text: str) -> None:
        """Add lines to the log, with the time of day in the reader's zone."""
        stamp = datetime.now().astimezone().strftime("%H:%M:%S")
        self.lines += [f"{stamp}  {line}" for line in text.splitlines()]
        del self.lines[:-_LINES]


class JobHistory(QObject):
    """Keeps a record of every task of some lanes, the newest two hundred. UI thread only.

    Args:
        lanes: What it follows.
        parent: Owner.
    """

    added = Signal(object)
    changed = Signal(object)
    ended = Signal(object)

    def __init__(self, lanes: Sequence[TaskLane], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._records: dict[Task, JobRecord] = {}
        for lane in lanes:
            lane.task_queued.connect(partial(self._add, lane))
            lane.task_started.connect(self._begin)
            lane.job_started.connect(partial(self._begin_step, lane))
            lane.progressed.connect(partial(self._note_progress, lane))
            lane.curve_point_added.connect(partial(self._note_point, lane))
            lane.noted.connect(partial(self._note, lane))
            lane.load_measured.connect(partial(self._note_load, lane))
            lane.operation_finished.connect(self._finish)
            lane.operation_failed.connect(self._fail)
            lane.operation_cancelled.connect(self._cancel)

    @property
    def records(self) -> list[JobRecord]:
        """Return what runs, then what waits, then what has ended, newest first."""
        every = list(self._records.values())
        open_ones = [record for record in every if not record.state.is_over]
        over = [record for record in every if record.state.is_over]
        open_ones.sort(key=lambda record: record.state.value)  # stable: the queue keeps its order
        return open_ones + sorted(over, key=lambda record: record.ended or record.queued)[::-1]

    def _add(self, lane: TaskLane, task: Task) -> None:
        record = JobRecord(task=task, lane=lane, queued=_now())
        self._records[task] = record
        for old in [each for each in self._records.values() if each.state.is_over][:-_KEPT]:
            del self._records[old.task]
        self.added.emit(record)

    def _begin(self, task: Task) -> None:
        record = self._records[task]
        record.state, record.started = JobState.RUNNING, _now()
        self.changed.emit(record)

    def _running(self, lane: TaskLane) -> JobRecord | None:
        return None if lane.current is None else self._records[lane.current]

    def _begin_step(self, lane: TaskLane, job: Job) -> None:
        if record := self._running(lane):
            record.step, record.progress, record.load = job_title(job), None, None
            record.write(record.step)
            self.changed.emit(record)

    def _note_progress(self, lane: TaskLane, progress: Progress) -> None:
        if record := self._running(lane):
            record.progress = progress
            self.changed.emit(record)

    def _note_point(self, lane: TaskLane, point: CurvePoint) -> None:
        if record := self._running(lane):
            record.val_auc = point.values.get("val_auc", record.val_auc)
            record.write(describe_epoch(point))
            self.changed.emit(record)

    def _note(self, lane: TaskLane, note: Note) -> None:
        if record := self._running(lane):
            record.write(note.text)
            self.changed.emit(record)

    def _note_load(self, lane: TaskLane, load: Load) -> None:
        if record := self._running(lane):
            record.load = load
            self.changed.emit(record)

    def _finish(self, task: Task, _result: object) -> None:
        self._end(task, JobState.ENDED, translate("jobs", "Done."))

    def _fail(self, task: Task, error: Exception) -> None:
        self._records[task].error = error
        self._end(task, JobState.FAILED, str(error) or type(error).__name__)

    def _cancel(self, task: Task) -> None:
        self._end(task, JobState.CANCELLED, translate("jobs", "Cancelled."))

    def _end(self, task: Task, state: JobState, line: str) -> None:
        record = self._records[task]
        record.state, record.ended, record.load = state, _now(), None
        record.write(line)
        self.changed.emit(record)
        self.ended.emit(record)


def _first_line(error: Exception | None) -> str:
    text = error.message if isinstance(error, JobError) else str(error)
    return text.splitlines()[0] if text else type(error).__name__


def _now() -> datetime:
    return datetime.now(UTC)
