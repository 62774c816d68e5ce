"""Filling an array in a file with what a model gives, batch by batch, with progress and pauses."""

import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from numpy.typing import NDArray

from histoviewer.errors import JobCancelled
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.jobs.messages import Progress
from histoviewer.ml.unfinished import UnfinishedRows

_SAVE_S: Final = 2.0
_REPORT_S: Final = 0.1


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast rows were filled.

    Args:
        seconds: Time taken by this run.
        rows_per_second: Over the rows of this run; 0 where there were none.
    """

    seconds: float
    rows_per_second: float


def fill(
    rows: UnfinishedRows,
    batches: Generator[NDArray[Any], None, None],
    *,
    phase: str,
    cancelled: CancelCheck,
) -> Body[Pace]:
    """Append batches to the rows until there are no more.

    What is done is saved every two seconds, so that a killed run goes on from there.

    Args:
        rows: Opened.
        batches: The rows that are to be done, in order.
        phase: As in `Progress`.
        cancelled: Asked after each batch.

    Raises:
        JobCancelled: Asked to stop.
        StorageError: The disk cannot take them.
    """
    clock = _Clock(rows, phase)
    yield clock.progress()
    with closing(batches):
        for batch in batches:
            rows.write(batch)
            if cancelled():
                raise JobCancelled
            if clock.is_time_to_report():
                yield clock.progress()
            if clock.is_time_to_save():
                rows.save()
    yield clock.progress()
    return Pace(seconds=clock.elapsed, rows_per_second=clock.rate or 0.0)


class _Clock:
    """When to report and to save, and how fast it goes."""

    def __init__(self, rows: UnfinishedRows, phase: str) -> None:
        self._rows = rows
        self._phase = phase
        self._first = rows.done
        self._started = self._reported = self._saved = time.monotonic()

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._started

    @property
    def rate(self) -> float | None:
        counted = self._rows.done - self._first
        return counted / self.elapsed if counted else None

    def is_time_to_report(self) -> bool:
        due = time.monotonic() - self._reported >= _REPORT_S
        if due:
            self._reported = time.monotonic()
        return due

    def is_time_to_save(self) -> bool:
        due = time.monotonic() - self._saved >= _SAVE_S
        if due:
            self._saved = time.monotonic()
        return due

    def progress(self) -> Progress:
        done, total, rate = self._rows.done, self._rows.count, self.rate
        left = (total - done) / rate if rate else None
        return Progress(phase=self._phase, done=done, total=total, rate=rate, left_s=left)
