"""How long the UI thread is deaf in a session of reviewing while the program trains and scores.

A reader judges at an even pace, 5,000 verdicts in ten minutes; meanwhile the order and the filters
change, the wheel turns, pages are visited, steps undone, many tiles judged at once, a model is
trained and scores every tile. A watchdog measures how late a timer of 4 ms is answered. At the same
time a second process does nothing but answer such a timer: what it misses is the machine's doing.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
from PySide6.QtCore import QCoreApplication

from benchmarks.bigproject import CACHE, KAGGLE, copy_project
from benchmarks.desk import Desk
from benchmarks.figures import Figure
from benchmarks.playing import play, private_home
from benchmarks.rows import say
from benchmarks.watching import Watchdog, memory_mb
from histoviewer.domain.tiles import Split
from histoviewer.domain.triage import Query, SortKey, State
from histoviewer.ui.window import MainWindow

VERDICTS_A_MINUTE = 500
_TRAINING_MINUTES = 1
_WORST = 12  # blocks that are told one by one
_BULK = 500
_PAGES = (*(f"Ctrl+{number}" for number in (2, 3, 4, 5, 6, 7, 8, 9, 0)), "Ctrl+,")


def run(*, minutes: float, seed: int) -> list[Figure]:
    """Measure."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder, _idle_process() as idle:
        path = copy_project(KAGGLE, Path(folder))
        say(f"a session of {minutes:g} minutes …")
        found = play("benchmarks.session:review", path, minutes, seed, timeout_s=60 * minutes + 300)
        misses = idle()
    for block in found["worst"]:
        say(
            f"deaf for {block['ms']:.0f} ms: computing for {block['cpu_ms']:.0f} ms,"
            f" without a processor for {block['queued_ms']:.0f} ms"
        )
        say(block["stack"])
    name = f"session of {minutes:g} min, {found['verdicts']:,} verdicts"
    return [
        Figure.of(
            f"{name}: the UI thread is late by",
            found["late"],
            bounds={"worst": 100},
            reference=misses,
        ),
        Figure.of(f"{name}: of that it computes", found["computing"]),
        Figure.of(f"{name}: of that it waits for a processor", found["queued"]),
        Figure.of(f"{name}: an idle program is late by", misses),
        Figure.of(f"{name}: memory", [found["memory"]], unit="MB", bounds={"worst": 700}),
    ]


# --- in the process of the window


def review(window: MainWindow, minutes: str, seed: str) -> dict[str, Any]:
    """Review as the script says, and return how late the UI thread was."""
    desk = Desk(window)
    desk.wait_for_project()
    desk.show_view()
    script = Script(desk, seed=int(seed))
    watchdog = Watchdog(window)
    script.play(float(minutes))
    watchdog.stop()
    desk.wait_for_saved()
    worst = sorted(watchdog.blocks, key=lambda block: -block.ms)[:_WORST]
    return {
        "late": [round(block.ms, 2) for block in watchdog.blocks],
        "computing": [round(block.cpu_ms, 2) for block in watchdog.blocks],
        "queued": [round(block.queued_ms, 2) for block in watchdog.blocks],
        "worst": [vars(block) for block in worst],
        "verdicts": script.verdicts,
        "memory": memory_mb(),
    }


class Script:
    """What the reader does, turn by turn; the same for the same seed.

    Args:
        desk: The window.
        seed: Of the choice of keys and queries.
    """

    def __init__(self, desk: Desk, *, seed: int) -> None:
        self.verdicts = 0
        self._desk = desk
        self._random = np.random.default_rng(seed)
        # By how many turns they are apart.
        self._chores: dict[int, Callable[[], None]] = {
            7: self._turn_wheel,
            31: lambda: desk.press("Ctrl+Z"),
            60: self._rearrange,
            97: lambda: desk.press("Return"),
            101: lambda: desk.press("Escape"),
            150: self._visit_page,
            400: self._judge_many,
        }

    def play(self, minutes: float) -> None:
        """Judge at an even pace; train from a tenth of the time on, and score after it."""
        turns = round(minutes * VERDICTS_A_MINUTE)
        self._rearrange()
        for turn in range(1, turns + 1):
            if turn == turns // 10:
                self._desk.train(minutes=_TRAINING_MINUTES)
            for every, chore in self._chores.items():
                if turn % every == 0:
                    chore()
            self._judge()
            self._desk.rest(60.0 / VERDICTS_A_MINUTE)

    def _judge(self) -> None:
        self._desk.press("10AXF"[self._random.integers(0, 5)])
        self.verdicts += 1

    def _turn_wheel(self) -> None:
        self._desk.wheel(notches=int(self._random.integers(-3, 6)))

    def _visit_page(self) -> None:
        self._desk.press(_PAGES[self._random.integers(0, len(_PAGES))])
        self._desk.rest(0.5)
        self._desk.press("Ctrl+1")

    def _judge_many(self) -> None:
        grid = self._desk.grid
        grid.choose(grid.order[:_BULK])
        self._desk.press("A")
        self._desk.press("Ctrl+D")

    def _rearrange(self) -> None:
        self._desk.press("Escape")
        low = float(self._random.uniform(0, 0.4))
        queries = [
            Query(split=Split.TRAIN, state=State.UNDECIDED),
            Query(score_low=low, score_high=low + 0.5),
            Query(disagrees=True),
            Query(),
        ]
        query = queries[self._random.integers(0, len(queries))]
        sort = list(SortKey)[self._random.integers(0, len(SortKey))]
        self._desk.ask(replace(query, sort=sort))
        self._desk.rest(0.05)
        self._desk.press("Home")


# --- the process that does nothing


@contextmanager
def _idle_process() -> Iterator[Callable[[], list[float]]]:
    """Start a process that answers a timer; yield what ends it and returns how late it was."""
    command = [sys.executable, "-m", "benchmarks.session"]
    with (
        private_home() as environment,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        ) as process,
    ):

        def end() -> list[float]:
            late: list[float] = json.loads(process.communicate("\n")[0])
            return late

        try:
            yield end
        finally:
            process.kill()


def _idle() -> None:
    """Answer a timer until a line comes on stdin; print how late each answer was."""
    app = QCoreApplication([])
    watchdog = Watchdog(app)

    def wait() -> None:
        sys.stdin.readline()
        app.quit()

    Thread(target=wait, daemon=True).start()
    app.exec()
    watchdog.stop()
    print(json.dumps([round(block.ms, 2) for block in watchdog.blocks]))


if __name__ == "__main__":
    _idle()
