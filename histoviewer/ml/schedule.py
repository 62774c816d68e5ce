"""How far a run is and what learning rate that asks for."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from histoviewer.domain.recipe_tables import Optimiser


@dataclass
class Course:
    """How far a run is, by steps and, where it is limited, by time.

    A run that must end early goes through the whole schedule all the same: its course is the larger
    of the two shares.

    Args:
        steps: Steps of the whole run.
        max_seconds: Most seconds from now; None for no limit.
        clock: Seconds; replaced in tests.
        step: Steps done.
        reserve_s: Seconds to keep for what follows the last step.
        was_out_of_time: Whether a look found the time over.
    """

    steps: int
    max_seconds: float | None = None
    clock: Callable[[], float] = time.monotonic
    step: int = 0
    reserve_s: float = 0.0
    was_out_of_time: bool = field(default=False, init=False)
    started: float = field(init=False)

    def __post_init__(self) -> None:
        """Start the clock."""
        self.started = self.clock()

    @property
    def elapsed(self) -> float:
        """Return seconds since the start."""
        return self.clock() - self.started

    @property
    def share(self) -> float:
        """Return how much of the run is over, 0-1."""
        by_steps = self.step / self.steps
        if self.max_seconds is None:
            return min(1.0, by_steps)
        usable = max(1e-3, self.max_seconds - self.reserve_s)
        return min(1.0, max(by_steps, self.elapsed / usable))

    @property
    def left_s(self) -> float | None:
        """Return seconds left at the pace so far; None before the first step."""
        share = self.share
        return self.elapsed * (1.0 - share) / share if self.step else None

    def look_at_the_clock(self) -> bool:
        """Return whether the run must end now to be in time.

        What was found once stays: after a validation that took less than was kept for it there is a
        little time again, in which a run that has ended must not go on.
        """
        limit = math.inf if self.max_seconds is None else self.max_seconds - self.reserve_s
        self.was_out_of_time = self.was_out_of_time or self.elapsed >= limit
        return self.was_out_of_time


def learning_rate(optimiser: Optimiser, share: float) -> float:
    """Return the learning rate at a share of the run.

    Args:
        optimiser: Gives the highest rate, warm-up and schedule.
        share: 0 at the start, 1 at the end.
    """
    if share < optimiser.warmup:
        return optimiser.learning_rate * share / optimiser.warmup
    if optimiser.schedule == "constant":
        return optimiser.learning_rate
    after = (share - optimiser.warmup) / (1.0 - optimiser.warmup)
    return optimiser.learning_rate * 0.5 * (1.0 + math.cos(math.pi * after))
