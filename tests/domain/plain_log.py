"""A verdict log as one would write it without thinking of speed: the reference for the real one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from histoviewer.domain.batches import as_ticks
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.verdicts import Action, Batch, Mode, Sources, VerdictLog

WHEN = datetime(2024, 5, 1, tzinfo=UTC)
LABELS = (Action.CONFIRM, Action.RELABEL)


def verdicts(log: VerdictLog, rows: dict[int, tuple[Action, int]], **changes) -> Batch:
    """The next batch of a log: tile -> (action, label after)."""
    facts = {
        "number": log.next_number,
        "first_sequence": log.next_sequence,
        "when": WHEN,
        "reader": "ann",
        "tiles": np.array(list(rows), np.int64),
        "actions": np.array([action for action, _ in rows.values()], np.int8),
        "before": np.zeros(len(rows), np.int8),
        "after": np.array([label for _, label in rows.values()], np.int8),
        "scores": np.full(len(rows), np.nan, np.float32),
    }
    return Batch(**{**facts, **changes})


def merged(log: VerdictLog, rows: Iterable[tuple[int, Action, int, str, int]]) -> Batch:
    """The next batch of a log: (tile, action, label after, reader, microseconds) from elsewhere."""
    tiles, actions, labels, names, times = zip(*rows, strict=True)
    return Batch(
        number=log.next_number,
        first_sequence=log.next_sequence,
        when=WHEN,
        reader="ann",
        tiles=np.array(tiles, np.int64),
        actions=np.array(actions, np.int8),
        before=np.zeros(len(tiles), np.int8),
        after=np.array(labels, np.int8),
        scores=np.full(len(tiles), np.nan, np.float32),
        mode=Mode.MERGED,
        sources=sources(names, times),
    )


def sources(names: Iterable[str], times: Iterable[int]) -> Sources:
    readers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return Sources(
        readers=tuple(readers),
        reader=np.array([readers[name] for name in names], np.int32),
        times=np.array(times, np.int64),
        sequences=np.arange(1, len(tuple(names)) + 1),
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


@dataclass(frozen=True)
class PlainRow:
    tile: int
    action: Action
    label: int
    sequence: int
    reader: str
    time: int
    mode: Mode

    def wins(self, time: int) -> bool:
        """Whether it is written over something of that time."""
        return self.mode is not Mode.MERGED or self.time >= time


@dataclass
class PlainTile:
    decided: int = UNLABELLED
    decided_at: int = 0
    skipped: bool = False
    flagged: bool = False
    touched_at: int = 0


@dataclass
class PlainRegisters:
    """A tile while its rows are applied."""

    label: int = UNLABELLED
    label_at: int = 0
    flagged: bool = False
    passed: bool = False
    touched_at: int = 0
    times: dict[str, int] = field(default_factory=lambda: {"label": 0, "flag": 0, "pass": 0})

    def apply(self, row: PlainRow) -> None:
        self.touched_at = row.sequence
        clears, flags = row.action is Action.CLEAR, row.action in (Action.FLAG, Action.UNFLAG)
        if (clears or row.action in LABELS) and self.write("label", row):
            self.label = UNLABELLED if clears else row.label
            self.label_at = 0 if clears else row.sequence
        if (clears or flags) and self.write("flag", row):
            self.flagged = row.action is Action.FLAG
        if not flags and self.write("pass", row):
            self.passed = row.action is Action.SKIP

    def write(self, name: str, row: PlainRow) -> bool:
        if not row.wins(self.times[name]):
            return False
        self.times[name] = max(self.times[name], row.time)
        return True

    @property
    def tile(self) -> PlainTile:
        skipped = self.passed and self.label == UNLABELLED
        return PlainTile(self.label, self.label_at, skipped, self.flagged, self.touched_at)


@dataclass
class PlainOpinions:
    """What readers think of one tile, while its rows are applied."""

    labels: dict[str, int] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    settled: int | None = None

    @property
    def differ(self) -> bool:
        return len(set(self.labels.values())) > 1

    @property
    def disputed(self) -> bool:
        return self.differ and self.settled is None

    def apply(self, row: PlainRow) -> None:
        if row.action not in (*LABELS, Action.CLEAR) or not row.wins(self.times.get(row.reader, 0)):
            return
        self.times[row.reader] = max(self.times.get(row.reader, 0), row.time)
        if row.action is Action.CLEAR:
            self.labels.pop(row.reader, None)
            return
        third = self.disputed and row.reader not in self.labels
        if row.mode is Mode.SETTLING or third:
            self.settled = row.label
        elif row.label != self.settled:
            self.settled = None
        self.labels[row.reader] = row.label


@dataclass
class PlainLog:
    """Two stacks of steps, replayed from the start whenever somebody asks."""

    steps: dict[int, list[PlainRow]] = field(default_factory=dict)
    done: list[int] = field(default_factory=list)
    undone: list[int] = field(default_factory=list)

    def act(self, batch: Batch) -> None:
        self.steps[batch.number] = [
            PlainRow(
                tile=int(batch.tiles[row]),
                action=Action(int(batch.actions[row])),
                label=int(batch.after[row]),
                sequence=batch.first_sequence + row,
                reader=batch.reader_of(row),
                time=as_ticks(batch.time_of(row)),
                mode=batch.mode,
            )
            for row in range(len(batch))
        ]
        self.done.append(batch.number)
        self.undone.clear()

    def undo(self, number: int | None = None) -> None:
        number = self.done[-1] if number is None else number
        self.done.remove(number)
        self.undone.append(number)

    def redo(self) -> None:
        self.done = sorted([*self.done, self.undone.pop()])

    def rows(self, tile: int) -> Iterator[PlainRow]:
        for number in self.done:
            yield from (row for row in self.steps[number] if row.tile == tile)

    def tiles(self, count: int) -> list[PlainTile]:
        registers = [PlainRegisters() for _ in range(count)]
        for tile in range(count):
            for row in self.rows(tile):
                registers[tile].apply(row)
        return [found.tile for found in registers]

    def opinions(self, count: int) -> list[PlainOpinions]:
        opinions = [PlainOpinions() for _ in range(count)]
        for tile in range(count):
            for row in self.rows(tile):
                opinions[tile].apply(row)
        return opinions


def tiles_of(log: VerdictLog) -> list[PlainTile]:
    """The states of a real log in the form of the plain one."""
    states = log.states
    columns = [states.decided, states.decided_at, states.skipped, states.flagged, states.touched_at]
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [PlainTile(*row) for row in rows]


def judges_of(log: VerdictLog) -> list[set[str]]:
    """The names of those who have a standing row on each tile."""
    bits = log.states.judged_by.tolist()
    return [{name for n, name in enumerate(log.readers) if word >> n & 1} for word in bits]
