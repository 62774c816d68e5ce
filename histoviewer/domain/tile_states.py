"""What a verdict log says of every tile: three last-writer-wins registers a tile, by numpy.

A tile has a label, a flag and a mark of being passed over. Each is a register that keeps the time
of what was written last (Shapiro et al. 2011, 'Conflict-free replicated data types'). What a reader
does here is always written, and moves the register's time on but never back: a clock that was set
back loses no verdict (a hybrid clock, Kulkarni et al. 2014). What is merged from elsewhere is
written where it is not older. So it does not matter in which order several machines are merged.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from histoviewer.domain.arrays import Bool, Int8, Int64, UInt64
from histoviewer.domain.batches import Action, Mode
from histoviewer.domain.labels import UNLABELLED

Rows = NDArray[np.void]  # structured: what `VerdictRows` holds of each row


@dataclass(frozen=True, kw_only=True, eq=False)
class TileStates:
    """What the log says of every tile now. Arrays are (N,), and only the `VerdictLog` writes them.

    Args:
        decided: int8 label a reader gave; `UNLABELLED` where undecided.
        decided_at: int64 sequence of the row that gave it; 0 where undecided.
        skipped: Passed over for now and not decided.
        flagged: Marked for a second look.
        touched_at: int64 sequence of the newest standing row; 0 where none.
        judged_by: uint64, bit r set where reader r of the log has a standing row.
        labelled_by: uint64, bit r set where reader r gave a label and did not clear it here since:
            all readers whose opinion stands, and those who cleared it elsewhere.
        passed: Passed over, whether decided or not.
        label_times: int64 microseconds at which the label was written; 0 where never.
        flag_times: The same of the flag.
        pass_times: The same of the mark of being passed over.
    """

    decided: Int8
    decided_at: Int64
    skipped: Bool
    flagged: Bool
    touched_at: Int64
    judged_by: UInt64
    labelled_by: UInt64
    passed: Bool
    label_times: Int64
    flag_times: Int64
    pass_times: Int64

    @classmethod
    def blank(cls, count: int) -> "TileStates":
        """Return the states of `count` tiles that nobody has looked at."""
        return cls(
            decided=np.full(count, UNLABELLED, np.int8),
            decided_at=np.zeros(count, np.int64),
            skipped=np.zeros(count, bool),
            flagged=np.zeros(count, bool),
            touched_at=np.zeros(count, np.int64),
            judged_by=np.zeros(count, np.uint64),
            labelled_by=np.zeros(count, np.uint64),
            passed=np.zeros(count, bool),
            label_times=np.zeros(count, np.int64),
            flag_times=np.zeros(count, np.int64),
            pass_times=np.zeros(count, np.int64),
        )

    def effective(self, given: Int8) -> Int8:
        """Return (N,) int8: the newest verdict, else the given label."""
        return np.where(self.decided != UNLABELLED, self.decided, given)

    def effective_of(self, tiles: Int64, given: Int8) -> Int8:
        """Return (n,) int8: the effective labels of some tiles, without a look at the others.

        Args:
            tiles: (n,) indexes.
            given: (N,) int8 given labels of all tiles.
        """
        decided = self.decided[tiles]
        return np.where(decided != UNLABELLED, decided, given[tiles])

    def reset(self, tiles: Int64) -> None:
        """Forget everything about some tiles. For the `VerdictLog` that owns the states."""
        self.decided[tiles] = UNLABELLED
        for column in (
            self.decided_at,
            self.skipped,
            self.flagged,
            self.touched_at,
            self.judged_by,
            self.labelled_by,
            self.passed,
            self.label_times,
            self.flag_times,
            self.pass_times,
        ):
            column[tiles] = 0

    def apply(self, rows: Rows, sequence: Int64) -> None:
        """Apply rows, at most one a tile, newer in the log than all applied to these tiles before.

        For the `VerdictLog` that owns the states.

        Args:
            rows: (n,) rows of `VerdictRows`.
            sequence: (n,) int64 their sequence numbers.
        """
        tiles, action = rows["tile"], rows["action"]
        clears = action == Action.CLEAR
        labels = (action == Action.CONFIRM) | (action == Action.RELABEL)
        written = _write(self.label_times, rows, labels | clears)
        self.decided[tiles[written]] = np.where(clears, UNLABELLED, rows["after"])[written]
        self.decided_at[tiles[written]] = np.where(clears, 0, sequence)[written]
        flags = (action == Action.FLAG) | (action == Action.UNFLAG)
        written = _write(self.flag_times, rows, flags | clears)
        self.flagged[tiles[written]] = action[written] == Action.FLAG
        written = _write(self.pass_times, rows, ~flags)
        self.passed[tiles[written]] = action[written] == Action.SKIP
        self.skipped[tiles] = self.passed[tiles] & (self.decided[tiles] == UNLABELLED)
        self.touched_at[tiles] = sequence
        self._note_readers(rows, labels, clears & (rows["mode"] != Mode.MERGED))

    def _note_readers(self, rows: Rows, labels: Bool, clears: Bool) -> None:
        tiles, bits = rows["tile"], np.uint64(1) << rows["reader"].astype(np.uint64)
        self.judged_by[tiles] |= bits
        self.labelled_by[tiles[labels]] |= bits[labels]
        self.labelled_by[tiles[clears]] &= ~bits[clears]


def _write(times: Int64, rows: Rows, concerned: Bool) -> Bool:
    """Move a register's times on; return which of the concerned rows are written to it."""
    tiles, time = rows["tile"], rows["time"]
    here = rows["mode"] != Mode.MERGED
    written = np.asarray(concerned & (here | (time >= times[tiles])))
    times[tiles[written]] = np.maximum(times[tiles], time)[written]
    return written
