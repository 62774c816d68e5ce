"""Ctrl+C in the terminal and the end of the session end the program as a closed window does."""

import signal
import socket
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts(QObject):
    """Turns signals of the operating system into a call in the UI thread.

    Python's own handlers run between any two bytecodes, and none while Qt waits for events. So they
    do nothing here: the byte that Python writes to a socket at a signal reaches the event loop.

    Args:
        act: What to do, in the UI thread.
        parent: Owner.
    """

    def __init__(self, act: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._act = act
        self._ours, self._pythons = socket.socketpair()
        for end in (self._ours, self._pythons):
            end.settimeout(0)
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)
        self._handlers = {
            number: signal.signal(number, _leave_it_to_the_event_loop) for number in _SIGNALS
        }
        self._wakeup = signal.set_wakeup_fd(self._pythons.fileno(), warn_on_full_buffer=False)

    def remove(self) -> None:
        """Give the signals back."""
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._notifier.setEnabled(False)
        for end in (self._ours, self._pythons):
            end.close()

    def _drain(self) -> None:
        self._ours.recv(64)
        self._act()


def _leave_it_to_the_event_loop(_number: int, _frame: FrameType | None) -> None:
    """Do nothing."""
