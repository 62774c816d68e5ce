"""The jobs bar: what runs, how far it is, and what failed."""

from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from histoviewer.errors import UserError
from histoviewer.jobs.job import Lane
from histoviewer.ui.jobs.failure import FailedJob
from histoviewer.ui.jobs.job_row import JobRow
from histoviewer.ui.jobs.wording import job_title
from histoviewer.ui.lanes import TaskLane
from histoviewer.ui.tasks import Task
from histoviewer.ui.theme import GAP, WIDE, Theme
from histoviewer.ui.widgets import frame

_MOST_FAILURES = 3


class JobsPanel(QWidget):
    """One row a busy lane, and the failed jobs until they are dismissed; else nothing.

    Args:
        lanes: What it shows.
        curves: The action that shows the learning curves.
        theme: Colours of the icons.
        log_path: The log of the program.
        parent: Owner.
    """

    def __init__(
        self,
        lanes: list[TaskLane],
        *,
        curves: QAction,
        theme: Theme,
        log_path: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._log_path = log_path
        self.setAccessibleName(self.tr("Jobs"))
        box = frame("panel")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(box)
        self._column = QVBoxLayout(box)
        self._column.setContentsMargins(WIDE, GAP, WIDE, GAP)
        self._column.setSpacing(GAP)
        self.rows = [
            JobRow(lane, curves=curves if lane.lane is Lane.BATCH else None) for lane in lanes
        ]
        for lane, row in zip(lanes, self.rows, strict=True):
            row.changed.connect(self._show_or_hide)
            self._column.addWidget(row)
            lane.task_started.connect(self._forget_failure)
            lane.operation_failed.connect(partial(self._show_failure, lane))
        self.hide()

    @property
    def failures(self) -> list[FailedJob]:
        """Return the failed jobs that are shown, oldest first."""
        items = (self._column.itemAt(place) for place in range(self._column.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, FailedJob)]

    def clear_failures(self) -> None:
        """Dismiss the failed jobs."""
        for failure in self.failures:
            self._remove(failure)

    def _forget_failure(self, task: Task) -> None:
        """Dismiss what the reader tries again."""
        for failure in self.failures:
            if failure.title == task.title:
                self._remove(failure)

    def _show_failure(self, lane: TaskLane, task: Task, error: Exception) -> None:
        if isinstance(error, UserError):  # no fault of the job: a notice says what to do
            return
        for old in self.failures[: -_MOST_FAILURES + 1]:
            self._remove(old)
        failure = FailedJob(
            title=task.title,
            step=task.title if lane.job is None else job_title(lane.job),
            error=error,
            theme=self._theme,
            log_path=self._log_path,
        )
        failure.dismissed.connect(lambda: self._remove(failure))
        self._column.addWidget(failure)
        self._show_or_hide()

    def _remove(self, failure: FailedJob) -> None:
        self._column.removeWidget(failure)
        failure.hide()
        failure.deleteLater()
        self._show_or_hide()

    def _show_or_hide(self) -> None:
        busy = any(not row.isHidden() for row in self.rows)
        self.setVisible(busy or bool(self.failures))
