"""What each reader thinks of each tile, and on which tiles readers differ.

A reader's opinion is the newest label they gave that stands and that they did not clear. A tile is
disputed while two readers' opinions differ, unless it was settled: by a settling batch, or by a
label of somebody without an opinion so far, given while it was disputed. A later label that differs
from the settled one opens it again.
"""

from dataclasses import dataclass

import numpy as np

from histoviewer.domain.arrays import Bool, Int8, Int64
from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED
from histoviewer.domain.tile_states import Rows
from histoviewer.domain.verdicts import Action, Mode, VerdictLog


@dataclass(frozen=True, kw_only=True, eq=False)
class Opinions:
    """The opinions of R readers about n tiles.

    Args:
        readers: Their names, in the order of `VerdictLog.readers`.
        labels: (R, n) int8 newest standing label of each reader, `UNLABELLED` where none.
        disputed: (n,) bool: readers differ, and nobody settled it since.
    """

    readers: tuple[str, ...]
    labels: Int8
    disputed: Bool


def read_opinions(log: VerdictLog, tiles: Int64 | None = None) -> Opinions:
    """Return what the readers of a log think. Safe in another thread than the one that appends.

    Args:
        log: The verdict log.
        tiles: (n,) indexes, each at most once; None for all tiles.

    Returns:
        The opinions, columns in the order of `tiles`.
    """
    count = len(log.states.decided)
    chosen = np.arange(count) if tiles is None else np.asarray(tiles, np.int64)
    column_of = np.zeros(count, np.int64)
    column_of[chosen] = np.arange(len(chosen))
    through, readers = log.last_sequence, log.readers  # every row so far is of one of them
    fold = _Fold(len(readers), len(chosen))
    for rows, _ in log.standing(chosen, through=through):
        fold.apply(rows, column_of[rows["tile"]])
    return Opinions(
        readers=readers,
        labels=fold.labels,
        disputed=fold.differs(slice(None)) & (fold.settled == UNLABELLED),
    )


def disputed_tiles(log: VerdictLog) -> Int64:
    """Return the indexes of the disputed tiles, ascending.

    Looks only at tiles that two readers labelled, so it costs little where few are read twice.
    """
    labelled = log.states.labelled_by
    several = np.flatnonzero(labelled & (labelled - np.uint64(1)))
    return several[read_opinions(log, several).disputed]


class _Fold:
    """Opinions and settlements while rows are applied, the oldest first.

    Args:
        readers: Number of readers.
        count: Number of tiles.
    """

    def __init__(self, readers: int, count: int) -> None:
        self.labels = np.full((readers, count), UNLABELLED, np.int8)
        self.settled = np.full(count, UNLABELLED, np.int8)  # the label it was settled with
        self._times = np.zeros((readers, count), np.int64)

    def differs(self, columns: Int64 | slice) -> Bool:
        """Return (m,) bool: some reader says positive and another negative."""
        labels = self.labels[:, columns]
        return np.asarray((labels == POSITIVE).any(axis=0) & (labels == NEGATIVE).any(axis=0))

    def apply(self, rows: Rows, columns: Int64) -> None:
        """Apply rows, at most one a tile, to the columns of their tiles."""
        action = rows["action"]
        gives = (action == Action.CONFIRM) | (action == Action.RELABEL)
        concerned = gives | (action == Action.CLEAR)
        newer = concerned & self._are_newer(rows, columns)
        rows, columns, gives = rows[newer], columns[newer], gives[newer]
        self._settle(rows[gives], columns[gives])
        reader = rows["reader"]
        self.labels[reader, columns] = np.where(gives, rows["after"], UNLABELLED)
        self._times[reader, columns] = np.maximum(self._times[reader, columns], rows["time"])

    def _are_newer(self, rows: Rows, columns: Int64) -> Bool:
        """Return (m,) bool: not older than what their reader said last, or said here."""
        here = rows["mode"] != Mode.MERGED
        return np.asarray(here | (rows["time"] >= self._times[rows["reader"], columns]))

    def _settle(self, rows: Rows, columns: Int64) -> None:
        """Note what labels settle, or open again, before they count as opinions."""
        after, settled = rows["after"], self.settled[columns]
        is_new = self.labels[rows["reader"], columns] == UNLABELLED
        disputed = self.differs(columns) & (settled == UNLABELLED)
        settles = (rows["mode"] == Mode.SETTLING) | (disputed & is_new)
        opens = (settled != UNLABELLED) & (after != settled)
        kept = np.where(opens, UNLABELLED, settled)
        self.settled[columns] = np.where(settles, after, kept)
