"""What readers decided: batches of verdicts, and the fold of their log into labels.

The log is append-only. A batch is one action of a reader, on one tile or on ten thousand, and one
step of undo. Undo appends a batch that names the one it takes back; redo appends one that takes
back the undo. The state of a tile follows from its rows in batches that are not taken back.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Int8, Int64
from histoviewer.domain.batches import Action, Batch, Mode, Sources, as_ticks
from histoviewer.domain.tile_states import Rows, TileStates
from histoviewer.domain.verdict_rows import FIRST_CAPACITY, VerdictRows, grown
from histoviewer.errors import InputError

__all__ = [
    "MOST_READERS",
    "Action",
    "Batch",
    "Mode",
    "Sources",
    "TileStates",
    "VerdictLog",
    "check_readers",
]

# Readers are bits of a 64-bit word a tile.
MOST_READERS: Final = 64


class VerdictLog:
    """The verdict log of a project in memory: appending, undo, redo, and the states they lead to.

    It belongs to the thread that reviews. Another thread may call `history`, `standing` and
    `standing_rows`: it sees all batches up to some moment.

    Args:
        count: Number of tiles.
    """

    def __init__(self, count: int) -> None:
        self.batches: list[Batch] = []
        self.states = TileStates.blank(count)
        self._rows = VerdictRows(count)
        self._done: list[int] = []  # batches that stand, oldest first
        self._undone: list[tuple[int, int]] = []  # (batch taken back, batch that took it back)
        self._taken_back = np.zeros(FIRST_CAPACITY, bool)  # by number of the batch
        self._reversals: dict[int, list[int]] = {}  # batch: what took it back, brought it back, …
        self._readers: dict[str, int] = {}

    @property
    def readers(self) -> tuple[str, ...]:
        """Return the names of all who judged tiles, in the order in which they first did."""
        return tuple(self._readers)

    def reader_bit(self, reader: str) -> np.uint64:
        """Return a reader's bit in `TileStates.judged_by`; 0 for one who has judged nothing."""
        number = self.reader_number(reader)
        return np.uint64(0) if number < 0 else np.uint64(1 << number)

    @property
    def nbytes(self) -> int:
        """Return how much memory the rows take: in the batches, and as columns."""
        return self._rows.nbytes + sum(batch.nbytes for batch in self.batches)

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
        return not bool(self._taken_back[batch.number])

    def stood(self, number: int, *, step: int) -> bool:
        """Return whether a batch of verdicts was in force when batch `step` was the newest."""
        return number <= step and bisect_right(self._reversals.get(number, []), step) % 2 == 0

    def can_take_back(self, number: int) -> bool:
        """Return whether there is such a batch of verdicts, and it stands."""
        place = bisect_left(self._done, number)
        return place < len(self._done) and self._done[place] == number

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
            InputError: It is by one reader more than can be told apart. The log is as it was.
        """
        self._check_next([batch])
        sequence = self._append_rows([batch])
        tiles = self._enter(batch)
        if batch.undoes is None and batch.mode is not Mode.MERGED:
            self.states.apply(self._rows.content(sequence), sequence)
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
        self._refold(np.unique(np.concatenate([self._enter(batch) for batch in batches])))

    def standing_rows(self) -> Rows:
        """Return all rows that stand, structured as in `VerdictRows`, by sequence."""
        rows = self._rows.all()
        return np.asarray(rows[~self._taken_back[rows["batch"]]])

    def reader_number(self, reader: str) -> int:
        """Return a reader's place among `readers`; -1 for one who has judged nothing."""
        return self._readers.get(reader, -1)

    def _check_next(self, batches: Sequence[Batch]) -> None:
        number, sequence = self.next_number, self.next_sequence
        for batch in batches:
            if (batch.number, batch.first_sequence) != (number, sequence):
                raise ValueError(f"batch {batch.number} is not the next one, {number}")
            if batch.undoes is not None and len(batch):
                raise ValueError(f"batch {number} takes back another, so it can have no rows")
            if (batch.sources is not None) != (batch.mode is Mode.MERGED):
                raise ValueError(f"batch {number}: merged batches have sources, others do not")
            number, sequence = number + 1, sequence + len(batch)

    def _append_rows(self, batches: Sequence[Batch]) -> Int64:
        lengths = np.array([len(batch.tiles) for batch in batches])
        known = dict(self._readers)
        readers = _number_readers(known, batches, lengths)
        self._taken_back = grown(self._taken_back, batches[-1].number + 1)
        before, self._readers = self._readers, known  # first, for who reads in another thread
        try:
            return self._rows.append(
                batches=np.repeat([batch.number for batch in batches], lengths),
                tiles=np.concatenate([batch.tiles for batch in batches]),
                actions=np.concatenate([batch.actions for batch in batches]),
                after=np.concatenate([batch.after for batch in batches]),
                times=_times(batches, lengths),
                readers=readers,
                modes=np.repeat(np.array([batch.mode for batch in batches], np.int8), lengths),
            )
        except ValueError:
            self._readers = before
            raise

    def _enter(self, batch: Batch) -> Int64:
        """Note what a batch means for undo and redo; return the tiles it concerns."""
        concerned = batch
        if batch.undoes is not None:
            concerned = self.batches[self._reverse(batch.number, batch.undoes) - 1]
        else:
            self._done.append(batch.number)
            self._undone.clear()  # as everywhere: a new step ends what could be redone
        self.batches.append(batch)
        return concerned.distinct_tiles

    def _reverse(self, number: int, target: int) -> int:
        """Take a batch back, or bring it back where `target` is its undo; return its number."""
        if self._undone and self._undone[-1][1] == target:  # a redo takes back the newest undo
            brought_back = self._undone.pop()[0]
            self._reversals[brought_back].append(number)
            self._taken_back[brought_back] = False
            insort(self._done, brought_back)
            return brought_back
        if not self.can_take_back(target):
            raise ValueError(f"batch {target} cannot be taken back")
        del self._done[bisect_left(self._done, target)]
        self._taken_back[target] = True
        self._reversals.setdefault(target, []).append(number)
        self._undone.append((target, number))
        return target

    def _refold(self, tiles: Int64) -> None:
        """Work out the states of some tiles again from all their rows that stand."""
        self.states.reset(tiles)
        for rows, sequence in self.standing(tiles):
            self.states.apply(rows, sequence)

    def standing(self, tiles: Int64, *, through: int | None = None) -> Iterator[tuple[Rows, Int64]]:
        """Yield the rows about some tiles that stand, each tile's oldest first.

        Args:
            tiles: (n,) indexes, each at most once.
            through: Sequence number of the newest row to yield, for who reads while another thread
                appends; None for all.

        Yields:
            (m,) rows of `VerdictRows`, at most one a tile, and their (m,) sequence numbers.
        """
        for layer in self._rows.layers(tiles):
            rows = self._rows.content(layer)
            stands = ~self._taken_back[rows["batch"]]
            if through is not None:
                stands &= layer <= through
            yield rows[stands], layer[stands]

    def states_at(self, tiles: Int64, *, step: int) -> TileStates:
        """Return what was said of some tiles when batch `step` was the newest.

        Args:
            tiles: (n,) indexes, ascending.
            step: Number of the batch; 0 for before all of them.

        Returns:
            States whose arrays are (n,), in the order of `tiles`.
        """
        states = TileStates.blank(len(tiles))
        for layer in self._rows.layers(tiles):
            rows = self._rows.content(layer)
            batches, of_row = np.unique(rows["batch"], return_inverse=True)
            stood = np.array([self.stood(number, step=step) for number in batches.tolist()], bool)
            kept = stood[of_row]
            rows = rows[kept]  # a copy
            rows["tile"] = np.searchsorted(tiles, rows["tile"])
            states.apply(rows, layer[kept])
        return states


def check_readers(count: int) -> None:
    """Refuse verdicts of more readers than can be told apart.

    Raises:
        InputError: There would be so many.
    """
    if count > MOST_READERS:
        raise InputError(
            f"The project would have verdicts of {count} readers, but no more than "
            f"{MOST_READERS} can be told apart.",
            "Give the verdicts under a name that the project knows.",
        )


def _number_readers(known: dict[str, int], batches: Sequence[Batch], lengths: Int64) -> Int8:
    """Return (n,) int8 numbers of those who decided each row, adding who is new to `known`.

    Raises:
        InputError: There is one more than can be told apart.
    """
    merged: list[tuple[int, Int64]] = []
    first = []
    for row, batch in zip(_starts(lengths), batches, strict=True):
        if batch.sources is not None:
            names = [known.setdefault(name, len(known)) for name in batch.sources.readers]
            merged.append((row, np.array(names)[batch.sources.reader]))
        # Who only takes back steps has judged nothing.
        first.append(known.setdefault(batch.reader, len(known)) if _judges(batch) else 0)
    check_readers(len(known))
    found = np.repeat(np.array(first, np.int8), lengths)
    for row, numbers in merged:
        found[row : row + len(numbers)] = numbers
    return found


def _judges(batch: Batch) -> bool:
    return batch.undoes is None and batch.sources is None


def _times(batches: Sequence[Batch], lengths: Int64) -> Int64:
    """Return (n,) int64 microseconds since 1970 at which the rows were decided."""
    found = np.repeat(np.array([as_ticks(batch.when) for batch in batches]), lengths)
    for row, batch in zip(_starts(lengths), batches, strict=True):
        if batch.sources is not None:
            found[row : row + len(batch)] = batch.sources.times
    return found


def _starts(lengths: Int64) -> list[int]:
    """Return the place of each batch's first row."""
    starts: list[int] = (np.cumsum(lengths) - lengths).tolist()
    return starts
