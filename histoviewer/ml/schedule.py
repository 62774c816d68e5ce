"""How far a run is, when it must end, and what learning rate that asks for."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from histoviewer.domain.recipe_tables import Optimiser

# What compiling takes before the first validation, and again where another network is kept.
_COMPILING_S: Final = 2.0
_AGAIN_S: Final = 1.0
# How many times as fast as in training tiles go through a network: those that are kept in several
# orientations were measured at 3.5 and 5, others from 2.4 on.
_LOOKING: Final = 3.0


@dataclass
class Deadline:
    """When a run began, and how long it may take with all that belongs to it.

    There is one for a run, whatever is begun anew meanwhile.

    Args:
        max_seconds: From now; None for no limit.
        clock: Seconds; replaced in tests.
    """

    max_seconds: float | None = None
    clock: Callable[[], float] = time.monotonic
    began: float = field(init=False)

    def __post_init__(self) -> None:
        """Start the clock."""
        self.began = self.clock()

    @property
    def elapsed(self) -> float:
        """Return seconds since the start."""
        return self.clock() - self.began

    @property
    def seconds(self) -> float:
        """Return the limit in seconds, infinite where there is none."""
        return math.inf if self.max_seconds is None else self.max_seconds


@dataclass
class Course:
    """How far a run is, by steps and, where it is limited, by time.

    A run that must end early goes through the whole schedule all the same: its course is the larger
    of the two shares. So does one that is begun anew, in the time that is left to it.

    Args:
        steps: Steps of the whole run.
        deadline: When all must be done.
        step: Steps done.
        reserve_s: Seconds to keep for what follows the last step.
        longest_s: Seconds that a step took at most, tiles that it waited for included: within one
            nobody looks at the clock.
        was_out_of_time: Whether a look found the time over.
    """

    steps: int
    deadline: Deadline = field(default_factory=Deadline)
    step: int = 0
    reserve_s: float = 0.0
    longest_s: float = 0.0
    was_out_of_time: bool = field(default=False, init=False)
    _lost: float = field(init=False)

    def __post_init__(self) -> None:
        """Take note of the time that is gone already."""
        self._lost = self.deadline.elapsed

    @property
    def elapsed(self) -> float:
        """Return seconds since the start of the run."""
        return self.deadline.elapsed

    @property
    def share(self) -> float:
        """Return how much of the run is over, 0-1."""
        return self.share_after(0)

    def share_after(self, steps: float) -> float:
        """Return how much of the run will be over after some more steps, 0-1."""
        usable = max(1e-3, self._limit - self._lost)
        done = (self.step + steps) / self.steps
        return min(1.0, max(done, (self.elapsed - self._lost) / usable))

    @property
    def left_s(self) -> float | None:
        """Return seconds left at the pace so far; None before the first step."""
        share = self.share
        return (self.elapsed - self._lost) * (1.0 - share) / share if self.step else None

    def look_at_the_clock(self) -> bool:
        """Return whether the run must end now to be in time.

        What was found once stays: after a validation that took less than was kept for it there is a
        little time again, in which a run that has ended must not go on.
        """
        self.was_out_of_time = self.was_out_of_time or self.elapsed >= self._limit
        return self.was_out_of_time

    @property
    def _limit(self) -> float:
        """Return the seconds after which no step may begin."""
        return self.deadline.seconds - self.reserve_s - self.longest_s


@dataclass
class Ending:
    """How long what follows the last step takes: a validation, and that of the network kept.

    Args:
        tiles: Validation tiles.
        others: Tiles that go through the network before they do, not faster than in training.
        views: In how many orientations the network that is kept looks at each tile, those before
            it at one; 1 where it is one of them, which needs no validation of its own.
        choices: How many networks are validated in the end, of which one is kept.
    """

    tiles: int
    others: int
    views: int = 1
    choices: int = 1
    _first: float = field(default=math.nan, init=False)
    _steady: float = field(default=math.nan, init=False)

    @property
    def is_known(self) -> bool:
        """Return whether a validation has been seen."""
        return not math.isnan(self._first)

    def guess(self, rate: float) -> float:
        """Return seconds to keep for the first validation.

        Args:
            rate: Tiles a second in training.
        """
        own = _COMPILING_S + self.choices * (self.others / rate + self._passing(self.tiles, rate))
        if self.views == 1:
            return own
        return own + _AGAIN_S + self._passing(self.views * self.tiles, rate)

    def see(self, *, before: float, judging: float, rate: float | None) -> float:
        """Return seconds to keep after a validation.

        Args:
            before: Seconds that its preparation took.
            judging: Seconds that it took itself.
            rate: Tiles a second in training; None before there is one.
        """
        if self.is_known:
            self._steady = judging
        else:  # it compiled: how long the tiles themselves took can only be guessed
            self._first = judging
            self._steady = min(judging, self._passing(self.tiles, rate) if rate else math.inf)
        own = 1.0 + 1.5 * self.choices * (before + judging)
        if self.views == 1:
            return own
        return own + max(0.0, self._first - self._steady) + self.views * self._steady

    def _passing(self, tiles: int, rate: float) -> float:
        """Return how long tiles should take through a network that only looks at them."""
        return tiles / (_LOOKING * rate)


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
