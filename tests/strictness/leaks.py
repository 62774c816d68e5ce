"""What a test leaves behind fails it: threads, child processes, Qt windows, timers and threads.

After napari's conftest. Fixtures of a wider scope are set up before these checks look for the first
time, so what they hold is not taken for a leak.
"""

import gc
import multiprocessing
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import pytest

_ENDING_S = 2.0  # what is just ending may finish


@pytest.fixture(scope="module", autouse=True)
def _garbage_of_other_modules_is_collected() -> None:
    """Look through what was made of late for the last time: see `_libraries_are_kept`.

    Tests of earlier modules may have imported libraries. Of all that is older, which would take a
    second each time, no more than some garbage is kept.
    """
    gc.collect(1)
    gc.freeze()


@pytest.fixture(autouse=True)
def _libraries_are_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave what was there before a test out of what is looked at for garbage.

    The check for windows collects garbage after each test. Looking through a million objects of
    libraries took longer than most tests do, and the window undoes it where it closes a project.
    Whether it did is noted here: asking how many objects are frozen counts them one by one.
    """
    thawed: list[None] = []
    thaw = gc.unfreeze
    monkeypatch.setattr(gc, "unfreeze", lambda: (thaw(), thawed.append(None)))
    yield
    if thawed:
        gc.freeze()


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    leaked = []
    for thread in set(threading.enumerate()) - before:
        if isinstance(thread, threading._DummyThread):  # a Qt or C thread that ran some Python
            continue
        thread.join(_ENDING_S)
        if thread.is_alive():
            leaked.append(repr(thread))
    if leaked:
        pytest.fail("leaked threads: " + ", ".join(leaked), pytrace=False)


@pytest.fixture(autouse=True)
def _no_leaked_processes() -> Iterator[None]:
    before = _children()
    yield
    for process in multiprocessing.active_children():  # this also reaps those that have ended
        if process.pid not in before:
            process.join(_ENDING_S)
    leaked = {pid: name for pid, name in _children().items() if pid not in before}
    if leaked:
        pytest.fail(f"leaked child processes: {leaked}", pytrace=False)


def _children() -> dict[int, str]:
    """Return the command lines of the running children of this process by process id."""
    spawned = {process.pid: process.name for process in multiprocessing.active_children()}
    found = {pid: name for pid, name in spawned.items() if pid is not None}
    for tasks in Path("/proc/self/task").glob("*/children"):  # Linux only: elsewhere there is none
        for pid in _words(tasks):
            if not _has_ended(pid):
                found.setdefault(int(pid), " ".join(_words(Path("/proc") / pid / "cmdline", "\0")))
    # Python keeps this helper for the life of the process.
    found.pop(resource_tracker._resource_tracker._pid or 0, None)  # type: ignore[attr-defined]
    return found


def _has_ended(pid: str) -> bool:
    """Return whether a process is a zombie or gone (not so one whose command line is empty yet)."""
    state = [line for line in _words(Path("/proc") / pid / "status", "\n") if line[:6] == "State:"]
    return not state or "Z" in state[0].split()[1]


def _words(path: Path, separator: str | None = None) -> list[str]:
    try:
        return path.read_text().split(separator)
    except OSError:  # it has just ended
        return []


@pytest.fixture(autouse=True)
def _no_leaked_qt(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if "PySide6.QtCore" not in sys.modules:
        yield
        return
    from PySide6.QtCore import QThread, QTimer

    timers = _remember_started(monkeypatch, QTimer)
    threads = _remember_started(monkeypatch, QThread)
    before = set(map(id, _top_level_windows()))
    yield
    leaks = [f"timer {timer!r}" for timer in _alive(timers) if timer.isActive()]
    running = [thread for thread in _alive(threads) if thread.isRunning()]
    leaks += [f"thread {each!r}" for each in running if not each.wait(int(_ENDING_S * 1000))]
    leaks += [f"window {window!r}" for window in _left_windows(before)]
    if leaks:
        pytest.fail("leaked Qt objects: " + ", ".join(leaks), pytrace=False)


def _remember_started(monkeypatch: pytest.MonkeyPatch, kind: Any) -> list[weakref.ref[Any]]:
    """Return a list that fills with the objects of a Qt class as Python starts them."""
    started: list[weakref.ref[Any]] = []  # weak: a dropped timer must end as it would unobserved
    original: Callable[..., None] = kind.start

    def start(self: Any, *args: Any) -> None:
        started.append(weakref.ref(self))
        original(self, *args)

    monkeypatch.setattr(kind, "start", start)
    return started


def _alive(references: list[weakref.ref[Any]]) -> list[Any]:
    """Return the objects that exist in Python and in Qt."""
    from shiboken6 import isValid

    return [item for item in (each() for each in references) if item is not None and isValid(item)]


def _top_level_windows() -> list[Any]:
    widgets = sys.modules.get("PySide6.QtWidgets")
    app = widgets.QApplication.instance() if widgets else None
    if app is None:
        return []
    return [widget for widget in app.topLevelWidgets() if widget.parent() is None]


def _left_windows(before: set[int]) -> list[Any]:
    def left() -> list[Any]:
        windows = [window for window in _top_level_windows() if id(window) not in before]
        return [window for window in windows if type(window).__name__ != "QTipLabel"]

    if not left():
        return []
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()  # a window in a reference cycle is garbage, not a leak
    return left()
