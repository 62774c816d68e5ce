"""What the window says when something went wrong, and where it goes back to then."""

from PySide6.QtCore import QObject

from histoviewer.errors import UserError
from histoviewer.ui.front import Front
from histoviewer.ui.jobs.curves import CurvesPanel
from histoviewer.ui.pages import PageContext
from histoviewer.ui.tasks import Task


class Teller(QObject):
    """Turns errors into notices, and ends a waiting that came to nothing. UI thread only.

    Args:
        context: Whose work may fail, and where that is said.
        front: Shows the start page again where nothing is waited for any more.
        curves: Begin anew with each training.
        parent: Owner.
    """

    def __init__(
        self, context: PageContext, *, front: Front, curves: CurvesPanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        bench, opener, saver = context.bench, context.opener, context.saver
        self._bench, self._opener = bench, opener
        self._front, self._notices, self._curves = front, context.notices, curves
        opener.failed.connect(self.show_error)
        opener.dataset_found.connect(self._stop_waiting)
        bench.failed.connect(self.show_error)
        bench.batch.task_started.connect(self._begin_job)
        bench.batch.curve_point_added.connect(curves.add)
        for lane in bench.listed_lanes:
            lane.operation_failed.connect(self._note_failure)
            lane.operation_cancelled.connect(self._stop_waiting)
        saver.failed.connect(self.show_error)
        saver.recovered.connect(self._withdraw)

    def show_error(self, error: Exception) -> None:
        """Say what went wrong and what to do."""
        self._notices.show_error(error)
        self._stop_waiting()

    def _begin_job(self, task: Task) -> None:
        self._notices.clear("info")  # what the job before has done is old news
        if task.trains:
            self._curves.begin()

    def _note_failure(self, _task: Task, error: Exception) -> None:
        if isinstance(error, UserError):
            self._notices.show_error(error)
        self._stop_waiting()

    def _withdraw(self, error: UserError) -> None:
        self._notices.withdraw(error.message)

    def _stop_waiting(self, *_: object) -> None:
        """Go back to the start page where nothing is open or being opened any more."""
        is_idle = self._bench.workspace is None and not self._opener.is_opening
        if is_idle and self._front.is_waiting and self._front.isEnabled():
            self._front.show_welcome()
