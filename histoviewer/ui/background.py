"""Short work that is no job: opening a project, reading the registry, promoting a model."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Signal

from histoviewer.errors import HistoViewerError

log = logging.getLogger(__name__)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Work:
    """A function for the thread, and who takes in the UI thread what comes of it."""

    function: Callable[[], Any]
    then: Callable[[Any], None]
    failed: Callable[[Exception], None]
    is_awaited: bool = False  # by who leaves: somebody has decided it

    def do(self) -> "_Outcome":
        """Call the function. In the thread; never raises."""
        try:
            return _Outcome(self, self.function())
        except Exception as error:  # the thread's boundary: shown, and logged where it is a bug
            if not isinstance(error, HistoViewerError):
                log.exception("background work failed by a fault of ours")
            return _Outcome(self, None, error)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of some work: a result, or an error."""

    work: _Work
    result: Any
    error: Exception | None = None

    def tell(self) -> None:
        """Hand it on. In the UI thread."""
        if self.error is None:
            self.work.then(self.result)
        else:
            self.work.failed(self.error)


class Background(QObject):
    """Runs functions one after the other in one thread and hands the results to the UI thread.

    UI thread only. Heavy imports belong into the functions: they are made in that thread.

    Args:
        parent: Owner.
    """

    settled = Signal()  # the end of every write has been told
    _read = Signal(object)
    _written = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="window-background")
        self._read.connect(self._tell_read)
        self._written.connect(self._tell_written)
        self._ended = False  # nothing is read any more
        self._closed = False  # nor written
        self._leave: Callable[[Any], None] = lambda _result: None
        self.pending = 0  # writes that nobody has been told the end of
        self.failures = 0  # writes that failed

    def run(
        self,
        function: Callable[[], Result],
        *,
        then: Callable[[Result], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Call a function in the thread; hand its result, or its error, on in the UI thread."""
        if not self._ended:
            self._pool.submit(self._do_read, _Work(function, then, failed))

    def write(
        self,
        function: Callable[[], Result],
        *,
        then: Callable[[Result], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Put on the disk what somebody has decided: as `run`, but closing never forgets it."""
        self._submit(_Work(function, then, failed, is_awaited=True))

    def clean_up(
        self,
        function: Callable[[], Result],
        *,
        then: Callable[[Result], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Close what is not used any more: as `write`, but nothing of anybody's is lost with it.

        So that it counts neither as pending nor as a failure.
        """
        self._submit(_Work(function, then, failed))

    def end(self, *, leave: Callable[[Any], None] = lambda _result: None) -> None:
        """Forget reads, also those that wait or run; writes and cleaning up go on.

        Does not wait. When the end of one that is asked for now is told, no read runs any more.

        Args:
            leave: Takes, in either thread, each result that nobody will get, such as an opened
                project to close.
        """
        self._leave = leave
        self._ended = True

    def close(self) -> None:
        """Wait for what runs and for writes, forget what else waits; deliver nothing any more."""
        self._ended = self._closed = True
        self._pool.shutdown()
        QCoreApplication.sendPostedEvents(self)  # what was done but not yet delivered
        self.pending = 0

    def _submit(self, work: _Work) -> None:
        """Have something done that is never forgotten."""
        if self._closed:
            log.warning("at closing: something was to be written when nothing is any more")
            return
        self.pending += work.is_awaited
        self._pool.submit(self._do_write, work)

    def _hand_over(self, outcome: _Outcome, take: Callable[[_Outcome], None]) -> None:
        """Pass on what was read, in either thread, where anybody wants it by now."""
        if not self._ended:
            take(outcome)
        elif outcome.error is None:
            self._leave(outcome.result)

    # --- in the thread

    def _do_read(self, work: _Work) -> None:
        if not self._ended:
            self._hand_over(work.do(), self._read.emit)

    def _do_write(self, work: _Work) -> None:
        self._written.emit(work.do())

    # --- in the UI thread

    def _tell_read(self, outcome: _Outcome) -> None:
        self._hand_over(outcome, _Outcome.tell)

    def _tell_written(self, outcome: _Outcome) -> None:
        if self._closed:
            if isinstance(outcome.error, HistoViewerError):
                log.warning("at closing: %s", outcome.error)  # nobody is there any more to be told
            return
        is_awaited = outcome.work.is_awaited
        self.pending -= is_awaited
        self.failures += is_awaited and outcome.error is not None
        try:
            outcome.tell()
        finally:  # somebody waits for it, whatever went wrong
            if is_awaited and self.pending == 0:  # else that led to another write
                self.settled.emit()
