"""One line of the jobs bar: what a lane does now."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QToolButton, QWidget

from histoviewer.jobs.job import Job
from histoviewer.jobs.messages import CurvePoint, Load, Note, Progress
from histoviewer.ui.jobs.wording import describe, describe_load, job_title
from histoviewer.ui.lanes import TaskLane
from histoviewer.ui.tasks import Task
from histoviewer.ui.theme import GAP
from histoviewer.ui.widgets import label

_BAR_WIDTH = 180
_STEPS = 1000  # of the progress bar: totals of millions do not fit its integers on every platform


class JobRow(QWidget):
    """Title, progress, figures and the cancel button of one lane; hidden while it is idle.

    Args:
        lane: What it shows.
        curves: The action that shows the learning curves; None where the lane trains nothing.
        parent: Owner.
    """

    changed = Signal()

    def __init__(
        self, lane: TaskLane, *, curves: QAction | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._lane = lane
        self._val_auc: float | None = None
        self._progress: Progress | None = None
        self._title = label("")
        self._bar = QProgressBar()
        self._figures = label("", role="muted")
        self._load = label("", role="muted")
        self._queue = label("", role="muted")
        self._cancel = QPushButton(self.tr("Cancel"))
        self._build(curves)
        self._connect(lane)
        self.hide()

    def _build(self, curves: QAction | None) -> None:
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(_BAR_WIDTH)
        self._bar.setAccessibleName(self.tr("Progress of the job"))
        self._cancel.setAccessibleName(self.tr("Cancel the job"))
        self._cancel.setToolTip(self.tr("End this job; training keeps its best model so far."))
        self._cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._cancel.clicked.connect(self._ask_to_end)
        self._load.setToolTip(
            self.tr("How busy this job keeps the machine: processors, memory and GPU")
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP * 3 // 2)
        for widget in (self._title, self._bar):
            row.addWidget(widget)
        row.addWidget(self._figures, 1)
        for widget in (self._load, self._queue):
            row.addWidget(widget)
        if curves is not None:
            button = QToolButton()
            button.setDefaultAction(curves)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            row.addWidget(button)
        row.addWidget(self._cancel)

    def _connect(self, lane: TaskLane) -> None:
        lane.task_started.connect(self._begin)
        lane.task_queued.connect(self._count_waiting)
        lane.job_started.connect(self._begin_job)
        lane.progressed.connect(self._show_progress)
        lane.curve_point_added.connect(self._note_point)
        lane.noted.connect(self._show_note)
        lane.load_measured.connect(self._show_load)
        lane.became_idle.connect(self._rest)

    def _begin(self, task: Task) -> None:
        self._title.setText(task.title)
        self._val_auc = None
        self._load.clear()
        self._figures.setText(self.tr("starting…"))
        self._bar.setRange(0, 0)  # moves to and fro: how long it takes is not known yet
        self._cancel.setEnabled(True)
        self._count_waiting()
        self.show()
        self.changed.emit()

    def _begin_job(self, job: Job) -> None:
        self._title.setText(job_title(job))
        self._cancel.setEnabled(True)  # a cancelled training may go on with scoring: another job
        self._progress = None
        self._load.clear()
        self._bar.setRange(0, 0)
        self._figures.setText(self.tr("starting…"))

    def _show_progress(self, progress: Progress) -> None:
        if progress.total:
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(round(_STEPS * min(1.0, progress.done / progress.total)))
        self._progress = progress
        self._show_figures()

    def _note_point(self, point: CurvePoint) -> None:
        self._val_auc = point.values.get("val_auc", self._val_auc)
        self._show_figures()

    def _show_figures(self) -> None:
        if self._progress is not None and self._cancel.isEnabled():
            self._figures.setText(describe(self._progress, val_auc=self._val_auc))

    def _show_note(self, note: Note) -> None:
        self._figures.setText(note.text)

    def _show_load(self, load: Load) -> None:
        self._load.setText(describe_load(load))

    def _count_waiting(self, _task: Task | None = None) -> None:
        count = self._lane.waiting
        self._queue.setText(self.tr("+ {count} waiting").format(count=count) if count else "")

    def _ask_to_end(self) -> None:
        self._cancel.setEnabled(False)
        self._figures.setText(self.tr("cancelling…"))
        self._lane.cancel()

    def _rest(self) -> None:
        self.hide()
        self.changed.emit()
