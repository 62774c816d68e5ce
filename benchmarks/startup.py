"""Process start to first paint, against `python -c "import tensorflow"`.

The window is started through the real `main()`, offscreen. Both are timed from here: from starting
the process to its first line on stdout, which the window writes when it has been painted.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks.rows import Row, table

_ROUNDS = 5
_WINDOW = """
from histoviewer import app
open_window = app.run

def run(path=None):
    def painted(window):
        print("painted", flush=True)
        window.close()
    return open_window(path, on_first_paint=painted)

app.run = run
from histoviewer.__main__ import main
main()
"""
_TENSORFLOW = "import tensorflow; print('imported', flush=True)"


def run() -> list[Row]:
    window, tensorflow = [], []
    for _ in range(_ROUNDS):  # alternately: both meet the same neighbours
        window.append(seconds_to_first_line(_WINDOW))
        tensorflow.append(seconds_to_first_line(_TENSORFLOW))
    return [
        Row(
            name="process start to first paint / import tensorflow",
            ours=statistics.median(window),
            reference=statistics.median(tensorflow),
            unit="s",
            bound=0.25,
            at_least=False,
        )
    ]


def seconds_to_first_line(code: str) -> float:
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "HISTOVIEWER_CONFIG_DIR": home,
            "HISTOVIEWER_LOG_DIR": home,
        }
        started = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        ) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            seconds = time.perf_counter() - started
    if not line or process.returncode:
        raise RuntimeError(f"it ended with {process.returncode} and said {line!r}")
    return seconds


if __name__ == "__main__":
    print(table(run()))
