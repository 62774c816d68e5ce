"""Run benchmarks: `python -m benchmarks [NAME ...] [--json FILE] [--minutes M] [--seed S]`.

Without a name all but the soak are run, with a short session. Prints tables and writes JSON to
build/bench.json. A missed bound is marked and gives exit code 1. What this machine lacks something
for, such as a GPU, is said to be not measured; where it was asked for by name the exit code is 2.
"""

import argparse
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.apart import run_apart
from benchmarks.figures import Figure, markdown
from benchmarks.rows import NotMeasured, Row, say, table

NAMES = (
    "packing",
    "startup",
    "log",
    "triage",
    "grid",
    "scoring",
    "training",
    "pipeline",
    "gpu",
    "explaining",
    "embeddings",
    "duplicates",
    "heads",
    "issues",
    "map",
    "dataset",
    "review",
)
# How many minutes they take by default, when asked for by name.
TIMED = {"session": 10.0, "soak": 30.0}
_SHORT_SESSION = 1.5


def main() -> int:
    options = _read_options()
    found: list[Row | Figure] = []
    names = options.names or [*NAMES, "session"]
    missing = []
    for name in names:
        say(f"{name} …")
        try:
            found += run_apart(name, minutes=_minutes(name, options), seed=options.seed)
        except NotMeasured as why:
            say(f"not measured: {why}")
            missing.append(name)
    _print(found)
    _write(options.json, found)
    if options.names and missing:
        return 2
    return 0 if all(each.holds for each in found) else 1


def _minutes(name: str, options: argparse.Namespace) -> float | None:
    """Return how long a benchmark takes; None for one that ends by itself."""
    if name not in TIMED:
        return None
    usual = TIMED[name] if options.names else _SHORT_SESSION
    return float(options.minutes or usual)


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
