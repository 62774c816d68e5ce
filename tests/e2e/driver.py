"""Starts the program through its real `main()` and lets a scenario use the window.

    python -m tests.e2e.driver SCENARIO ALBUM WORDS...

SCENARIO is a function of `scenarios`, or `module:function`. WORDS are the program's own. What the
scenario finds is the last line of stdout, as JSON.
"""

import importlib
import json
import os
import sys
import traceback
from pathlib import Path

FAILED = 70


def main(scenario: str, album: str, words: list[str]) -> int:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from histoviewer.cli import main as run

    app = QApplication(["histoviewer"])  # the program takes the one there is
    QTimer.singleShot(0, app, lambda: _play(scenario, Path(album)))  # when its event loop runs
    return run(words)


def _play(scenario: str, album: Path) -> None:
    from PySide6.QtWidgets import QApplication

    from histoviewer.ui.window import MainWindow
    from tests.e2e.hands import Reader

    try:
        (window,) = (
            each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow)
        )
        module, _, name = scenario.rpartition(":")
        steps = importlib.import_module(module or "tests.e2e.scenarios")
        found = getattr(steps, name)(Reader(window, album))
        sys.stdout.write(f"{json.dumps(found)}\n")
        sys.stdout.flush()
        window.close()
    except Exception:  # noqa: BLE001 - whatever it is: the window must not stay open for ever
        traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(FAILED)


if __name__ == "__main__":  # compute processes import this file, too
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
