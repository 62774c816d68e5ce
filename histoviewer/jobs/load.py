"""How busy a compute process keeps the machine."""

import contextlib
import os
import time
from collections.abc import Callable
from typing import Final

import psutil

from histoviewer.jobs.messages import GpuLoad, Load
from histoviewer.jobs.nvidia import MIB, DriverQuery

_EVERY_S: Final = 1.0
_FIELDS: Final = ("utilization.gpu", "memory.used", "memory.total")


class LoadMeter:
    """Looks at a process once a second, from outside: what it computes is not held up.

    One look takes 0.1 ms. NVIDIA's driver is asked by a process of its own, whose answer is part
    of the next look. One thread at a time.

    Args:
        pid: Of the process.
        clock: Seconds that only grow.
    """

    def __init__(self, pid: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._process: psutil.Process | None = None
        with contextlib.suppress(psutil.Error):
            self._process = psutil.Process(pid)
        self._threads = threads_of(self._process)
        self._memory_total = psutil.virtual_memory().total
        self._cards: DriverQuery | None = None
        self._gpus: tuple[GpuLoad, ...] = ()
        self.begin()

    def begin(self) -> None:
        """Count from now on: another job begins. Many are over before the first look."""
        self._looked_at = self._clock()
        self._cpu_s = self._used_cpu_s()

    @property
    def due_in_s(self) -> float:
        """Return the seconds until the next look is due; 0 when it is."""
        return max(0.0, self._looked_at + _EVERY_S - self._clock())

    def look(self) -> Load | None:
        """Return the load since the last look; None where the process has ended."""
        before, before_s = self._looked_at, self._cpu_s
        self._looked_at = self._clock()
        self._cpu_s = self._used_cpu_s()
        memory = self._used_memory()
        if self._cpu_s is None or before_s is None or memory is None:
            return None
        elapsed = max(1e-3, self._looked_at - before)
        busy = (self._cpu_s - before_s) / elapsed / self._threads
        return Load(
            processor=min(1.0, max(0.0, busy)),
            memory=memory,
            memory_total=self._memory_total,
            gpus=self._look_at_cards(),
        )

    def rest(self) -> None:
        """Leave nothing behind until the next job."""
        if self._cards is not None:
            self._cards.close()
            self._cards = None

    def _used_cpu_s(self) -> float | None:
        try:
            times = None if self._process is None else self._process.cpu_times()
        except psutil.Error:
            return None
        return None if times is None else times.user + times.system

    def _used_memory(self) -> int | None:
        try:
            info = None if self._process is None else self._process.memory_info()
        except psutil.Error:
            return None
        return None if info is None else own_memory(info)

    def _look_at_cards(self) -> tuple[GpuLoad, ...]:
        """Return the newest answer of the driver, and ask it anew."""
        if self._cards is not None and self._cards.is_answered:
            self._gpus = tuple(_gpu(fields) for fields in self._cards.answer() or () if fields)
            self._cards = None
        self._cards = self._cards or DriverQuery(_FIELDS)
        return self._gpus


def own_memory(info: object) -> int:
    """Return the bytes of a process that nobody can take from it.

    Pages of mapped files, such as the packed tiles, are the system's cache: Linux counts them as
    shared, Windows leaves them out of what it calls private.
    """
    private = getattr(info, "private", None)
    if private is not None:
        return int(private)
    return int(getattr(info, "rss", 0)) - int(getattr(info, "shared", 0))


def threads_of(process: psutil.Process | None) -> int:
    """Return how many logical processors a process may use."""
    with contextlib.suppress(psutil.Error, AttributeError):  # macOS has no affinities
        if process is not None:
            return len(process.cpu_affinity()) or 1
    return os.cpu_count() or 1


def _gpu(fields: list[str]) -> GpuLoad:
    busy, used, total = (_number(field) for field in (*fields, "", "", "")[:3])
    return GpuLoad(
        busy=None if busy is None else busy / 100,
        memory=None if used is None else round(used * MIB),
        memory_total=None if total is None else round(total * MIB),
    )


def _number(field: str) -> float | None:
    """Return a number; None for what a card does not tell, '[N/A]'."""
    with contextlib.suppress(ValueError):
        return float(field)
    return None
