"""Asking for an end: one token an operation, so that a late click never hits the next one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class CancelToken:
    """Whether one operation has been asked to end. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requested = False
        self._listeners: list[Callable[[], None]] = []

    @property
    def requested(self) -> bool:
        """Return whether somebody asked."""
        return self._requested

    def cancel(self) -> None:
        """Ask; again is the same as once. Returns at once: the operation ends when it can."""
        with self._lock:
            self._requested = True
            listeners = list(self._listeners)
        for listener in listeners:
            listener()

    @contextmanager
    def calling(self, listener: Callable[[], None]) -> Iterator[None]:
        """Call `listener` when asked while inside the context, and at once where asked before.

        It is called in the thread that asks, and may be called a moment after the context has
        ended or more than once; it must bear that.
        """
        with self._lock:
            self._listeners.append(listener)
            requested = self._requested
        try:
            if requested:
                listener()
            yield
        finally:
            with self._lock:
                self._listeners.remove(listener)
