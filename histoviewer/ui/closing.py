"""Leaving a project or the window: asks once where something would be lost, and never freezes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from histoviewer.ui import questions
from histoviewer.ui.background import Background
from histoviewer.ui.saving import Saver
from histoviewer.ui.tasks import Task
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # imports SQLAlchemy, which must not delay the first paint
    from histoviewer.services.opening import Workspace

_FLUSH_S = 15.0


def _do_nothing() -> None:
    """Do nothing."""


@dataclass(slots=True, kw_only=True)
class _Request:
    """What was asked: what to call, how things stood then, and what the reader has agreed to."""

    leave: Callable[[], None]
    stay: Callable[[], None]
    workspace: "Workspace | None"
    failures: int  # writes that had failed before
    may_end: Task | None = None  # the job that may end, and no other
    may_lose: int = 0  # steps that may be lost, and no more


class Leaving(QObject):
    """Finds out whether a project may be let go of. UI thread only.

    Verdicts, and whatever else the reader has decided, are written first; the reader is asked only
    if they cannot be. Meanwhile the window goes on painting, and `waits` says what it waits for.

    Args:
        window: Parent of the questions.
        bench: The work that would end, and what its background writes.
        saver: The verdicts that would be lost.
    """

    begins = Signal()  # what is still being typed must be taken now
    waits = Signal(str, str)  # a title and a detail
    stays = Signal()  # the reader keeps it open, after having waited

    def __init__(self, window: QWidget, bench: Workbench, saver: Saver) -> None:
        super().__init__(window)
        self._window, self._bench, self._saver = window, bench, saver
        self._thread = Background(self)  # of its own: what else runs in the background may be slow
        self._request: _Request | None = None
        self._has_waited = self._awaits_writes = self._is_asking = False
        bench.background.settled.connect(self._hear_of_writes)

    @property
    def is_asked(self) -> bool:
        """Return whether an answer is still sought."""
        return self._request is not None

    def ask(self, leave: Callable[[], None], stay: Callable[[], None] = _do_nothing) -> None:
        """Call one of two functions, at once or when everything is on the disk.

        Args:
            leave: Nothing would be lost, or the reader wants to leave all the same.
            stay: The reader does not, or is being asked already.
        """
        if self.is_asked:
            stay()
            return
        failures = self._bench.background.failures  # what is asked next may take its time
        request = self._request = _Request(
            leave=leave, stay=stay, workspace=self._bench.workspace, failures=failures
        )
        self._has_waited = False
        self.begins.emit()
        self._go_on(request)

    def take_back(self) -> None:
        """Stay, where leaving still waits: the reader goes on with the project that is shown."""
        request = self._request
        if request is None or self._is_asking:  # the reader is about to say so, or not
            return
        # One that was still being opened when leaving was asked for has come by itself.
        if request.workspace is self._bench.workspace:
            self._stay(request)

    def close(self) -> None:
        """End the thread; nothing is asked any more."""
        self._thread.close()

    @property
    def _pending(self) -> int:
        """Return how many steps of the reader are not on the disk yet."""
        return self._saver.pending + self._bench.background.pending

    def _unasked_job(self, request: _Request) -> Task | None:
        """Return the job that would end unasked: one may have begun while writes were waited for.

        Packing goes on where it was at the next opening: nothing to ask about.
        """
        task = self._bench.batch.current
        if self._bench.batch.is_abandoned:  # the reader was asked when it was left
            return None
        return None if task is request.may_end else task

    def _go_on(self, request: _Request) -> None:
        """Leave as soon as nothing is left to write; stay where writing failed meanwhile."""
        background, job = self._bench.background, self._unasked_job(request)
        if background.failures > request.failures:  # it was told why, in the window that is left
            self._stay(request)
        elif job is not None:
            self._ask_about(job, request)
        elif self._saver.pending > request.may_lose:
            self._wait_for_verdicts(request)
        elif background.pending:
            # However long it takes: what writes stand behind cannot be left undone either.
            self._awaits_writes = True
            self._say_waiting()
        else:
            self._request = None
            request.leave()

    def _ask_about(self, job: Task, request: _Request) -> None:
        if self._answer(lambda: questions.may_end_job(self._window, job.title)):
            request.may_end = job
            self._go_on(request)
        else:
            self._stay(request)

    def _wait_for_verdicts(self, request: _Request) -> None:
        self._say_waiting()
        saver = self._saver

        def judge(is_saved: object) -> None:
            if request is not self._request:  # taken back meanwhile
                return
            count = saver.pending
            if is_saved or self._may_lose(count):
                request.may_lose = 0 if is_saved else count
                self._go_on(request)
            else:
                self._stay(request)

        self._thread.run(
            lambda: saver.flush(_FLUSH_S), then=judge, failed=lambda _: judge(is_saved=False)
        )

    def _hear_of_writes(self) -> None:
        if self._awaits_writes and self._request is not None:
            self._awaits_writes = False
            self._go_on(self._request)

    def _say_waiting(self) -> None:
        self._has_waited = True
        count = f"{self._pending:,}"
        self.waits.emit(self.tr("Saving…"), self.tr("Steps to write: {count}").format(count=count))

    def _may_lose(self, count: int) -> bool:
        error = self._saver.error
        reason = self.tr("The disk is slow.") if error is None else str(error)
        return self._answer(lambda: questions.may_lose_verdicts(self._window, count, reason))

    def _answer(self, ask: Callable[[], bool]) -> bool:
        self._is_asking = True
        try:
            return ask()
        finally:
            self._is_asking = False

    def _stay(self, request: _Request) -> None:
        self._request, self._awaits_writes = None, False
        request.stay()
        if self._has_waited:
            self.stays.emit()
