"""The writer: one thread that puts verdicts on the disk while the reader goes on.

Order and crashes: batches are written in the order they were put, a run of them in one transaction.
So what is on the disk is at any moment the log up to some batch, with no gap and no half batch, and
it holds at least every batch that `on_saved` was told of.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Final, Protocol, Self

from histoviewer.domain.verdicts import Batch
from histoviewer.errors import StorageError, UserError

LONGEST_WAIT_S: Final = 30.0
_logger = logging.getLogger(__name__)


class BatchSink(Protocol):
    """What the writer needs of a project."""

    def append(self, batches: Sequence[Batch]) -> None:
        """Put the next batches on the disk, all or none."""
        ...


class VerdictWriter:
    """Writes batches in the background; a context manager that closes at its end.

    Batches that arrive while a transaction is under way share the next one, so the disk's speed
    limits how late a verdict is marked saved, not how fast a reader may be. When a write fails,
    everything is kept in order and tried again: by itself, at growing intervals, and at `retry`.

    All methods may be called from any thread. The callbacks are called in the writer's thread.

    Args:
        project: Where batches go.
        on_saved: Called with the number of the newest batch on the disk, after its commit.
        on_failed: Called once when writing begins to fail, with the error and the number of batches
            that wait; again only if it fails after having worked in between.
        first_wait_s: Seconds until the first try after a failure; doubles up to `LONGEST_WAIT_S`.
    """

    def __init__(
        self,
        project: BatchSink,
        *,
        on_saved: Callable[[int], None],
        on_failed: Callable[[StorageError, int], None],
        first_wait_s: float = 0.5,
    ) -> None:
        self._project = project
        self._on_saved = on_saved
        self._on_failed = on_failed
        self._first_wait_s = first_wait_s
        self._waiting: deque[Batch] = deque()
        self._changed = threading.Condition()
        self._put = 0
        self._saved = 0
        self._failures = 0
        self._wait_s = 0.0  # until the next try; 0 while writing works
        self._urged = False  # somebody asked for a try now
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="verdict-writer", daemon=True)
        self._thread.start()

    @property
    def pending(self) -> int:
        """Return how many batches are not on the disk yet."""
        with self._changed:
            return len(self._waiting)

    def unsaved(self) -> list[Batch]:
        """Return the batches that are not on the disk yet, oldest first."""
        with self._changed:
            return list(self._waiting)

    def put(self, batch: Batch) -> None:
        """Take a batch to be written; returns at once.

        Raises:
            RuntimeError: The writer is closed.
        """
        with self._changed:
            if self._closing:
                raise RuntimeError("the writer is closed")
            self._waiting.append(batch)
            self._put += 1
            self._changed.notify_all()

    def retry(self) -> None:
        """Try again now what failed, as when the user says that there is room."""
        with self._changed:
            self._urged = True
            self._changed.notify_all()

    def flush(self, timeout_s: float) -> bool:
        """Wait until everything is on the disk, a try has failed, or the time is over.

        Returns:
            Whether everything put so far is on the disk.
        """
        end = monotonic() + timeout_s
        with self._changed:
            wanted, failures = self._put, self._failures
            self._urged = True
            self._changed.notify_all()
            while self._saved < wanted and self._failures == failures:
                if not self._changed.wait(end - monotonic()):
                    break
            return self._saved >= wanted

    def close(self) -> bool:
        """Write what waits, with one last try if writing fails, and end the thread.

        May wait for `engine.BUSY_TIMEOUT_S` where another program holds the database. To ask the
        user what to do about a failure, use `flush` first.

        Returns:
            Whether everything is on the disk; if not, `unsaved` has the rest.
        """
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()
        return self.pending == 0

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close."""
        self.close()

    def _run(self) -> None:
        while batches := self._next():
            last_try = self._closing
            try:
                self._project.append(batches)
            except Exception as error:  # noqa: BLE001 - whatever it is, no verdict is lost for it
                self._fail(error)
                if last_try:
                    return
            else:
                self._succeed(batches)

    def _next(self) -> list[Batch]:
        """Wait until there is something to try; return it, or nothing at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            if self._wait_s:
                self._changed.wait_for(lambda: self._urged or self._closing, self._wait_s)
            self._urged = False
            return list(self._waiting)

    def _succeed(self, batches: Sequence[Batch]) -> None:
        with self._changed:
            for _ in batches:
                self._waiting.popleft()
            self._wait_s = 0.0
        self._tell(self._on_saved, batches[-1].number)
        with self._changed:
            self._saved += len(batches)
            self._changed.notify_all()

    def _fail(self, error: Exception) -> None:
        with self._changed:
            waiting = len(self._waiting)
            first = not self._wait_s
            self._wait_s = min(self._wait_s * 2 or self._first_wait_s, LONGEST_WAIT_S)
        if first:
            self._tell(self._on_failed, _as_storage_error(error), waiting)
        with self._changed:
            self._failures += 1
            self._changed.notify_all()

    def _tell(self, callback: Callable[..., None], *arguments: object) -> None:
        """Call back; a bug there must not end the thread that saves verdicts."""
        try:
            callback(*arguments)
        except Exception:
            _logger.exception("a callback of the verdict writer failed")


def _as_storage_error(error: Exception) -> StorageError:
    """Return the error as it is shown; one that is our bug is logged in full, too."""
    if isinstance(error, StorageError):
        return error
    if not isinstance(error, UserError):
        _logger.error("writing verdicts failed", exc_info=error)
    return StorageError(
        f"The verdicts could not be written: {error}",
        "They are kept and written again; do not close the program before they are saved.",
    )
