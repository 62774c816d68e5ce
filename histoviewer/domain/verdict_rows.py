"""The rows of the verdict log as growing columns, so that ten thousand fold as fast as one."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from histoviewer.domain.arrays import Int8, Int64
from histoviewer.domain.batches import Mode
from histoviewer.domain.tile_states import Rows

_ROW: Final = np.dtype(
    [
        ("tile", np.int64),
        ("batch", np.int64),
        ("previous", np.int64),  # sequence of the row before it about the same tile, 0 for none
        ("time", np.int64),  # of the decision, microseconds since 1970
        ("action", np.int8),
        ("after", np.int8),
        ("reader", np.int8),  # number into the log's readers
        ("mode", np.int8),
    ]
)
FIRST_CAPACITY: Final = 1024


class VerdictRows:
    """All rows by sequence number, from 1, each linked to the one before it about its tile.

    One thread appends; another may read rows meanwhile.

    Args:
        count: Number of tiles.
    """

    def __init__(self, count: int) -> None:
        self._rows: Rows = np.zeros(FIRST_CAPACITY, _ROW)  # row 0 stands for 'none'
        self._newest = np.zeros(count, np.int64)
        self.next_sequence = 1

    def append(
        self,
        *,
        batches: Int64,
        tiles: Int64,
        actions: Int8,
        after: Int8,
        times: Int64,
        readers: Int8,
        modes: Int8,
    ) -> Int64:
        """Add rows.

        Args:
            batches: (n,) int64 numbers of the batches they are of.
            tiles: (n,) int64 tile indexes, each at most once in a batch that is not merged.
            actions: (n,) int8 of `Action`.
            after: (n,) int8 labels.
            times: (n,) int64 microseconds since 1970.
            readers: (n,) int8 numbers of the readers.
            modes: (n,) int8 of `Mode`.

        Returns:
            (n,) int64 sequence numbers of the rows.

        Raises:
            ValueError: A tile occurs twice in a batch or does not exist, or the columns differ in
                length. Nothing is added.
        """
        self._check(tiles, actions, after, times, readers)
        order = np.argsort(tiles, kind="stable")
        again = np.flatnonzero(tiles[order[1:]] == tiles[order[:-1]])
        earlier, later = order[again], order[again + 1]
        if ((batches[earlier] == batches[later]) & (modes[later] != Mode.MERGED)).any():
            raise ValueError("a batch names a tile twice")
        start, stop = self.next_sequence, self.next_sequence + len(tiles)
        self._rows = grown(self._rows, stop)
        added = self._rows[start:stop]
        added["tile"], added["batch"] = tiles, batches
        added["action"], added["after"] = actions, after
        added["time"], added["reader"], added["mode"] = times, readers, modes
        added["previous"] = self._newest[tiles]
        added["previous"][later] = start + earlier
        sequence = np.arange(start, stop, dtype=np.int64)
        self._newest[tiles] = sequence  # of rows about one tile the last one wins
        self.next_sequence = stop
        return sequence

    def _check(self, tiles: Int64, *columns: Int8 | Int64) -> None:
        if any(len(column) != len(tiles) for column in columns):
            raise ValueError("the columns of a batch differ in length")
        if len(tiles) and not 0 <= tiles.min() <= tiles.max() < len(self._newest):
            raise ValueError("a batch names a tile that does not exist")

    @property
    def nbytes(self) -> int:
        """Return how much memory the columns take, room for rows to come included."""
        return self._rows.nbytes + self._newest.nbytes

    def of_tile(self, tile: int) -> list[tuple[int, int]]:
        """Return (batch number, sequence) of everything said about a tile, oldest first."""
        found = []
        sequence = int(self._newest[tile])
        while sequence:
            found.append((int(self._rows["batch"][sequence]), sequence))
            sequence = int(self._rows["previous"][sequence])
        return found[::-1]

    def layers(self, tiles: Int64) -> Iterator[Int64]:
        """Yield the sequences of the rows about some tiles so that each tile's come oldest first.

        Each (m,) int64 array holds at most one row a tile, so that it can be applied at once.
        """
        found = []
        sequence = self._newest[tiles]
        while len(sequence := sequence[sequence > 0]):
            found.append(sequence)
            sequence = self._rows["previous"][sequence]
        yield from reversed(found)

    def batches(self, sequence: Int64) -> Int64:
        """Return (m,) int64 batch numbers of rows."""
        return np.asarray(self._rows["batch"][sequence])

    def all(self) -> Rows:
        """Return all rows by sequence; a view, do not write to it."""
        return self._rows[1 : self.next_sequence]

    def content(self, sequence: Int64) -> Rows:
        """Return (m,) rows, structured: tile, batch, time, action, after, reader, mode."""
        return self._rows[sequence]


def grown(array: np.ndarray[Any, Any], length: int) -> np.ndarray[Any, Any]:
    """Return an array of at least `length` items with the same beginning; doubled if it must grow.

    The old one is left as it was, for a thread that still reads it.
    """
    if length <= len(array):
        return array
    larger = np.zeros(max(length, 2 * len(array)), array.dtype)
    larger[: len(array)] = array
    return larger
