"""Which tiles the grid shows, and in what order."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int8, Int32, Int64
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.tiles import Split


class SortKey(StrEnum):
    """Orders of the grid; the value is stored in settings."""

    SCORE_DOWN = "score-down"
    SCORE_UP = "score-up"
    UNCERTAIN = "uncertain"
    DISAGREEMENT = "disagreement"
    NEWEST = "newest"
    GROUP = "group"
    RANDOM = "random"
    DATASET = "dataset"


class StateFilter(StrEnum):
    """What a tile must be to be shown; the value is stored in settings."""

    ANY = "any"
    UNDECIDED = "undecided"
    CONFIRMED = "confirmed"
    RELABELLED = "relabelled"
    SKIPPED = "skipped"
    FLAGGED = "flagged"
    QUEUED = "queued"
    DISAGREES = "disagrees"
    PROBLEM = "problem"


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What the reader asked to see.

    Args:
        split: Only this split; None for all.
        state: Only tiles in this state.
        score_low: Lowest score shown, 0-1.
        score_high: Highest score shown, 0-1. Unscored tiles are shown only with the full range.
        sort: The order.
        seed: Seed of the random order.
    """

    split: Split | None = None
    state: StateFilter = StateFilter.ANY
    score_low: float = 0.0
    score_high: float = 1.0
    sort: SortKey = SortKey.SCORE_DOWN
    seed: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class TriageColumns:
    """What filters and sorts look at; all arrays are (N,).

    Args:
        splits: int8 of `Split`.
        given: int8 given labels.
        decided: int8 labels given by readers, `UNLABELLED` where none.
        skipped: Passed over.
        flagged: Marked for a second look.
        queued: Waiting for retraining.
        touched_at: int64 sequence of the newest verdict, 0 where none.
        scores: float32 probability of the positive class, NaN where unscored.
        groups: int32 group numbers, -1 where unknown.
        problem: Something is wrong with the tile.
        threshold: Score from which a tile counts as predicted positive.
    """

    splits: Int8
    given: Int8
    decided: Int8
    skipped: Bool
    flagged: Bool
    queued: Bool
    touched_at: Int64
    scores: Float32
    groups: Int32
    problem: Bool
    threshold: float = 0.5

    @property
    def effective(self) -> Int8:
        """Return (N,) int8: the newest verdict, else the given label."""
        return np.where(self.decided != UNLABELLED, self.decided, self.given)

    @property
    def disagrees(self) -> Bool:
        """Return (N,) bool: labelled and scored, and the model says the other class."""
        effective = self.effective
        predicted = self.scores >= self.threshold
        known = (effective != UNLABELLED) & ~np.isnan(self.scores)
        return np.asarray(known & (predicted != (effective == 1)))


def arrange(query: Query, columns: TriageColumns) -> Int64:
    """Return the indexes of the tiles to show, in order.

    Ties are broken by index, so the same query over the same columns gives the same order; tiles
    without a value to sort by come last.
    """
    shown = np.flatnonzero(matches(query, columns))
    key = _sort_key(query, columns)
    return shown if key is None else shown[np.argsort(key[shown], kind="stable")]


def matches(query: Query, columns: TriageColumns) -> Bool:
    """Return (N,) bool: the tiles that pass every filter of the query."""
    passed = _state(query.state, columns)
    if query.split is not None:
        passed = passed & (columns.splits == query.split)
    if query.score_low > 0 or query.score_high < 1:
        low, high = np.float32(query.score_low), np.float32(query.score_high)
        passed = passed & (columns.scores >= low) & (columns.scores <= high)
    return passed


def _state(state: StateFilter, columns: TriageColumns) -> Bool:
    decided = columns.decided != UNLABELLED
    match state:
        case StateFilter.ANY:
            return np.ones(len(columns.given), bool)
        case StateFilter.UNDECIDED:
            return np.asarray(~decided & ~columns.skipped)
        case StateFilter.CONFIRMED:
            return np.asarray(decided & (columns.decided == columns.given))
        case StateFilter.RELABELLED:
            return np.asarray(decided & (columns.decided != columns.given))
        case StateFilter.SKIPPED:
            return columns.skipped
        case StateFilter.FLAGGED:
            return columns.flagged
        case StateFilter.QUEUED:
            return columns.queued
        case StateFilter.DISAGREES:
            return columns.disagrees
        case StateFilter.PROBLEM:
            return columns.problem


def _sort_key(query: Query, columns: TriageColumns) -> np.ndarray | None:
    """Return (N,) values to sort by ascending, NaN last; None for the order of the data set."""
    scores = columns.scores
    match query.sort:
        case SortKey.DATASET:
            return None
        case SortKey.SCORE_DOWN:
            return -scores
        case SortKey.SCORE_UP:
            return scores
        case SortKey.UNCERTAIN:
            return np.asarray(np.abs(scores - np.float32(columns.threshold)))
        case SortKey.DISAGREEMENT:
            effective = columns.effective
            gap = np.abs(scores - effective.astype(np.float32))
            return -np.where(effective == UNLABELLED, np.float32(np.nan), gap)
        case SortKey.NEWEST:
            return -columns.touched_at
        case SortKey.GROUP:
            return np.where(columns.groups < 0, np.iinfo(np.int32).max, columns.groups)
        case SortKey.RANDOM:
            return np.random.default_rng(query.seed).permutation(len(scores))
