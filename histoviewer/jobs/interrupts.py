"""Ctrl+C at the command line, which the terminal sends to every process in the foreground."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold Ctrl+C back while a child starts, which inherits that until it can ignore it itself.

    The signal is delivered to this process afterwards. Windows has no such mask.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def interrupts_call(action: Callable[[], None]) -> Iterator[None]:
    """Call `action` at Ctrl+C in place of raising `KeyboardInterrupt` wherever the program is.

    Python handles signals in the main thread only, so in other threads nothing changes; nor does it
    where the program has a handler of its own.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not in_main_thread or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, lambda _number, _frame: action())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def ignore_interrupts() -> None:
    """Leave Ctrl+C to the parent process, which decides what it means."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):  # held back while the process started
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
