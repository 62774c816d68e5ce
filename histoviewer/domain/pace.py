"""How fast reviewing goes, and how much it still finds: when to stop."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Bool, Float64, Int8, Int64
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.tile_states import Rows
from histoviewer.domain.verdicts import Action, Mode, VerdictLog

BIN_S: Final = 300
_PAUSE_S: Final = 120  # between two tiles: who took longer did something else
_LATE: Final = 200  # tiles that tell how fast it goes by now
_FEWEST: Final = 10  # and so many at least
_MICROSECONDS: Final = 1_000_000


@dataclass(frozen=True, kw_only=True, eq=False)
class Pace:
    """Verdicts over time, in bins; bins without a verdict are left out.

    Args:
        starts: (k,) int64 seconds since 1970, UTC, at which the bins begin; ascending.
        verdicts: (k,) int64 rows of the log: a bulk of 300 tiles counts 300.
        steps: (k,) int64 times the reader acted: a bulk counts once, each merged row by itself.
        bin_s: Length of a bin in seconds.
    """

    starts: Int64
    verdicts: Int64
    steps: Int64
    bin_s: int

    @property
    def per_minute(self) -> Float64:
        """Return (k,) float64 steps a minute."""
        return np.asarray(self.steps * (60 / self.bin_s))


@dataclass(frozen=True, kw_only=True, eq=False)
class YieldCurve:
    """Errors found over the tiles looked at; only tiles with a given label can be in error.

    Args:
        looked_at: (k,) int64 1..k: tiles labelled by a reader, in the order of their first label.
        errors: (k,) int64 those of them whose label is not the given one, so far.
    """

    looked_at: Int64
    errors: Int64

    def newest(self, count: int) -> float | None:
        """Return errors per 100 tiles among the newest `count`; None where there are fewer."""
        if len(self.errors) < count:
            return None
        before = self.errors[-count - 1] if len(self.errors) > count else 0
        return 100 * float(self.errors[-1] - before) / count


def pace(log: VerdictLog, *, reader: str | None = None, bin_s: int = BIN_S) -> Pace:
    """Return how many verdicts that stand were given in each bin of time.

    Args:
        log: The verdict log.
        reader: Only this one's; None for all.
        bin_s: Length of a bin in seconds.
    """
    rows = _rows_of(log, reader)
    bins = rows["time"] // (bin_s * _MICROSECONDS)
    numbers, place, verdicts = np.unique(bins, return_inverse=True, return_counts=True)
    steps = np.bincount(place[_begins_step(rows)], minlength=len(numbers))
    return Pace(starts=numbers * bin_s, verdicts=verdicts, steps=steps, bin_s=bin_s)


def tiles_a_minute(log: VerdictLog) -> float | None:
    """Return how many tiles a reader judges a minute by now, one after the other.

    It is by the median time from a verdict to the same reader's next. What was judged many at a
    time or read from a file says nothing of that, and neither does a pause.

    Args:
        log: The verdict log.

    Returns:
        None where fewer than ten tiles tell.
    """
    rows = log.standing_rows()
    sizes = np.bincount(rows["batch"])
    rows = rows[(sizes[rows["batch"]] == 1) & (rows["mode"] != Mode.MERGED)]
    rows = rows[np.lexsort((rows["time"], rows["reader"]))]
    gaps = np.diff(rows["time"]) / _MICROSECONDS
    tells = (np.diff(rows["reader"]) == 0) & (gaps > 0) & (gaps <= _PAUSE_S)
    late = gaps[tells][np.argsort(rows["time"][1:][tells], kind="stable")][-_LATE:]
    return 60 / float(np.median(late)) if len(late) >= _FEWEST else None


def _begins_step(rows: Rows) -> Bool:
    """Return (n,) bool: the first row of its batch, or merged."""
    begins = np.ones(len(rows), bool)
    begins[1:] = rows["batch"][1:] != rows["batch"][:-1]
    return np.asarray(begins | (rows["mode"] == Mode.MERGED))


def yield_curve(log: VerdictLog, given: Int8, *, reader: str | None = None) -> YieldCurve:
    """Return how many errors were found over the tiles looked at.

    A tile counts from its first label on, with the last label that it got.

    Args:
        log: The verdict log.
        given: (N,) int8 given labels.
        reader: Only this one's labels; None for all.
    """
    rows = _rows_of(log, reader)
    action, tiles = rows["action"], rows["tile"]
    gives = (action == Action.CONFIRM) | (action == Action.RELABEL)
    chosen = np.flatnonzero(gives & (given[tiles] != UNLABELLED))
    chosen = chosen[np.argsort(rows["time"][chosen], kind="stable")]
    tiles = tiles[chosen]
    first, last = _first_and_last(tiles, len(given))
    wrong = rows["after"][chosen[last]] != given[tiles[last]]
    errors = np.cumsum(wrong[np.argsort(first)], dtype=np.int64)
    return YieldCurve(looked_at=np.arange(1, len(errors) + 1), errors=errors)


def _first_and_last(tiles: Int64, count: int) -> tuple[Int64, Int64]:
    """Return the places at which each tile comes first and last, in the order of the tiles."""
    places = np.arange(len(tiles))
    first, last = np.full(count, -1), np.full(count, -1)
    first[tiles[::-1]] = places[::-1]  # of several that are written to one place the last one stays
    last[tiles] = places
    looked_at = last >= 0
    return first[looked_at], last[looked_at]


def _rows_of(log: VerdictLog, reader: str | None) -> Rows:
    """Return the rows that stand, of one reader or of all."""
    rows = log.standing_rows()
    return rows if reader is None else rows[rows["reader"] == log.reader_number(reader)]
