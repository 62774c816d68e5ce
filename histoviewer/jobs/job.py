"""A job as a value: what to run in the compute process, and with what."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from histoviewer.jobs.messages import Update

Result = TypeVar("Result")

# A job's body: yields what it has to say, each yield being a point where it can be cancelled, and
# returns its result. On cancelling it gets `JobCancelled` thrown in at a yield, and may still
# return a result worth keeping (training returns its best model so far).
Body = Generator[Update, None, Result]

# A use case: yields the jobs it needs one after the other, is sent the result of each, and returns
# its outcome. Its own code runs in the process of the window or the command line.
Operation = Generator["Job", Any, Result]


class Lane(StrEnum):
    """Jobs of one lane run one after the other, each lane in a process of its own."""

    BATCH = "batch"
    FILES = "files"
    LOOKS = "looks"  # what a reader waits for: it must not stand behind an hour of packing
    INTERACTIVE = "interactive"  # explains the tile on screen, while a training runs in BATCH


class CancelCheck(Protocol):
    """Asked by long steps that cannot yield, such as a Keras callback."""

    def __call__(self) -> bool:
        """Return whether the job has been asked to end."""
        ...


@dataclass(frozen=True, kw_only=True)
class Job:
    """One piece of background work.

    Args:
        title: What it is called, English, with facts in braces: 'Training model {number}'. The
            window translates it before it fills the facts in.
        target: 'module:function' of a callable `(request, cancelled) -> Body`.
        request: What to do; can be pickled, and so can the result.
        lane: Where it runs.
        facts: What stands in the title's braces.
        environment: Variables set in the compute process before anything is imported there.
    """

    title: str
    target: str
    request: Any
    lane: Lane = Lane.BATCH
    facts: Mapping[str, str | int] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def english_title(self) -> str:
        """Return the title with its facts: 'Training model 3'."""
        return self.title.format_map(self.facts)


Target = Callable[[Any, CancelCheck], Body[Any]]
