"""What is used now, so that nobody clears it away: one lane clears what another works with."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class InUse:
    """Knows what operations use, and keeps it from those that clear up. Any thread.

    It is known in memory: one process at a time may write to a project, and only that one clears.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._users: Counter[str] = Counter()

    @contextmanager
    def use(self, name: str) -> Iterator[None]:
        """Use a thing in the block; others may use it too."""
        with self._lock:
            self._users[name] += 1
        try:
            yield
        finally:
            with self._lock:
                self._users[name] -= 1

    @contextmanager
    def hold_off(self, name: str) -> Iterator[bool]:
        """Tell whether nobody uses a thing, and let nobody begin to in the block: keep it short."""
        with self._lock:
            yield not self._users[name]
