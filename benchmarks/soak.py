"""A random reader at the real window for half an hour: nothing may break, leak or get lost.

It presses keys, turns the wheel, filters, sorts, selects, judges one tile and many, takes steps
back, reads blind, looks at tiles large, visits every page, begins and cancels jobs, kills compute
processes, closes the project and opens it again. What it does follows from the seed; when, from the
machine. At the end the log is read from the database by another process and replayed.
"""

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bigproject import CACHE, copy_project
from benchmarks.figures import Figure
from benchmarks.playing import play
from benchmarks.rows import say
from histoviewer.domain.arrays import Int8
from histoviewer.domain.verdicts import VerdictLog
from histoviewer.services.opening import open_workspace

TILES = 10_000
# What may come to memory besides the verdict log, which is kept in memory and measured apart.
_MOST_MB = 40.0
_SETTLED = 3  # a third of the samples: caches and pools have filled by then


def run(*, minutes: float, seed: int) -> list[Figure]:
    """Soak, and judge what came of it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        path = copy_project(TILES, Path(folder))
        say(f"soaking for {minutes:g} minutes, seed {seed} …")
        summary = soak(path, minutes=minutes, seed=seed)
    say(json.dumps(summary, indent=1))
    name = f"soak of {minutes:g} min, seed {seed}"
    return [
        _count(f"{name}: acts", summary["acts"]),
        _count(f"{name}: batches of verdicts", summary["batches"]),
        _count(f"{name}: verdicts in them", summary["rows"]),
        _count(f"{name}: compute processes killed", summary["kills"]),
        _count(f"{name}: errors", len(summary["errors"]), most=0),
        _count(f"{name}: labels and marks that the log replays otherwise", summary["lost"], most=0),
        Figure.of(f"{name}: memory at the end", summary["memory_mb"][-1:], unit="MB"),
        Figure.of(f"{name}: the verdict log of it", summary["log_mb"][-1:], unit="MB"),
        Figure.of(
            f"{name}: growth of all but the log, by its median slope",
            [summary["growth_mb"]],
            unit="MB",
            bounds={"worst": _MOST_MB},
        ),
    ]


def soak(path: Path, *, minutes: float, seed: int) -> dict[str, Any]:
    """Let the random reader loose on a project; return the summary.

    Args:
        path: The project, which is written to.
        minutes: How long.
        seed: Of what it does.

    Returns:
        `acts`: how often each thing was done; `batches`, and `rows` in them; `kills`; `errors`:
        lines of the log, and faults; `memory_mb`: over time; `log_mb`: the verdict log in it;
        `growth_mb`: of memory without the verdict log, over the settled part; `lost`: how many
        tiles have another label, flag or skip in the replayed log than they had in the window.
    """
    summary = play("benchmarks.wandering:wander", path, minutes, seed, timeout_s=90 * minutes + 300)
    shown = summary.pop("states")
    with open_workspace(path, reader="soak", read_only=True) as workspace:
        replayed = fingerprints(workspace.session.log, workspace.session.effective)
    summary["lost"] = sum(one != other for one, other in zip(shown, replayed, strict=True))
    summary["growth_mb"] = growth_mb(
        [memory - log for memory, log in zip(summary["memory_mb"], summary["log_mb"], strict=True)]
    )
    return summary


def fingerprints(log: VerdictLog, effective: Int8) -> list[str]:
    """Return what a log says of each tile: labels, verdict, skip, flag, newest sequence."""
    states = log.states
    columns = (effective, states.decided, states.skipped, states.flagged, states.touched_at)
    return [
        hashlib.sha256(b"".join(column[tile].tobytes() for column in columns)).hexdigest()[:12]
        for tile in range(len(effective))
    ]


def growth_mb(samples: list[float]) -> float:
    """Return how much memory grew after it had settled, by the median slope of all pairs.

    One sample that is out of line does not matter (Theil 1950; Sen 1968).
    """
    settled = np.array(samples[len(samples) // _SETTLED :])
    first, second = np.triu_indices(len(settled), 1)
    if len(first) == 0:
        return 0.0
    slopes = (settled[second] - settled[first]) / (second - first)
    return float(np.median(slopes) * len(settled))


def _count(name: str, value: float | dict[str, int], *, most: float | None = None) -> Figure:
    number = float(sum(value.values()) if isinstance(value, dict) else value)
    return Figure.of(name, [number], unit="", bounds={} if most is None else {"worst": most})
