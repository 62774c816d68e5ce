"""Packing: every tile is read once, checked, fitted and written to the packed store.

Runs in the compute process, on threads: reading, hashing, decoding and writing all release Python's
lock. A pack that is interrupted, be it by a cancel, a full disk or the end of the power, goes on
where it was; what is finished appears at once, by renaming. Tiles added later are appended behind
those already packed, which stay readable all the while.
"""

import contextlib
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

import numpy as np

from histoviewer.errors import JobCancelled, StorageError, storage_error
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.jobs.messages import Note, Progress
from histoviewer.tiles.examining import Examiner
from histoviewer.tiles.packfiles import PackFiles, write_all
from histoviewer.tiles.reading import TileReader
from histoviewer.tiles.records import Findings, request_key
from histoviewer.tiles.reporting import PackReport, make_report

_WHAT: Final = "the packed tiles"
_CHUNK_BYTES: Final = 2 << 20  # one write; also the step at which a cancel is noticed
_REPORT_S: Final = 0.1
_CHECKPOINT_S: Final = 2.0
_SPARE_BYTES: Final = 16 << 20  # for the database and whatever else is written meanwhile


@dataclass(frozen=True, kw_only=True)
class PackRequest:
    """What to pack.

    Args:
        root: As `Catalogue.root`.
        locations: Of all tiles, in index order.
        ids: Of all tiles, in index order.
        size: Tile size of the project: height and width, pixels.
        folder: Where the store is written; None to examine the tiles only.
        previous: Keep the tiles that a store in `folder` already holds, and append the others. Of
            those kept, the missing and the unreadable are read again.
    """

    root: Path
    locations: Sequence[str]
    ids: Sequence[str]
    size: int
    folder: Path | None
    previous: bool = False


def required_bytes(count: int, size: int) -> int:
    """Return the disk space that packing so many tiles takes, with a reserve."""
    return count * size * size * 3 + _SPARE_BYTES


def check_space(folder: Path, count: int, size: int) -> None:
    """Refuse to start what cannot fit.

    Args:
        folder: An existing folder on the disk in question.
        count: Tiles that are still to be packed.
        size: Tile size, pixels.

    Raises:
        StorageError: There is too little space left.
    """
    free, needed = shutil.disk_usage(folder).free, required_bytes(count, size)
    if free < needed:
        raise StorageError(
            f"The packed tiles need {_in_words(needed)}; {folder} has {_in_words(free)} left.",
            "Free some space, or choose another disk or a smaller tile size.",
        )


def _in_words(size: int) -> str:
    """Return a number of bytes in the unit that suits it."""
    return f"{size / 1e9:.1f} GB" if size >= 10**9 else f"{size / 1e6:.0f} MB"


def pack(request: PackRequest, cancelled: CancelCheck) -> Body[PackReport]:
    """Pack the tiles, or examine them where there is no folder to pack into. A job.

    Raises:
        StorageError: The disk is full or cannot be written to; what is done so far is kept.
        InputError: `previous` is asked for and the store there holds other tiles.
    """
    began = time.monotonic()
    try:
        files = None if request.folder is None else _prepare(request, request.folder)
        findings = files.findings if files else Findings.blank(len(request.ids))
        todo = int((~findings.records["done"]).sum())
        try:
            yield from _Run(request, files, findings).work(cancelled)
            report = make_report(
                findings, ids=request.ids, locations=request.locations, size=request.size
            )
            if report.foreign_names:
                yield Note("The 40-digit names are not the SHA-1 of the pixels: not checked.")
            if files:
                files.finish(report.fingerprint, report.clusters)
        except BaseException:
            with contextlib.suppress(OSError):  # what went wrong first is what is said
                if files:
                    files.save_at_last()
            raise
    except OSError as error:
        raise storage_error(error, _WHAT) from error
    seconds = time.monotonic() - began
    return replace(report, seconds=seconds, tiles_per_second=todo / seconds)


def _prepare(request: PackRequest, folder: Path) -> PackFiles:
    key = request_key(
        root=request.root, locations=request.locations, ids=request.ids, size=request.size
    )
    folder.mkdir(parents=True, exist_ok=True)
    files = PackFiles.prepare(
        folder, key=key, ids=request.ids, size=request.size, append=request.previous
    )
    check_space(folder, int((~files.findings.records["done"]).sum()), request.size)
    return files


class _Run:
    """One run of a pack: its threads, what they have to do, how far they are."""

    def __init__(self, request: PackRequest, files: PackFiles | None, findings: Findings) -> None:
        self._request = request
        self._files = files
        self._findings = findings
        self._spans: SimpleQueue[tuple[int, int]] = SimpleQueue()
        self._chunk = max(1, _CHUNK_BYTES // (request.size * request.size * 3))
        for span in _open_spans(findings, self._chunk):
            self._spans.put(span)

    def work(self, cancelled: CancelCheck) -> Iterator[Progress]:
        """Pack what is open, saying how far it is; end only when all threads have."""
        threads = _thread_count()
        meter = _Meter(self._findings)
        yield meter.read()
        _stop_if(cancelled)
        with ThreadPoolExecutor(threads + 1, "pack") as pool:
            workers = [pool.submit(self._pack_spans) for _ in range(threads)]
            keeper = _Keeper(pool, self._files)
            try:
                while _any_running(workers):
                    yield meter.read()
                    _stop_if(cancelled)
                    keeper.look()
            finally:
                self._drop_rest()  # the threads end with the span they are at
        keeper.check()
        yield meter.read()

    def _pack_spans(self) -> None:
        """Take spans of tiles until there are none. Runs in each thread."""
        request = self._request
        with TileReader(request.root) as reader, contextlib.ExitStack() as stack:
            examiner = Examiner(
                reader=reader,
                locations=request.locations,
                ids=request.ids,
                size=request.size,
                findings=self._findings,
            )
            data = stack.enter_context(self._files.open_data()) if self._files else None
            chunk = np.empty((self._chunk, request.size, request.size, 3), np.uint8)
            while (span := self._next_span()) is not None:
                start, stop = span
                out = chunk[: stop - start]
                examiner.examine(start, stop, out)
                if data is not None:
                    data.seek(start * out[0].nbytes)
                    write_all(data, out)
                self._findings.records["done"][start:stop] = True

    def _next_span(self) -> tuple[int, int] | None:
        try:
            return self._spans.get_nowait()
        except Empty:
            return None

    def _drop_rest(self) -> None:
        while self._next_span() is not None:
            pass


class _Keeper:
    """Notes now and then how far a pack is, in a thread: a slow disk must not hold up progress."""

    def __init__(self, pool: ThreadPoolExecutor, files: PackFiles | None) -> None:
        self._pool = pool
        self._files = files
        self._noting: Future[None] | None = None
        self._began = time.monotonic()

    def look(self) -> None:
        """Start a note if it is time for one. Raises what went wrong with the last."""
        if self._files is None or time.monotonic() - self._began < _CHECKPOINT_S:
            return
        if self._noting is None or self._noting.done():
            self.check()
            self._began = time.monotonic()
            self._noting = self._pool.submit(self._files.save_progress)

    def check(self) -> None:
        """Raise what went wrong with the last note."""
        if self._noting is not None:
            self._noting.result()


class _Meter:
    """Measures how far a pack is and how fast."""

    def __init__(self, findings: Findings) -> None:
        self._done = findings.records["done"]
        self._before = int(self._done.sum())
        self._began = time.monotonic()

    def read(self) -> Progress:
        done = int(self._done.sum())
        seconds = time.monotonic() - self._began
        rate = (done - self._before) / seconds if seconds > 0 and done > self._before else None
        left = (len(self._done) - done) / rate if rate else None
        return Progress(phase="packing", done=done, total=len(self._done), rate=rate, left_s=left)


def _stop_if(cancelled: CancelCheck) -> None:
    if cancelled():
        raise JobCancelled


def _any_running(workers: Sequence[Future[None]]) -> bool:
    """Wait a moment; return whether a thread still works. Raises what one of them raised."""
    done, running = wait(workers, timeout=_REPORT_S, return_when=FIRST_EXCEPTION)
    for worker in done:
        worker.result()
    return bool(running)


def _thread_count() -> int:
    """Return how many threads pack: more than processors, since some of them wait for the disk."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min((available or 1) + 1, 16)


def _open_spans(findings: Findings, chunk: int) -> Iterator[tuple[int, int]]:
    """Yield (start, stop) of tiles that are not done, none longer than a chunk."""
    open_tiles = np.flatnonzero(~findings.records["done"])
    runs = np.split(open_tiles, np.flatnonzero(np.diff(open_tiles) != 1) + 1)
    for run in runs:
        for first in range(0, len(run), chunk):
            yield int(run[first]), int(run[min(first + chunk, len(run)) - 1]) + 1
