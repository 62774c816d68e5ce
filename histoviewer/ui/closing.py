"""Leaving a project or the window: asks once where something would be lost, and never freezes."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from histoviewer.ui import questions
from histoviewer.ui.background import Background
from histoviewer.ui.saving import Saver
from histoviewer.ui.workbench import Workbench

_FLUSH_S = 15.0


def _do_nothing() -> None:
    """Do nothing."""


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
        self._has_waited = False
        self.is_asked = False

    @property
    def is_free(self) -> bool:
        """Return whether nothing stands against leaving now, so that nobody need wait."""
        return not self._bench.is_busy and self._pending == 0

    def ask(self, leave: Callable[[], None], stay: Callable[[], None] = _do_nothing) -> None:
        """Call one of two functions, at once or when everything is on the disk.

        Args:
            leave: Nothing would be lost, or the reader wants to leave all the same.
            stay: The reader does not, or is being asked already.
        """
        if self.is_asked:
            stay()
            return
        self.is_asked, self._has_waited = True, False
        self.begins.emit()
        if not self._may_end_jobs():
            self._answer(stay)
        elif self._pending == 0:
            self._answer(leave)
        else:
            self._wait_for_disk(leave, stay)

    def close(self) -> None:
        """End the thread; nothing is asked any more."""
        self._thread.close()

    @property
    def _pending(self) -> int:
        """Return how many steps of the reader are not on the disk yet."""
        return self._saver.pending + self._bench.background.pending

    def _may_end_jobs(self) -> bool:
        # Packing goes on where it was at the next opening: nothing to ask about.
        task = self._bench.batch.current
        if task is None or self._bench.batch.is_abandoned:  # the reader was asked when it was left
            return True
        return questions.may_end_job(self._window, task.title)

    def _wait_for_disk(self, leave: Callable[[], None], stay: Callable[[], None]) -> None:
        self._has_waited = True
        count = f"{self._pending:,}"
        self.waits.emit(self.tr("Saving…"), self.tr("Steps to write: {count}").format(count=count))

        saver, background = self._saver, self._bench.background
        failures = background.failures

        def judge(is_saved: object) -> None:
            if background.failures > failures:  # it was told why, in the window that is left
                self._answer(stay)
            else:
                self._answer(leave if is_saved or self._may_lose() else stay)

        self._thread.run(
            lambda: saver.flush(_FLUSH_S) and background.flush(_FLUSH_S),
            then=judge,
            failed=lambda _: judge(None),
        )

    def _may_lose(self) -> bool:
        error = self._saver.error
        reason = self.tr("The disk is slow.") if error is None else str(error)
        return questions.may_lose_verdicts(self._window, self._pending, reason)

    def _answer(self, act: Callable[[], None]) -> None:
        self.is_asked = False
        leaves_waiting = self._has_waited
        act()
        if leaves_waiting and self._bench.workspace is not None:
            self.stays.emit()
