"""A fresh process with the real window, in which a scene is played and measured.

    python -m benchmarks.playing MODULE:SCENE PROJECT WORDS...

The program is composed by `histoviewer.app`, with settings of its own, on the offscreen platform,
whose painting is Qt's software rasteriser. What the scene returns is the last line of stdout.
"""

import contextlib
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:  # a child says how fast the program starts: it imports Qt itself
    from histoviewer.ui.window import MainWindow

FAILED = 70
READER = "AB"
Found = TypeVar("Found")


def play(scene: str, project: Path, *words: object, timeout_s: float) -> dict[str, Any]:
    """Play a scene in a process of its own; return what it found.

    Raises:
        RuntimeError: It failed.
    """
    with private_home() as environment:
        command = [sys.executable, "-m", "benchmarks.playing", scene, str(project)]
        ended = subprocess.run(
            [*command, *(str(word) for word in words)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    if ended.returncode != 0:
        raise RuntimeError(f"{scene} ended with {ended.returncode}")
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found


@contextlib.contextmanager
def private_home() -> Iterator[dict[str, str]]:
    """Yield an environment with user folders of its own: nobody's settings are read or changed."""
    with tempfile.TemporaryDirectory(prefix="histoviewer-bench-") as home:
        settings = {"theme": "light", "reader": READER}
        Path(home, "settings.json").write_text(json.dumps(settings))
        yield {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "HISTOVIEWER_CONFIG_DIR": home,
            "HISTOVIEWER_LOG_DIR": home,
            "HISTOVIEWER_BENCH_STARTED": repr(time.time()),
            "TF_CPP_MIN_LOG_LEVEL": "2",
        }


def seconds_since_start() -> float:
    """Return the seconds since this process was asked for, by the clock on the wall."""
    return time.time() - float(os.environ["HISTOVIEWER_BENCH_STARTED"])


def run_window(path: Path, act: "Callable[[MainWindow], Found]") -> Found:
    """Open a project in the real window, act on it in its event loop, and close it.

    Args:
        path: The project.
        act: Called with the window once that has been painted, before the project is open.
    """
    from PySide6.QtCore import QTimer

    from histoviewer import app

    found: list[Found] = []

    def begin(window: "MainWindow") -> None:
        QTimer.singleShot(0, window, lambda: go(window))

    def go(window: "MainWindow") -> None:
        try:
            found.append(act(window))
        except Exception:  # noqa: BLE001 - whatever it is: the window must not stay open for ever
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(FAILED)
        window.bench.batch.abandon()  # else it asks whether a job may be ended
        window.close()

    app.run(path, on_first_paint=begin)
    (result,) = found
    return result


def main(scene: str, project: str, words: list[str]) -> int:
    from PySide6.QtWidgets import QApplication

    application = QApplication(["histoviewer"])  # the program takes the one there is
    module, _, name = scene.partition(":")
    act = getattr(importlib.import_module(module), name)
    result = run_window(Path(project), lambda window: act(window, *words))
    sys.stdout.write(f"{json.dumps(result)}\n")
    sys.stdout.flush()
    application.quit()
    return 0


if __name__ == "__main__":  # compute processes import this file, too
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
