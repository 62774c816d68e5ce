"""A task: a use case that the window asked for, and what becomes of its result."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from histoviewer.jobs.job import Lane, Operation


def _ignore(_: object) -> None:
    """Do nothing with it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """One operation that waits for its lane, runs in it and ends.

    Args:
        title: What the jobs bar calls it while it waits: 'Train histo-fast'.
        lane: Where it runs.
        start: Makes the operation when its turn comes, in the UI thread: what it takes from the
            review session is as new as can be.
        trains: Whether it trains a model, so that learning curves begin anew.
        on_finished: Takes the result, in the UI thread.
        on_failed: Takes the error, in the UI thread, besides what the jobs bar shows.
        project: The project it works on; None where it works on none.
        again: Asks for the same once more, where that makes sense; else None.
    """

    title: str
    lane: Lane
    start: Callable[[], Operation[Any]]
    trains: bool = False
    on_finished: Callable[[Any], None] = _ignore
    on_failed: Callable[[Exception], None] = _ignore
    project: Path | None = None
    again: Callable[[], None] | None = None
