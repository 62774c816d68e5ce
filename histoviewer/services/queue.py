"""The retraining queue as a list for people: what waits, why, and what retraining will learn."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from histoviewer.domain.arrays import Float32, Int8, Int64
from histoviewer.domain.distinct import distinct_pairs
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.queue import trainable
from histoviewer.domain.queue_weights import HEAVIEST, LEFT_OUT, QueueWeight
from histoviewer.domain.tiles import Split
from histoviewer.domain.verdicts import VerdictLog
from histoviewer.errors import InputError
from histoviewer.services.changes import Changes

if TYPE_CHECKING:
    from histoviewer.services.reviewing import ReviewSession


@dataclass(frozen=True, kw_only=True, eq=False)
class QueueEntry:
    """One waiting tile.

    Args:
        tile: Its index.
        before: Label that the champion's network learned, else the given one; `UNLABELLED` where
            there is neither.
        after: Label that it will learn.
        reader: Who decided; '' where a verdict was taken back since the network learned it.
        when: When, UTC; None likewise.
        model: Id of the model whose score was on screen then; None where none was.
        score: That score; NaN where none was, or it was hidden.
        weight: How often it counts in retraining in place of once; 0 where it is left out.
    """

    tile: int
    before: int
    after: int
    reader: str = ""
    when: datetime | None = None
    model: str | None = None
    score: float = float("nan")
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Waiting:
    """A snapshot of what waits; made in the session's thread, read in any.

    Args:
        tiles: (n,) int64 the waiting tiles, those left out among them.
        before: (n,) int8 as in `QueueEntry`.
        after: (n,) int8.
        decided_at: (n,) int64 sequence of the verdict; 0 where there is none.
        weights: (n,) float32.
        learnable: How many training tiles retraining would learn from in all.
        log: The verdict log; only what is older than the snapshot is looked at.
    """

    tiles: Int64
    before: Int8
    after: Int8
    decided_at: Int64
    weights: Float32
    learnable: int
    log: VerdictLog

    @classmethod
    def of(cls, session: "ReviewSession") -> "Waiting":
        """Return what waits now."""
        tiles, states, learned = session.waiting(), session.states, session.ranking.learned
        given = session.tiles.given[tiles]
        before = given
        if learned is not None:
            known = learned[tiles]
            before = np.where(known == UNLABELLED, given, known)
        weights = session.queue_weights.standing(states.label_times, tiles)
        usable = trainable(tiles=session.tiles, effective=session.effective, split=Split.TRAIN)
        return cls(
            tiles=tiles,
            before=before.astype(np.int8),
            after=states.effective_of(tiles, session.tiles.given),
            decided_at=states.decided_at[tiles].copy(),
            weights=weights,
            learnable=int(np.count_nonzero(usable)) - int(np.count_nonzero(weights == LEFT_OUT)),
            log=session.log,
        )


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What retraining would learn.

    Args:
        changed: Tiles whose label is another than before, by (before, after).
        confirmed: Tiles whose label stays and counts more.
        taken_back: Tiles that have no label any more: they are learned from no longer.
        left_out: Tiles that a reader left out.
        learnable: Training tiles that it would learn from in all.
    """

    changed: dict[tuple[int, int], int]
    confirmed: int
    taken_back: int
    left_out: int
    learnable: int


def preview(waiting: Waiting) -> Preview:
    """Return what retraining would learn of what waits."""
    out = waiting.weights == LEFT_OUT
    gone = ~out & (waiting.after == UNLABELLED)
    same = ~out & ~gone & (waiting.before == waiting.after)
    moved = ~(out | gone | same)
    pairs, numbers = distinct_pairs(waiting.before[moved], waiting.after[moved])
    counts = np.bincount(numbers, minlength=len(pairs)).tolist()
    return Preview(
        changed=dict(zip(pairs, counts, strict=True)),
        confirmed=int(same.sum()),
        taken_back=int(gone.sum()),
        left_out=int(out.sum()),
        learnable=waiting.learnable,
    )


def read_queue(waiting: Waiting) -> list[QueueEntry]:
    """Return what waits, the newest verdict first. Any thread."""
    order = np.argsort(-waiting.decided_at, kind="stable")
    starts = np.array([batch.first_sequence for batch in waiting.log.batches], np.int64)
    # Batches without rows, an undo, begin where the next one does: the last to begin has the row.
    batches = np.searchsorted(starts, waiting.decided_at, side="right") - 1
    rows = zip(order.tolist(), batches[order].tolist(), strict=True)
    return [_entry(waiting, row, batch) for row, batch in rows]


def _entry(waiting: Waiting, row: int, batch_number: int) -> QueueEntry:
    entry = QueueEntry(
        tile=int(waiting.tiles[row]),
        before=int(waiting.before[row]),
        after=int(waiting.after[row]),
        weight=float(waiting.weights[row]),
    )
    sequence = int(waiting.decided_at[row])
    if sequence == 0:
        return entry
    batch = waiting.log.batches[batch_number]
    place = sequence - batch.first_sequence
    return replace(
        entry,
        reader=batch.reader_of(place),
        when=batch.time_of(place),
        model=batch.model,
        score=float(batch.scores[place]),
    )


def weigh(
    session: "ReviewSession", tiles: Int64, weight: float, *, initiator: object = None
) -> tuple[Changes, list[QueueWeight]]:
    """Let waiting tiles count more or less in the next retraining; 0 leaves them out.

    It holds in the session at once; the caller stores what is returned: `Project.weigh`.

    Args:
        session: The review; in its thread.
        tiles: (n,) indexes.
        weight: How often each counts in place of once, 0 to 100.
        initiator: Who asked.

    Raises:
        InputError: The weight is out of its range, or the project is open for reading only.
    """
    if not 0 <= weight <= HEAVIEST:
        raise InputError(
            f"A weight of {weight:g} is not possible.", f"Choose one from 0 to {HEAVIEST:g}."
        )
    session.refuse_if_read_only()
    now = datetime.now(UTC)
    session.weigh(tiles, weight, when=now)
    given = [
        QueueWeight(tile=int(tile), weight=weight, reader=session.reader, time=now)
        for tile in tiles
    ]
    return Changes(tiles=tiles, verdicts=True, initiator=initiator), given
