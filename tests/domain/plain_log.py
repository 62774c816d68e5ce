"""A verdict log as one would write it without thinking of speed: the reference for the real one."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.verdicts import Action, Batch, VerdictLog

WHEN = datetime(2024, 5, 1, tzinfo=UTC)


def verdicts(log: VerdictLog, rows: dict[int, tuple[Action, int]]) -> Batch:
    """The next batch of a log: tile -> (action, label after)."""
    return Batch(
        number=log.next_number,
        first_sequence=log.next_sequence,
        when=WHEN,
        reader="ann",
        tiles=np.array(list(rows), np.int64),
        actions=np.array([action for action, _ in rows.values()], np.int8),
        before=np.zeros(len(rows), np.int8),
        after=np.array([label for _, label in rows.values()], np.int8),
        scores=np.full(len(rows), np.nan, np.float32),
    )


def reversal(log: VerdictLog, target: int) -> Batch:
    """The next batch of a log: one that takes back another."""
    return Batch(
        number=log.next_number,
        first_sequence=log.next_sequence,
        when=WHEN,
        reader="ann",
        undoes=target,
    )


def undo(log: VerdictLog) -> None:
    assert log.undoable is not None
    log.append(reversal(log, log.undoable.number))


def redo(log: VerdictLog) -> None:
    assert log.redo_target is not None
    log.append(reversal(log, log.redo_target))


@dataclass
class PlainTile:
    decided: int = UNLABELLED
    decided_at: int = 0
    skipped: bool = False
    flagged: bool = False
    touched_at: int = 0

    def apply(self, action: Action, label: int, sequence: int) -> None:
        if action in (Action.CONFIRM, Action.RELABEL):
            self.decided, self.decided_at, self.skipped = label, sequence, False
        elif action is Action.SKIP:
            self.skipped = self.decided == UNLABELLED
        elif action is Action.CLEAR:
            self.__init__()  # type: ignore[misc]
        else:
            self.flagged = action is Action.FLAG
        self.touched_at = sequence


@dataclass
class PlainLog:
    """Two stacks of steps, replayed from the start whenever somebody asks."""

    done: list[list[tuple[int, Action, int, int]]] = field(default_factory=list)
    undone: list[list[tuple[int, Action, int, int]]] = field(default_factory=list)

    def act(self, batch: Batch) -> None:
        columns = (batch.tiles.tolist(), batch.actions.tolist(), batch.after.tolist())
        rows = enumerate(zip(*columns, strict=True), batch.first_sequence)
        self.done.append([(t, Action(a), label, seq) for seq, (t, a, label) in rows])
        self.undone.clear()

    def undo(self) -> None:
        self.undone.append(self.done.pop())

    def redo(self) -> None:
        self.done.append(self.undone.pop())

    def tiles(self, count: int) -> list[PlainTile]:
        tiles = [PlainTile() for _ in range(count)]
        for step in self.done:
            for tile, action, label, sequence in step:
                tiles[tile].apply(action, label, sequence)
        return tiles


def tiles_of(log: VerdictLog) -> list[PlainTile]:
    """The states of a real log in the form of the plain one."""
    states = log.states
    columns = [states.decided, states.decided_at, states.skipped, states.flagged, states.touched_at]
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [PlainTile(*row) for row in rows]
