"""What a job says while it runs and when it ends. All values can be pickled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Ready:
    """The compute process has started and takes jobs. Said once, to its parent only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a job is.

    Args:
        phase: What is being done, as shown to people: 'training', 'packing'.
        done: Units done so far.
        total: Units to do; 0 while unknown.
        unit: Name of the unit, plural: 'tiles', 'steps'.
        rate: Tiles a second; None while unknown.
        left_s: Seconds left; None while unknown.
        values: Figures of the moment by name, such as 'epoch', 'loss', 'auc'.
    """

    phase: str
    done: int
    total: int = 0
    unit: str = "tiles"
    rate: float | None = None
    left_s: float | None = None
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One point of the learning curves: figures at the end of an epoch, by history.csv column."""

    epoch: int
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Note:
    """One line for the reader that is not progress, such as why training stopped early."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuLoad:
    """How busy a GPU is, whoever keeps it so.

    Args:
        busy: Share of the last moment in which it computed, 0-1; None where it does not tell.
        memory: Bytes in use; None where it does not tell.
        memory_total: Bytes in all; None where it does not tell.
    """

    busy: float | None
    memory: int | None
    memory_total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How busy a job keeps the machine, about once a second. Said of the process, not by it.

    Args:
        processor: Share of all logical processors that its process may use, 0-1.
        memory: Bytes that its process holds, without pages of mapped files.
        memory_total: Bytes that the machine has.
        gpus: The cards that the driver tells of; empty without one.
    """

    processor: float
    memory: int
    memory_total: int
    gpus: tuple[GpuLoad, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """The job ended well.

    Args:
        result: What its generator returned.
    """

    result: Any


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The job ended because it was asked to, with nothing worth keeping."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The job ended badly.

    Args:
        error: The exception, where it is one of ours and can be raised again; else None.
        message: One sentence.
        log_tail: The last lines that the compute process wrote.
    """

    error: Exception | None
    message: str
    log_tail: tuple[str, ...] = ()


Update = Progress | CurvePoint | Note | Load
Ending = Finished | Cancelled | Failed
