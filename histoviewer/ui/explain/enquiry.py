"""Questions to the process that explains: the newest is the only one whose answer is wanted."""

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject

from histoviewer.jobs.job import Lane, Operation
from histoviewer.ui.tasks import Task
from histoviewer.ui.workbench import Workbench

Answer = TypeVar("Answer")


class Enquiry(QObject, Generic[Answer]):
    """Asks one question at a time in the interactive lane, beside a training. UI thread only.

    Args:
        bench: The open project and its lanes.
        title: What is asked, in the reader's language.
        parent: Owner.
    """

    def __init__(self, bench: Workbench, title: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench, self._title = bench, title
        self._number = 0
        self._task: Task | None = None

    @property
    def is_open(self) -> bool:
        """Return whether an answer is awaited."""
        return self._task is not None

    def ask(
        self,
        start: Callable[[], Operation[Answer]],
        *,
        show: Callable[[Answer], None],
        fail: Callable[[Exception], None],
    ) -> None:
        """Ask in place of what was asked before.

        Args:
            start: Makes the operation when its turn has come. A generator, so that what it
                imports is imported in the lane's thread.
            show: Takes the answer, unless something else was asked since, or the project closed.
            fail: Takes the error, likewise.
        """
        workspace = self._bench.workspace
        assert workspace is not None, "nothing is asked without a project"
        self.drop()
        number = self._number

        def finish(take: Callable[[Answer], None], answer: Answer) -> None:
            if number == self._number:
                self._task = None
                take(answer)

        def fail_now(error: Exception) -> None:
            if number == self._number:
                self._task = None
                fail(error)

        self._task = Task(
            title=self._title,
            lane=Lane.INTERACTIVE,
            start=start,
            on_finished=self._bench.while_open(lambda answer: finish(show, answer)),
            on_failed=self._bench.while_open(fail_now),
            project=workspace.project.path,
        )
        self._bench.interactive.submit(self._task)

    def drop(self) -> None:
        """Want no answer any more, and end the work on it."""
        self._number += 1
        task, self._task = self._task, None
        if task is not None:
            self._bench.interactive.withdraw(task)
