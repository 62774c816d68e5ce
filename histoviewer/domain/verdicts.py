"""What readers decided: batches of verdicts, and the fold of their log into labels.

The log is append-only. A batch is one action of a reader, on one tile or on ten thousand, and one
step of undo. Undo appends a batch that names the one it takes back; redo appends one that takes
back the undo. The state of a tile follows from its rows in batches that are not taken back.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int8, Int64
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.verdict_rows import VerdictRows


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


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """One action of a reader: one step of undo, one transaction.

    Args:
        number: Its place among the batches, from 1.
        first_sequence: Sequence number of its first row; row i has `first_sequence + i`.
        when: UTC time.
        reader: Who did it.
        undoes: Number of the batch it takes back; None for verdicts. Such a batch has no rows.
        tiles: (n,) int64 tile indexes, each at most once.
        actions: (n,) int8 of `Action`.
        before: (n,) int8 effective label before.
        after: (n,) int8 effective label after.
        scores: (n,) float32 score on screen, NaN where there was none or it was hidden.
        model: Id of the model whose scores were on screen; None in a blind read or without one.
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

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.tiles)

    @property
    def title(self) -> str:
        """Return what was done, as menus name it: 'relabel 300 tiles'."""
        codes = set(self.actions.tolist())
        word = Action(codes.pop()).word if len(codes) == 1 else "label"
        return f"{word} {len(self)} {'tile' if len(self) == 1 else 'tiles'}"


@dataclass(frozen=True, kw_only=True, eq=False)
class TileStates:
    """What the log says of every tile now. Arrays are (N,), and only the `VerdictLog` writes them.

    Args:
        decided: int8 label a reader gave; `UNLABELLED` where undecided.
        decided_at: int64 sequence of the row that gave it; 0 where undecided.
        skipped: Passed over for now and not decided.
        flagged: Marked for a second look.
        touched_at: int64 sequence of the newest standing row; 0 where none.
    """

    decided: Int8
    decided_at: Int64
    skipped: Bool
    flagged: Bool
    touched_at: Int64

    @classmethod
    def blank(cls, count: int) -> "TileStates":
        """Return the states of `count` tiles that nobody has looked at."""
        return cls(
            decided=np.full(count, UNLABELLED, np.int8),
            decided_at=np.zeros(count, np.int64),
            skipped=np.zeros(count, bool),
            flagged=np.zeros(count, bool),
            touched_at=np.zeros(count, np.int64),
        )

    def effective(self, given: Int8) -> Int8:
        """Return (N,) int8: the newest verdict, else the given label."""
        return np.where(self.decided != UNLABELLED, self.decided, given)

    def reset(self, tiles: Int64) -> None:
        """Forget everything about some tiles. For the `VerdictLog` that owns the states."""
        self.decided[tiles] = UNLABELLED
        self.decided_at[tiles] = 0
        self.skipped[tiles] = False
        self.flagged[tiles] = False
        self.touched_at[tiles] = 0

    def apply(self, tiles: Int64, actions: Int8, after: Int8, sequence: Int64) -> None:
        """Apply rows, at most one a tile, newer than all applied to these tiles before.

        For the `VerdictLog` that owns the states.
        """
        self.reset(tiles[actions == Action.CLEAR])
        self.flagged[tiles[actions == Action.FLAG]] = True
        self.flagged[tiles[actions == Action.UNFLAG]] = False
        labels = (actions == Action.CONFIRM) | (actions == Action.RELABEL)
        self.decided[tiles[labels]] = after[labels]
        self.decided_at[tiles[labels]] = sequence[labels]
        self.skipped[tiles[labels]] = False
        skips = tiles[actions == Action.SKIP]
        self.skipped[skips] = self.decided[skips] == UNLABELLED
        self.touched_at[tiles] = sequence


class VerdictLog:
    """The verdict log of a project in memory: appending, undo, redo, and the states they lead to.

    Not thread-safe: it belongs to the thread that reviews.

    Args:
        count: Number of tiles.
    """

    def __init__(self, count: int) -> None:
        self.batches: list[Batch] = []
        self.states = TileStates.blank(count)
        self._rows = VerdictRows(count)
        self._done: list[int] = []  # batches that stand, oldest first
        self._undone: list[tuple[int, int]] = []  # (batch taken back, batch that took it back)
        self._taken_back: set[int] = set()

    @property
    def next_number(self) -> int:
        """Return the number of the next batch."""
        return len(self.batches) + 1

    @property
    def next_sequence(self) -> int:
        """Return the sequence number of the next row."""
        return self._rows.next_sequence

    @property
    def last_sequence(self) -> int:
        """Return the sequence number of the newest row; 0 where there is none."""
        return self.next_sequence - 1

    @property
    def undoable(self) -> Batch | None:
        """Return the batch that undo would take back."""
        return self.batches[self._done[-1] - 1] if self._done else None

    @property
    def redoable(self) -> Batch | None:
        """Return the batch that redo would bring back."""
        return self.batches[self._undone[-1][0] - 1] if self._undone else None

    @property
    def redo_target(self) -> int | None:
        """Return the number of the undo that redo would take back."""
        return self._undone[-1][1] if self._undone else None

    def stands(self, batch: Batch) -> bool:
        """Return whether a batch of verdicts is in force, that is not taken back."""
        return batch.number not in self._taken_back

    def history(self, tile: int) -> list[tuple[Batch, int]]:
        """Return (batch, row in it) of everything said about a tile, oldest first."""
        found = [(self.batches[number - 1], row) for number, row in self._rows.of_tile(tile)]
        return [(batch, sequence - batch.first_sequence) for batch, sequence in found]

    def append(self, batch: Batch) -> Int64:
        """Add the next batch, be it verdicts, an undo or a redo.

        Returns:
            The tiles whose state may have changed.

        Raises:
            ValueError: The batch is not the next one, it names a tile twice or one that does not
                exist, or what it takes back cannot be taken back. The log is as it was.
        """
        self._check_next([batch])
        sequence = self._append_rows([batch])
        tiles = self._enter(batch)
        if batch.undoes is None:
            self.states.apply(batch.tiles, batch.actions, batch.after, sequence)
        else:
            self._refold(tiles)
        return tiles

    def extend(self, batches: Sequence[Batch]) -> None:
        """Add the next batches; the same as appending one after the other, but in one fold.

        Raises:
            ValueError: As for `append`; the log is of no use then.
        """
        if not batches:
            return
        self._check_next(batches)
        self._append_rows(batches)
        touched = np.concatenate([self._enter(batch) for batch in batches])
        self._refold(np.unique(touched))

    def _check_next(self, batches: Sequence[Batch]) -> None:
        number, sequence = self.next_number, self.next_sequence
        for batch in batches:
            if (batch.number, batch.first_sequence) != (number, sequence):
                raise ValueError(f"batch {batch.number} is not the next one, {number}")
            if batch.undoes is not None and len(batch):
                raise ValueError(f"batch {number} takes back another, so it can have no rows")
            number, sequence = number + 1, sequence + len(batch)

    def _append_rows(self, batches: Sequence[Batch]) -> Int64:
        lengths = [len(batch) for batch in batches]
        return self._rows.append(
            batches=np.repeat(np.array([batch.number for batch in batches], np.int64), lengths),
            tiles=np.concatenate([batch.tiles for batch in batches]),
            actions=np.concatenate([batch.actions for batch in batches]),
            after=np.concatenate([batch.after for batch in batches]),
        )

    def _enter(self, batch: Batch) -> Int64:
        """Note what a batch means for undo and redo; return the tiles it concerns."""
        concerned = batch
        if batch.undoes is not None:
            concerned = self.batches[self._reverse(batch.number, batch.undoes) - 1]
        else:
            self._done.append(batch.number)
            self._undone.clear()  # as everywhere: a new step ends what could be redone
        self.batches.append(batch)
        return concerned.tiles

    def _reverse(self, number: int, target: int) -> int:
        """Take a batch back, or bring it back where `target` is its undo; return its number."""
        if self._undone and self._undone[-1][1] == target:  # a redo takes back the newest undo
            brought_back = self._undone.pop()[0]
            self._taken_back.discard(brought_back)
            insort(self._done, brought_back)
            return brought_back
        place = bisect_left(self._done, target)
        if place == len(self._done) or self._done[place] != target:
            raise ValueError(f"batch {target} cannot be taken back")
        del self._done[place]
        self._taken_back.add(target)
        self._undone.append((target, number))
        return target

    def _refold(self, tiles: Int64) -> None:
        """Work out the states of some tiles again from all their rows that stand."""
        self.states.reset(tiles)
        taken_back = np.fromiter(self._taken_back, np.int64, len(self._taken_back))
        for layer in self._rows.layers(tiles):
            standing = layer[~np.isin(self._rows.batches(layer), taken_back)]
            self.states.apply(*self._rows.content(standing), standing)
