"""Watching a window from inside its process: when it painted, how long it was deaf, its memory."""

import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

_TICK_MS = 4
_LONG_MS = 50.0
_LOOK_S = 0.01
_SCHEDSTAT = Path("/proc/thread-self/schedstat")


class PaintWatch(QObject):
    """Notes when a widget paints something that was waited for. UI thread only.

    Args:
        widgets: Whose paint events are watched.
    """

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.seen = False
        self._ready: Callable[[], bool] = lambda: False
        self._widgets = widgets
        for widget in widgets:
            widget.installEventFilter(self)

    def close(self) -> None:
        """Watch no more."""
        for widget in self._widgets:
            widget.removeEventFilter(self)

    def expect(self, ready: Callable[[], bool]) -> None:
        """Wait from now on for the first paint at whose beginning `ready` is true."""
        self.seen = False
        self._ready = ready

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Look at a paint event; take none away."""
        del watched
        if event.type() == QEvent.Type.Paint and not self.seen:
            self.seen = self._ready()
        return False


@dataclass(frozen=True)
class Block:
    """A time in which the UI thread answered nothing.

    Args:
        ms: How long.
        cpu_ms: How much of it the UI thread computed.
        queued_ms: How much of it the UI thread was ready to run and others had the processor.
        stack: Where it was after `_LONG_MS`; '' where it was shorter.
    """

    ms: float
    cpu_ms: float
    queued_ms: float
    stack: str


class Watchdog(QObject):
    """Measures how long the event loop goes without answering a timer of `_TICK_MS`.

    A thread beside it notes where the UI thread is when that takes long.

    Args:
        parent: Owner; of the thread that is watched.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.blocks: list[Block] = []
        self._last, self._last_cpu = time.perf_counter(), time.thread_time()
        self._last_queued = _queued_ms()
        self._stack = ""
        self._watched = threading.get_ident()
        self._is_over = threading.Event()
        self._timer = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._thread = threading.Thread(target=self._look, name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Measure no more."""
        self._timer.stop()
        self._is_over.set()
        self._thread.join()

    def _tick(self) -> None:
        now, cpu, queued = time.perf_counter(), time.thread_time(), _queued_ms()
        late = max(0.0, (now - self._last) * 1000 - _TICK_MS)
        computed = (cpu - self._last_cpu) * 1000
        self.blocks.append(Block(late, computed, queued - self._last_queued, self._stack))
        self._last, self._last_cpu, self._last_queued, self._stack = now, cpu, queued, ""

    def _look(self) -> None:
        """Note where the UI thread is while it is late (in a thread of its own)."""
        while not self._is_over.wait(_LOOK_S):
            is_late = (time.perf_counter() - self._last) * 1000 > _LONG_MS
            if is_late and not self._stack:
                frame = sys._current_frames().get(self._watched)  # noqa: SLF001 - what it is for
                self._stack = "".join(traceback.format_stack(frame)[-6:])


def _queued_ms() -> float:
    """Return how long this thread has been ready to run without a processor, since its start."""
    return int(_SCHEDSTAT.read_bytes().split()[1]) / 1e6


def memory_mb() -> float:
    """Return the memory of this process that nobody can take from it, in MB.

    Private and shared memory without a file behind it (RssAnon, RssShmem). Pages of mapped files
    are left out: those of `tiles.u8` and of libraries are the system's cache and dropped on demand.
    """
    return sum(_status()[key] for key in ("RssAnon", "RssShmem")) / 1000


def mapped_mb() -> float:
    """Return the pages of mapped files that are in memory now, in MB."""
    return _status()["RssFile"] / 1000


def _status() -> dict[str, int]:
    """Return the figures of /proc/self/status, in kB."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(":", 1) for line in lines if line.endswith(" kB"))
    return {name: int(value.split()[0]) for name, value in pairs}
