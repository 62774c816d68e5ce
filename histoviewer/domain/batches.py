"""One action of a reader as the log keeps it: a batch of verdicts, and how it came about."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum

import numpy as np

from histoviewer.domain.arrays import Float32, Int8, Int32, Int64

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class Action(IntEnum):
    """What a reader did to a tile; the number is what the log stores."""

    CONFIRM = 0
    RELABEL = 1
    SKIP = 2
    FLAG = 3
    UNFLAG = 4
    CLEAR = 5

    @property
    def word(self) -> str:
        """Return the name used in files and menus."""
        return self.name.lower()


class Mode(IntEnum):
    """How a batch came about; the number is what the log stores.

    A blind batch has neither model nor scores: the reader saw none. A settling one decides tiles on
    which readers differ. A merged one holds what was decided on another machine.
    """

    OPEN = 0
    BLIND = 1
    SETTLING = 2
    MERGED = 3

    @property
    def word(self) -> str:
        """Return the name used in files and on the command line."""
        return self.name.lower()


@dataclass(frozen=True, kw_only=True, eq=False)
class Sources:
    """Who decided the rows of a merged batch, when, and which rows of their own log they were.

    Args:
        readers: Distinct names.
        reader: (n,) int32 numbers into `readers`.
        times: (n,) int64 microseconds since 1970, UTC.
        sequences: (n,) int64 sequence numbers in the log they were first written to.
    """

    readers: tuple[str, ...]
    reader: Int32
    times: Int64
    sequences: Int64


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """One action of a reader: one step of undo, one transaction.

    Args:
        number: Its place among the batches, from 1.
        first_sequence: Sequence number of its first row; row i has `first_sequence + i`.
        when: UTC time; of the merging, where it is merged.
        reader: Who did it; who merged it, where it is merged.
        undoes: Number of the batch it takes back; None for verdicts. Such a batch has no rows.
        tiles: (n,) int64 tile indexes, each at most once unless it is merged.
        actions: (n,) int8 of `Action`.
        before: (n,) int8 effective label before.
        after: (n,) int8 effective label after.
        scores: (n,) float32 score on screen, NaN where there was none or it was hidden.
        model: Id of the model whose scores were on screen; None in a blind read or without one.
        mode: How it came about.
        sources: Where the rows come from; only, and always, of a merged batch.
    """

    number: int
    first_sequence: int
    when: datetime
    reader: str
    undoes: int | None = None
    tiles: Int64 = field(default_factory=lambda: np.zeros(0, np.int64))
    actions: Int8 = field(default_factory=lambda: np.zeros(0, np.int8))
    before: Int8 = field(default_factory=lambda: np.zeros(0, np.int8))
    after: Int8 = field(default_factory=lambda: np.zeros(0, np.int8))
    scores: Float32 = field(default_factory=lambda: np.zeros(0, np.float32))
    model: str | None = None
    mode: Mode = Mode.OPEN
    sources: Sources | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.tiles)

    @property
    def nbytes(self) -> int:
        """Return how much memory its arrays take."""
        own = (self.tiles, self.actions, self.before, self.after, self.scores)
        taken = sum(int(array.nbytes) for array in own)
        if self.sources is not None:
            merged = (self.sources.reader, self.sources.times, self.sources.sequences)
            taken += sum(int(array.nbytes) for array in merged)
        return taken

    @property
    def title(self) -> str:
        """Return what was done, as the command line names it: 'relabel 300 tiles'."""
        noun = "verdict" if self.mode is Mode.MERGED else "tile"
        return f"{self.word} {len(self):,} {noun}{'' if len(self) == 1 else 's'}"

    @property
    def word(self) -> str:
        """Return what was done in a word: that of the action all rows share, else 'label'."""
        if self.mode is Mode.MERGED:
            return "merge"
        if self.mode is Mode.SETTLING:
            return "settle"
        shared = len(self) > 0 and bool((self.actions == self.actions[0]).all())
        return Action(int(self.actions[0])).word if shared else "label"

    @property
    def distinct_tiles(self) -> Int64:
        """Return the tile indexes, each once."""
        return np.unique(self.tiles) if self.mode is Mode.MERGED else self.tiles

    @property
    def ticks(self) -> Int64:
        """Return (n,) int64 times of the decisions: microseconds since 1970, UTC."""
        if self.sources is not None:
            return self.sources.times
        return np.full(len(self), as_ticks(self.when), np.int64)

    def reader_of(self, row: int) -> str:
        """Return who decided a row."""
        if self.sources is None:
            return self.reader
        return self.sources.readers[int(self.sources.reader[row])]

    def time_of(self, row: int) -> datetime:
        """Return the UTC time at which a row was decided."""
        if self.sources is None:
            return self.when
        return as_time(int(self.sources.times[row]))


def as_ticks(when: datetime) -> int:
    """Return a time as microseconds since 1970, UTC, without the rounding of a float."""
    return (when - _EPOCH) // _TICK


def as_time(ticks: int) -> datetime:
    """Return the UTC time of microseconds since 1970."""
    return _EPOCH + ticks * _TICK
