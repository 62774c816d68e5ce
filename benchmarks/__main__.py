"""Run benchmarks: `python -m benchmarks [NAME ...] [--json FILE] [--minutes M] [--seed S]`.

Without a name all but the soak are run, with a short session. Prints tables and writes JSON to
build/bench.json. A missed bound is marked and gives exit code 1.
"""

import argparse
import importlib
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import Figure, markdown
from benchmarks.rows import Row, say, table

NAMES = (
    "packing",
    "startup",
    "log",
    "triage",
    "grid",
    "scoring",
    "training",
    "explaining",
    "review",
)
# How many minutes they take by default, when asked for by name.
TIMED = {"session": 10.0, "soak": 30.0}
_SHORT_SESSION = 1.5


def main() -> int:
    options = _read_options()
    found: list[Row | Figure] = []
    names = options.names or [*NAMES, "session"]
    for name in names:
        say(f"{name} …")
        run = importlib.import_module(f"benchmarks.{name}").run
        if name in TIMED:
            usual = TIMED[name] if options.names else _SHORT_SESSION
            found += run(minutes=options.minutes or usual, seed=options.seed)
        else:
            found += run()
    _print(found)
    _write(options.json, found)
    return 0 if all(each.holds for each in found) else 1


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks")
    known = (*NAMES, *TIMED)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}")
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"))
    parser.add_argument("--minutes", type=float, help="of the session or the soak")
    parser.add_argument("--seed", type=int, default=1, help="of the session or the soak")
    options = parser.parse_args()
    if unknown := set(options.names) - set(known):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    return options


def _print(found: list[Row | Figure]) -> None:
    rows = [each for each in found if isinstance(each, Row)]
    figures = [each for each in found if isinstance(each, Figure)]
    if rows:
        print(table(rows))
    if figures:
        print(markdown(figures))


def _write(path: Path, found: list[Row | Figure]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "rows": [each.as_json() for each in found],
    }
    path.write_text(json.dumps(facts, indent=2), encoding="utf-8")
    say(f"written to {path}")


if __name__ == "__main__":
    sys.exit(main())
