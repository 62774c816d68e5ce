"""The pool of threads that fetches and scales tiles, so that the UI thread never reads a file.

What is wanted changes with every scroll. The newest wish replaces what is still waiting, so nobody
waits for tiles that have left the view; what is being read already is not read twice.
"""

import logging
import os
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from time import perf_counter
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from histoviewer.domain.arrays import Int64, UInt8
from histoviewer.domain.source import TileSource
from histoviewer.errors import HistoViewerError
from histoviewer.ui.review.mosaic import BYTES, UInt32, for_screen

_log = logging.getLogger(__name__)

# How long reading one chunk may take: originals, decoded at about a thousand a second, then fill in
# visibly tile after tile, while a view of packed ones comes in one go. The UI thread copies a
# chunk at once, so its bytes are limited, too.
_CHUNK_S: Final = 0.01
_CHUNK_BYTES: Final = 4 * 2**20
_FEWEST, _MOST, _FIRST = 8, 128, 48  # tiles in a chunk; until the pace is known
_NEWS: Final = 0.3  # share of the newest chunk in what is taken for the pace
_READ_ERRORS: Final = (HistoViewerError, OSError, ValueError)


@dataclass(frozen=True, kw_only=True, eq=False)
class TileRequest:
    """Tiles to fetch.

    Args:
        generation: Grows when the source or the size changes: answers to older ones are worthless.
        source: Where from.
        tiles: (n,) tile indexes.
        side: Wanted side, device pixels.
    """

    generation: int
    source: TileSource
    tiles: Int64
    side: int


@dataclass(frozen=True, kw_only=True, eq=False)
class TileAnswer:
    """Tiles fetched.

    Args:
        request: What was asked for.
        tiles: (m,) indexes of the tiles that could be read.
        pixels: (m, side, side) uint32 as `mosaic.for_screen` makes them.
        failed: Why each of the others could not.
    """

    request: TileRequest
    tiles: Int64
    pixels: UInt32
    failed: Mapping[int, str] = field(default_factory=dict)


def fetch(request: TileRequest) -> TileAnswer:
    """Read and scale the tiles of a request. Any thread; never raises for a tile."""
    try:
        raw = request.source.gather(request.tiles)
        return _answer(request, request.tiles, raw, {})
    except _READ_ERRORS:
        return _fetch_one_by_one(request)


def _fetch_one_by_one(request: TileRequest) -> TileAnswer:
    """Read what can be read where a chunk as a whole cannot."""
    found: list[UInt8] = []
    failed: dict[int, str] = {}
    for tile in request.tiles.tolist():
        try:
            found.append(request.source.gather(np.array([tile], np.int64)))
        except _READ_ERRORS as error:
            failed[tile] = str(error) or "unreadable"
    readable = np.array([tile for tile in request.tiles.tolist() if tile not in failed], np.int64)
    raw = np.concatenate(found) if found else np.zeros((0, 1, 1, 3), np.uint8)
    return _answer(request, readable, raw, failed)


def _answer(
    request: TileRequest, tiles: Int64, raw: UInt8, failed: Mapping[int, str]
) -> TileAnswer:
    pixels = for_screen(raw, request.side)
    return TileAnswer(request=request, tiles=tiles, pixels=pixels, failed=failed)


class _Relay(QObject):
    """Carries answers into the UI thread; outlives the widgets that listen."""

    arrived = Signal(object)  # TileAnswer


def default_threads() -> int:
    """Return how many threads read tiles unless the settings say otherwise."""
    return min(4, max(2, (os.cpu_count() or 2) // 2))


def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="tile-reader")


class TileReaders:
    """Fetches tiles in the background. Methods are for the UI thread.

    Args:
        on_arrived: A slot of a QObject of the UI thread, called there with each `TileAnswer`.
        threads: Size of the pool.
    """

    def __init__(
        self, on_arrived: Callable[[TileAnswer], None], *, threads: int | None = None
    ) -> None:
        self._relay = _Relay()
        self._relay.arrived.connect(on_arrived)
        self._pool = _pool(threads or default_threads())
        self._retired: list[ThreadPoolExecutor] = []
        self._lock = Lock()
        self._waiting: deque[TileRequest] = deque()
        self._reading: set[int] = set()
        self._generation = 0
        self._seconds_a_tile = _CHUNK_S / _FIRST
        self._source: TileSource | None = None
        self._side = 0

    def aim(self, source: TileSource | None, side: int) -> None:
        """Read from another source or in another size from now on; older answers are dropped.

        Args:
            source: Where tiles come from; None for nowhere.
            side: Wanted side of a tile, device pixels.
        """
        with self._lock:
            self._generation += 1
            self._source, self._side = source, side
            self._waiting.clear()
            self._reading = set()

    def want(self, tiles: Int64) -> None:
        """Fetch these tiles next, the first ones first, and forget older wishes."""
        with self._lock:
            self._waiting.clear()
            if self._source is None:
                return
            new = [tile for tile in tiles.tolist() if tile not in self._reading]
            size = self._chunk_size()
            for start in range(0, len(new), size):
                self._waiting.append(
                    TileRequest(
                        generation=self._generation,
                        source=self._source,
                        tiles=np.array(new[start : start + size], np.int64),
                        side=self._side,
                    )
                )
            count = len(self._waiting)
        for _ in range(count):
            self._pool.submit(self._work)

    def _chunk_size(self) -> int:
        """Return how many tiles to read in one go."""
        fit = _CHUNK_BYTES // (max(1, self._side) ** 2 * BYTES)
        soon = round(_CHUNK_S / self._seconds_a_tile)
        return max(1, min(fit, max(_FEWEST, min(_MOST, soon))))

    def is_current(self, answer: TileAnswer) -> bool:
        """Return whether an answer is of the source and size read now."""
        return answer.request.generation == self._generation

    def set_threads(self, threads: int) -> None:
        """Read with this many threads from now on; those there are finish what they read."""
        self._pool.shutdown(wait=False)
        self._retired.append(self._pool)
        self._pool = _pool(threads)

    def close(self) -> None:
        """End the threads; waits for the tiles that are being read."""
        self.aim(None, 0)
        for pool in (*self._retired, self._pool):
            pool.shutdown(wait=True, cancel_futures=True)

    def _work(self) -> None:
        """Fetch one waiting request (pool thread)."""
        with self._lock:
            if not self._waiting:
                return
            request = self._waiting.popleft()
            self._reading.update(request.tiles.tolist())
        began = perf_counter()
        try:
            self._relay.arrived.emit(fetch(request))
        except Exception:  # noqa: BLE001 - a bug; nobody asks this future for its error
            _log.exception("Reading tiles failed")
        finally:
            with self._lock:
                pace = (perf_counter() - began) / len(request.tiles)
                self._seconds_a_tile += _NEWS * (pace - self._seconds_a_tile)
                if request.generation == self._generation:
                    self._reading.difference_update(request.tiles.tolist())
