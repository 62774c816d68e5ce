"""Which assessments the evaluate page shows, of which labels, and which are under way."""

from collections import deque
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from histoviewer.domain.assessment import Assessment
from histoviewer.domain.label_set import LabelSet
from histoviewer.errors import UserError
from histoviewer.jobs.job import Operation
from histoviewer.ui.tasks import Task
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace

_KEPT: Final = 12  # assessments; one of 44,000 tiles takes some 2 MB


class Assessor(QObject):
    """Lets models be assessed and keeps what was found. UI thread only.

    Errors stay where a reader works through them: models are assessed anew only where others are
    wanted, where what they are assessed by has changed, or where the reader asks for it.

    Args:
        bench: The open project and the work on it.
        parent: Owner.
    """

    changed = Signal()  # other assessments are shown now, or there are other words in their place

    def __init__(self, bench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self.found: Sequence[Assessment] = ()
        self._bench = bench
        self._workspace: Workspace | None = None
        self._models: Sequence[str] = ()
        self._basis: Hashable = None
        self._task: Task | None = None
        self._failure = ""
        self._labels: LabelSet | None = None  # what figures or failure rest on
        self._known: deque[Assessment] = deque(maxlen=_KEPT)
        bench.looks.operation_cancelled.connect(self._note_cancelled)

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Begin with a project, of which nothing is assessed yet; None for none."""
        self._withdraw()
        self._workspace = workspace
        self._models, self._basis = (), None
        self._known.clear()
        self._show((), "")

    def want(self, models: Sequence[str], basis: Hashable) -> None:
        """Show these models and no others; nothing happens where they are shown or under way.

        Args:
            models: Ids.
            basis: What they are assessed by besides labels, to be compared.
        """
        if (tuple(models), basis) != (self._models, self._basis):
            self._models, self._basis = tuple(models), basis
            self.again()

    def again(self) -> None:
        """Assess the models that are shown on the labels of now."""
        self._withdraw()
        workspace = self._workspace
        if workspace is None or not self._models:
            self._show((), "")
            return
        from histoviewer.services.evaluating import Sample, assess

        models, known = self._models, tuple(self._known)
        labels = workspace.session.validation_labels()
        try:
            Sample.of(workspace)
        except UserError as error:  # said at once: a job that cannot but fail would be told of
            self._end(labels)
            self._show((), str(error))
            return

        def start() -> Operation[tuple[Assessment, ...]]:
            nonlocal labels
            labels = workspace.session.validation_labels()
            return assess(workspace=workspace, models=models, known=known)

        def take(found: Sequence[Assessment]) -> None:
            self._known.extend(found)
            if task is self._task:
                self._end(labels)
                self._show(found, "")

        def fail(error: Exception) -> None:
            if task is self._task:
                self._end(labels)
                self._show((), self._why(error))

        task = self._task = Task(
            title=self.tr("Evaluate"),
            lane=self._bench.looks.lane,
            start=start,
            on_finished=self._bench.while_open(take),
            on_failed=self._bench.while_open(fail),
            project=workspace.project.path,
            again=self.again,
        )
        if not self.found:
            self._show((), "")  # something is under way now
        self._bench.looks.submit(task)

    @property
    def has_failed(self) -> bool:
        """Return whether the models that are wanted could not be assessed."""
        return bool(self._failure)

    def is_outdated(self, now: LabelSet) -> bool:
        """Return whether the labels are others now than those that what is shown rests on."""
        if self._labels is None or not (self.found or self._failure):
            return False
        return not self._labels.is_same(now)

    @property
    def words(self) -> str:
        """Return what to say in place of figures; '' where there are some."""
        if self.found:
            return ""
        if self._task is not None:
            return self.tr("The figures are being worked out.")
        return self._failure or self.tr("Mark a model that has scored the validation tiles.")

    def _show(self, found: Sequence[Assessment], failure: str) -> None:
        self.found, self._failure = found, failure
        self.changed.emit()

    def _end(self, labels: LabelSet) -> None:
        self._task, self._labels = None, labels

    def _withdraw(self) -> None:
        """Let nobody wait for what is under way: it would be taken for what is wanted now."""
        task, self._task = self._task, None
        if task is not None:
            self._bench.looks.withdraw(task)

    def _note_cancelled(self, task: Task) -> None:
        if task is self._task and self._workspace is not None:
            self._end(self._workspace.session.validation_labels())
            self._show((), self.tr("The evaluation was cancelled."))

    def _why(self, error: Exception) -> str:
        if isinstance(error, UserError):
            return str(error)
        return self.tr("The models could not be evaluated: the page Jobs has the log.")
