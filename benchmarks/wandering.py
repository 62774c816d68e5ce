"""The random reader of the soak, in the process of the window."""

import logging
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from benchmarks.desk import Desk
from benchmarks.rows import say
from benchmarks.soak import fingerprints
from benchmarks.watching import memory_mb
from histoviewer.domain.tiles import Split
from histoviewer.domain.triage import Query, SortKey, State
from histoviewer.ui.window import MainWindow

_SAMPLES = 120  # of the memory
_BATCH_BYTES = 1_200  # a batch, its time and the heads of its five arrays: sys.getsizeof of them
_VERDICTS = ("1", "0", "A", "X", "Space", "F", "Delete")
_MOVES = ("Left", "Right", "Up", "Down", "PgUp", "PgDown", "Home", "End", "N", "Shift+N")
_EXTENDING = ("Shift+Right", "Shift+Down", "Shift+PgDown", "Ctrl+I", "Ctrl+A")
_LOOKS = ("Z", "+", "-", "C", "H", "Alt+Up", "Alt+Left", "Alt+0")
_PAGES = ("Ctrl+3", "Ctrl+5", "Ctrl+8", "Ctrl+9", "Ctrl+0", "Ctrl+,")
_DEAF_MS = 20_000
_EXPECTED = (
    "default: This plugin does not support",  # Qt of its offscreen platform
    "a job did not end in time after it was cancelled",  # while Keras is being imported
)


def wander(window: MainWindow, minutes: str, seed: str) -> dict[str, Any]:
    """Do this and that for some minutes; return what `soak.soak` says."""
    desk = Desk(window)
    desk.wait_for_project()
    complaints = Complaints(window)
    reader = Wanderer(desk, seed=int(seed))
    seconds = float(minutes) * 60
    memory, log = [memory_mb()], [log_mb(desk)]
    batches, rows = len(desk.session.log.batches), desk.session.log.last_sequence
    began = time.monotonic()
    while (passed := time.monotonic() - began) < seconds:
        reader.act()
        if passed > len(memory) * seconds / _SAMPLES:
            memory.append(round(memory_mb(), 1))
            log.append(round(log_mb(desk), 1))
    reader.come_to_rest()
    complaints.close()
    return {
        "acts": dict(reader.acts.most_common()),
        "batches": len(desk.session.log.batches) - batches,
        "rows": desk.session.log.last_sequence - rows,
        "kills": reader.kills,
        "errors": complaints.lines,
        "memory_mb": memory,
        "log_mb": log,
        "states": fingerprints(desk.session.log, desk.session.effective),
    }


def log_mb(desk: Desk) -> float:
    """Return how much of the memory is the verdict log, which is meant to grow."""
    log = desk.session.log
    return (log.nbytes + _BATCH_BYTES * len(log.batches)) / 1e6


class Complaints(QObject):
    """Collects what goes wrong: warnings in the log, and questions that nobody should be asked.

    Args:
        window: Of the program.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.lines: list[str] = []
        self._handler = _Collector(self.lines)
        logging.getLogger().addHandler(self._handler)
        self._chaperon = QTimer(self, interval=_DEAF_MS)
        self._chaperon.timeout.connect(self._end_dialog)
        self._chaperon.start()
        self._seen: QWidget | None = None

    def close(self) -> None:
        """Collect no more."""
        self._chaperon.stop()
        logging.getLogger().removeHandler(self._handler)

    def _end_dialog(self) -> None:
        """Close a dialog that was there the last time, too: the reader waits for it for ever."""
        dialog, before = QApplication.activeModalWidget(), self._seen
        self._seen = dialog
        if isinstance(dialog, QDialog) and dialog is before:
            line = f"a dialog stayed: {type(dialog).__name__} {dialog.windowTitle()}"
            self.lines.append(line)
            say(line)
            dialog.reject()


class _Collector(logging.Handler):
    """Keeps what is logged at WARNING and above, but for what is as it should be."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        if not record.getMessage().startswith(_EXPECTED):
            line = logging.Formatter("%(name)s: %(message)s").format(record)
            self._lines.append(line)
            say(line)


class Wanderer:
    """Chooses what to do next.

    Args:
        desk: The window.
        seed: Of the choices.
    """

    def __init__(self, desk: Desk, *, seed: int) -> None:
        self.acts: Counter[str] = Counter()
        self.kills = 0
        self._desk = desk
        self._random = np.random.default_rng(seed)
        self._path = desk.project_path
        # How often each is done, of all together.
        self._weights: dict[Callable[[], None], float] = {
            self._judge: 300,
            self._move: 200,
            self._turn_wheel: 150,
            self._step_back: 60,
            self._extend: 40,
            self._rearrange: 30,
            self._look_large: 20,
            self._look_closely: 20,
            self._resize_tiles: 8,
            self._come_back: 15,
            self._read_blind: 5,
            self._visit_page: 5,
            self._begin_job: 6,
            self._end_job: 3,
            self._kill: 3,
            self._open_again: 1,
        }
        chances = np.array(list(self._weights.values()))
        self._chances = chances / chances.sum()

    def act(self) -> None:
        """Do something, and leave the window some time, or none."""
        acts = list(self._weights)
        act = acts[self._random.choice(len(acts), p=self._chances)]
        self.acts[act.__name__.strip("_")] += 1
        act()
        if popup := QApplication.activePopupWidget():  # keys of the window do not reach it
            popup.close()
        # What asked to be deleted later waits for the main loop, and this runs inside of one.
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self._desk.rest(float(self._random.choice((0.0, 0.01, 0.05), p=(0.5, 0.3, 0.2))))

    def come_to_rest(self) -> None:
        """End the jobs, and wait until everything is on the disk."""
        bench = self._desk.window.bench
        bench.batch.abandon()
        self._desk.wait(lambda: not bench.batch.is_busy, "the end of the job")
        self._desk.wait_for_saved()

    # --- what it does

    def _press(self, *keys: str) -> None:
        self._desk.press(keys[self._random.integers(0, len(keys))])

    def _judge(self) -> None:
        self._press(*_VERDICTS)
        if self._desk.grid.selection.count > 1:
            self._press("Ctrl+D", "Right")

    def _move(self) -> None:
        self._press(*_MOVES)

    def _turn_wheel(self) -> None:
        if self._random.random() < 0.5:
            self._desk.wheel(int(self._random.integers(-200, 300)))
        else:
            self._desk.wheel(notches=float(self._random.integers(-3, 5)))

    def _step_back(self) -> None:
        self._press("Ctrl+Z", "Ctrl+Z", "Ctrl+Shift+Z")

    def _extend(self) -> None:
        self._press(*_EXTENDING)

    def _rearrange(self) -> None:
        low = float(self._random.uniform(0, 0.5))
        queries = (
            Query(),
            Query(split=Split.TRAIN, state=State.UNDECIDED),
            Query(score_low=low, score_high=low + 0.4),
            Query(disagrees=bool(self._random.integers(0, 2))),
            Query(given=1, state=State.RELABELLED),
            Query(reader=self._desk.session.reader),
            Query(search=f"{self._random.integers(0, 100)}"),
        )
        sorts = list(SortKey)
        query = queries[self._random.integers(0, len(queries))]
        self._desk.ask(replace(query, sort=sorts[self._random.integers(0, len(sorts))]))

    def _look_large(self) -> None:
        self._press("Return", "Escape")

    def _look_closely(self) -> None:
        self._press(*_LOOKS)

    def _resize_tiles(self) -> None:
        self._desk.page.bar.size_slider.setValue(int(self._random.integers(32, 385)))

    def _come_back(self) -> None:
        """Give the keyboard to the tiles, as a click on them would: keys may have led away."""
        self._desk.page.setFocus()

    def _read_blind(self) -> None:
        self._press("B")

    def _visit_page(self) -> None:
        self._press(*_PAGES)
        self._desk.rest(0.2)
        self._desk.press("Ctrl+1")

    def _begin_job(self) -> None:
        bench = self._desk.window.bench
        if not bench.is_busy:
            self._desk.train(minutes=1, wait=False)

    def _end_job(self) -> None:
        self._desk.window.bench.batch.cancel()

    def _kill(self) -> None:
        children = multiprocessing.active_children()
        if children:
            child = children[self._random.integers(0, len(children))]
            if child.pid is not None:
                os.kill(child.pid, signal.SIGKILL)
                self.kills += 1

    def _open_again(self) -> None:
        """Close the project and open it anew, once no job would be lost by it."""
        self.come_to_rest()
        opener = self._desk.window.opener
        closed: list[object] = []
        connection = opener.closed.connect(lambda: closed.append(None))
        self._desk.press("Ctrl+W")
        self._desk.wait(lambda: bool(closed), "the project to close")
        opener.closed.disconnect(connection)
        opener.open(self._path)
        self._desk.wait(lambda: self._desk.window.front.shows_project, "the project")
