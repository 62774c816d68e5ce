"""Numbers for models that are being made: two lanes make models at the same time."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Lock


class ModelNumbers:
    """Hands out numbers that nobody else has or is about to have. Any thread.

    What is kept is kept in memory: one process at a time may write to a project, so that nothing
    of a process that was killed is in the way of the next.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: set[int] = set()

    @contextmanager
    def keep(self, used: Callable[[], Iterable[int]]) -> Iterator[int]:
        """Keep the number after the highest one for what is made in the block.

        Args:
            used: Returns the numbers that are taken; called where nobody else can take one.
        """
        with self._lock:
            number = 1 + max((*used(), *self._kept), default=0)
            self._kept.add(number)
        try:
            yield number
        finally:
            with self._lock:
                self._kept.discard(number)
