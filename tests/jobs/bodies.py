"""Job bodies that the tests run in real child processes."""

import contextlib
import os
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np

from histoviewer.errors import HistoViewerError, InputError, JobCancelled
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.jobs.messages import Load, Note, Progress


def count(request: int, cancelled: CancelCheck) -> Body[int]:
    """Say every number below `request`; return their sum."""
    for number in range(request):
        yield Progress(phase="counting", done=number + 1, total=request, unit="numbers")
    return sum(range(request))


def echo(request: object, cancelled: CancelCheck) -> Body[object]:
    yield Note("got it")
    return request


def total(request: np.ndarray, cancelled: CancelCheck) -> Body[int]:
    yield Note("adding")
    return int(request.sum())


def process_id(request: None, cancelled: CancelCheck) -> Body[int]:
    yield Note("looking")
    return os.getpid()


def niceness(request: None, cancelled: CancelCheck) -> Body[int]:
    yield Note("looking")
    return os.nice(0)


def variable(request: str, cancelled: CancelCheck) -> Body[str | None]:
    yield Note("looking")
    return os.environ.get(request)


def is_imported(request: str, cancelled: CancelCheck) -> Body[bool]:
    yield Note("looking")
    return request in sys.modules


def heavy_modules_of_main(request: None, cancelled: CancelCheck) -> Body[list[str]]:
    yield Note("looking")
    heavy = ("tensorflow", "keras", "sklearn", "pandas", "torch", "jax", "PySide6")
    return [name for name in heavy if name in sys.modules]


def wrong_input(request: None, cancelled: CancelCheck) -> Body[None]:
    yield Note("looking")
    raise InputError("The column 'label' is missing.", "Add it.")


def bug(request: None, cancelled: CancelCheck) -> Body[None]:
    yield Note("dividing")
    _ = 1 / 0


def out_of_memory(request: None, cancelled: CancelCheck) -> Body[None]:
    yield Note("allocating")
    raise MemoryError


def die(request: int, cancelled: CancelCheck) -> Body[None]:
    """Write lines to the real stderr as C libraries do, then die of a signal."""
    yield Note("dying")
    for line in range(30):
        os.write(2, f"line {line}\n".encode())
    os.kill(os.getpid(), request)
    threading.Event().wait()


def leave(request: int, cancelled: CancelCheck) -> Body[None]:
    yield Note("leaving")
    os._exit(request)


def unsendable(request: None, cancelled: CancelCheck) -> Body[object]:
    yield Note("making something odd")
    return lambda: None


class OddError(HistoViewerError):
    def __init__(self, one: int, two: int) -> None:
        super().__init__(one)
        self.two = two


def odd_error(request: None, cancelled: CancelCheck) -> Body[None]:
    yield Note("failing")
    raise OddError(1, 2)


def _work() -> None:
    """Stand for a batch. How long it takes decides nothing: it leaves the processor to others."""
    time.sleep(0.001)


def until_cancelled(request: None, cancelled: CancelCheck) -> Body[None]:
    """Yield until `JobCancelled` comes."""
    while True:
        yield Progress(phase="waiting", done=0)
        _work()


def best_so_far(request: str, cancelled: CancelCheck) -> Body[str]:
    """Keep something worth keeping when cancelled."""
    try:
        while True:
            yield Progress(phase="training", done=0)
            _work()
    except JobCancelled:
        return request


def long_step(request: None, cancelled: CancelCheck) -> Body[str]:
    """Ask for the end inside a step that cannot yield."""
    with contextlib.suppress(JobCancelled):
        yield Note("stepping")
    while not cancelled():
        _work()
    return "stopped inside the step"


def stubborn(request: None, cancelled: CancelCheck) -> Body[None]:
    """Neither yield nor ask."""
    with contextlib.suppress(JobCancelled):
        yield Note("not listening")
    threading.Event().wait()


def unmoved(request: None, cancelled: CancelCheck) -> Body[None]:
    """Say that it heard, and go on."""
    with contextlib.suppress(JobCancelled):
        yield Note("not stopping")
    while not cancelled():
        _work()
    with contextlib.suppress(JobCancelled):
        yield Note("heard")
    threading.Event().wait()


def tidy(request: Path, cancelled: CancelCheck) -> Body[None]:
    """Leave a mark when closed in the middle."""
    try:
        yield Note("working")
        yield Note(threading.Lock())  # type: ignore[arg-type] # cannot be sent: fails here
    finally:
        request.write_text("tidied")


def compute_until(request: Path, cancelled: CancelCheck) -> Body[None]:
    """Keep a core busy until there is a file, and not for ever where nobody makes one."""
    yield Note("computing")
    deadline = time.monotonic() + 60
    while not request.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"nobody made {request} within a minute")


def lose_device(request: str, cancelled: CancelCheck) -> Body[None]:
    """Fail as a library does whose GPU is gone."""
    yield Note("computing")
    raise RuntimeError(request)


def lose_device_and_die(request: str, cancelled: CancelCheck) -> Body[None]:
    """End as TensorFlow does: a last line, and no way back."""
    yield Note("computing")
    sys.stderr.write(request)
    sys.stderr.flush()
    os._exit(134)


class Said:
    """Collects what a job says, apart from what is said of it, and tells other threads."""

    def __init__(self) -> None:
        self.updates: list[object] = []
        self.loads: list[Load] = []
        self.first = threading.Event()

    def __call__(self, update: object) -> None:
        if isinstance(update, Load):
            self.loads.append(update)
            return
        self.updates.append(update)
        self.first.set()


KILL = signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM
