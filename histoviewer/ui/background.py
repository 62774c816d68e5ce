"""Short work that is no job: opening a project, reading the registry, promoting a model."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Signal

from histoviewer.errors import HistoViewerError

log = logging.getLogger(__name__)
Result = TypeVar("Result")


class Background(QObject):
    """Runs functions one after the other in one thread and hands the results to the UI thread.

    UI thread only. Heavy imports belong into the functions: they are made in that thread.

    Args:
        parent: Owner.
    """

    settled = Signal()  # the end of every write has been told
    _done = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="window-background")
        self._done.connect(self._deliver)
        self._closed = False
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
        if self._closed:  # nobody wants it any more
            return
        self._pool.submit(self._call, function, then, failed)

    def write(
        self,
        function: Callable[[], Result],
        *,
        then: Callable[[Result], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Put on the disk what somebody has decided: as `run`, but closing never forgets it."""
        if self._closed:
            log.warning("at closing: something was to be written when nothing is any more")
            return
        self.pending += 1

        def tell(result: Result) -> None:
            self._end_write(lambda: then(result))

        def tell_failure(error: Exception) -> None:
            self.failures += 1
            self._end_write(lambda: failed(error))

        self._pool.submit(self._write, function, tell, tell_failure)

    def close(self, *, leave: Callable[[Any], None] = lambda _result: None) -> None:
        """Wait for what runs and for writes, forget what else waits; deliver nothing any more.

        Args:
            leave: Takes each result that nobody will get, such as an opened project to close.
        """
        self._closed = True
        self._leave = leave
        self._pool.shutdown()
        QCoreApplication.sendPostedEvents(self)  # what was done but not yet delivered
        self.pending = 0

    def _end_write(self, tell: Callable[[], None]) -> None:
        self.pending -= 1
        try:
            tell()
        finally:  # somebody waits for it, whatever went wrong
            if self.pending == 0:  # else that led to another write
                self.settled.emit()

    def _call(
        self,
        function: Callable[[], Any],
        then: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        if not self._closed:  # else nobody wants it any more
            self._try(function, then, failed)

    def _write(
        self,
        function: Callable[[], Any],
        then: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        error = self._try(function, then, failed)
        if self._closed and isinstance(error, HistoViewerError):
            log.warning("at closing: %s", error)  # nobody is there any more to be told

    def _try(
        self,
        function: Callable[[], Any],
        then: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> Exception | None:
        """Call a function and hand on what came of it; return its error."""
        try:
            result = function()
        except Exception as error:  # the thread's boundary: shown, and logged where it is a bug
            if not isinstance(error, HistoViewerError):
                log.exception("background work failed by a fault of ours")
            self._hand_over(failed, error)
            return error
        self._hand_over(then, result)
        return None

    def _hand_over(self, take: Callable[[Any], None], value: object) -> None:
        if self._closed:
            self._leave(value)
        else:
            self._done.emit(take, value)

    def _deliver(self, take: Callable[[Any], None], value: object) -> None:
        if self._closed:
            self._leave(value)
        else:
            take(value)
