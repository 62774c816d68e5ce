"""Work of which only the newest matters: arranging a query, reading the tile of the inspector."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

Result = TypeVar("Result")
_log = logging.getLogger(__name__)


class _Relay(QObject):
    done = Signal(int, object)


class LatestTask(QObject, Generic[Result]):
    """Runs functions in one thread of its own; newest wins. Methods are for the UI thread.

    A function that waits when a newer one comes is never run; the result of one that runs is
    dropped.

    Args:
        on_result: Called in the UI thread with the result of the newest function.
        name: Name of the thread.
        parent: Owner.
    """

    def __init__(
        self, on_result: Callable[[Result], None], *, name: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._on_result = on_result
        self._relay = _Relay()  # without a parent: the thread may hold it longer than the widget
        self._relay.done.connect(self._deliver)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._number = 0
        self._pending: Future[None] | None = None

    def submit(self, function: Callable[[], Result]) -> None:
        """Run `function` soon, in place of whatever was submitted before."""
        self.cancel()
        self._pending = self._pool.submit(self._work, self._number, function)

    def cancel(self) -> None:
        """Want no result any more."""
        self._number += 1
        if self._pending is not None:
            self._pending.cancel()
            self._pending = None

    def close(self) -> None:
        """End the thread; waits for what is running."""
        self.cancel()
        self._pool.shutdown(wait=True)

    def _work(self, number: int, function: Callable[[], Result]) -> None:
        try:
            self._relay.done.emit(number, function())
        except Exception:  # noqa: BLE001 - a bug; nobody asks this future for its error
            # What nobody waits for any more may fail: what it reads from has been closed.
            if number == self._number:
                _log.exception("A background task failed")

    def _deliver(self, number: int, result: Result) -> None:
        if number == self._number:
            self._pending = None
            self._on_result(result)
