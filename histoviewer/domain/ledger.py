"""Every verdict of a log as one table: what is exported, and what an import is compared with.

A row is known by who decided it, when, and which row it was in the log it was first written to. So
one that came from another machine keeps its identity when it is passed on, and adds nothing where
it is known already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int8, Int32, Int64
from histoviewer.domain.batches import Batch
from histoviewer.domain.verdicts import VerdictLog

Identity = tuple[str, int, int]  # reader, sequence where first written, microseconds since 1970


@dataclass(frozen=True, kw_only=True, eq=False)
class Ledger:
    """The rows of a verdict log, oldest first, those taken back included. Arrays are (R,).

    Args:
        readers: Distinct names.
        models: Distinct ids.
        reader: int32 numbers into `readers`: who decided it.
        sequences: int64 sequence numbers in the log it was first written to.
        times: int64 microseconds since 1970, UTC: when it was decided.
        tiles: int64 tile indexes.
        actions: int8 of `Action`.
        before: int8 effective label before.
        after: int8 effective label after.
        model: int32 numbers into `models`, -1 where none was on screen.
        scores: float32 score on screen, NaN where there was none.
        batches: int64 numbers of the batches of this log.
        modes: int8 of `Mode`.
        stands: Whether it is in force, that is not taken back.
        foreign: Whether it was first written to another log.
    """

    readers: Sequence[str]
    models: Sequence[str]
    reader: Int32
    sequences: Int64
    times: Int64
    tiles: Int64
    actions: Int8
    before: Int8
    after: Int8
    model: Int32
    scores: Float32
    batches: Int64
    modes: Int8
    stands: Bool
    foreign: Bool

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.tiles)

    @classmethod
    def of(cls, log: VerdictLog) -> Self:
        """Return the rows of a log. It must not change meanwhile; see `replica`."""
        batches = [batch for batch in log.batches if len(batch)]
        lengths = [len(batch) for batch in batches]
        readers: dict[str, int] = {}
        models: dict[str, int] = {}
        reader = [_readers_of(batch, readers) for batch in batches]
        model = [
            -1 if batch.model is None else models.setdefault(batch.model, len(models))
            for batch in batches
        ]
        return cls(
            reader=_joined(reader, np.int32),
            sequences=_joined([_sequences_of(batch) for batch in batches], np.int64),
            times=_joined([batch.ticks for batch in batches], np.int64),
            tiles=_joined([batch.tiles for batch in batches], np.int64),
            actions=_joined([batch.actions for batch in batches], np.int8),
            before=_joined([batch.before for batch in batches], np.int8),
            after=_joined([batch.after for batch in batches], np.int8),
            model=np.repeat(np.array(model, np.int32), lengths),
            scores=_joined([batch.scores for batch in batches], np.float32),
            batches=np.repeat(np.array([b.number for b in batches], np.int64), lengths),
            modes=np.repeat(np.array([b.mode for b in batches], np.int8), lengths),
            stands=np.repeat(np.array([log.stands(b) for b in batches], bool), lengths),
            foreign=np.repeat(np.array([b.sources is not None for b in batches], bool), lengths),
            readers=tuple(readers),
            models=tuple(models),
        )

    def identities(self, rows: Bool) -> list[Identity]:
        """Return who decided some rows, which rows of their own log they were, and when.

        Args:
            rows: (R,) which.
        """
        names = [self.readers[number] for number in self.reader[rows].tolist()]
        sequences, times = self.sequences[rows].tolist(), self.times[rows].tolist()
        return list(zip(names, sequences, times, strict=True))


def replica(batches: Sequence[Batch], count: int) -> VerdictLog:
    """Return a log of its own over the same batches, for another thread to work on.

    Args:
        batches: All batches of a log, in order.
        count: Number of tiles.
    """
    log = VerdictLog(count)
    log.extend(batches)
    return log


def _readers_of(batch: Batch, known: dict[str, int]) -> Int32:
    sources = batch.sources
    names = (batch.reader,) if sources is None else sources.readers
    numbers = np.array([known.setdefault(name, len(known)) for name in names], np.int32)
    return np.repeat(numbers, len(batch)) if sources is None else numbers[sources.reader]


def _sequences_of(batch: Batch) -> Int64:
    if batch.sources is not None:
        return batch.sources.sequences
    return np.arange(batch.first_sequence, batch.first_sequence + len(batch), dtype=np.int64)


def _joined(parts: Sequence[np.ndarray], dtype: type[np.generic]) -> np.ndarray:
    return np.concatenate(parts).astype(dtype) if parts else np.zeros(0, dtype)
