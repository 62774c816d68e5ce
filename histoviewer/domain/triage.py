"""What a reader asks to see, and which tiles pass."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int8, Int32, Int64, UInt16, UInt64
from histoviewer.domain.groups import GroupNames
from histoviewer.domain.id_search import IdSearch
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.tiles import ProblemFlag, Split


class SortKey(StrEnum):
    """Orders of the grid; the value is stored in settings and saved views."""

    SCORE_DOWN = "score-down"
    SCORE_UP = "score-up"
    UNCERTAIN = "uncertain"
    DISAGREEMENT = "disagreement"
    LABEL_ISSUE = "label-issue"
    OUTLIER = "outlier"
    NEWEST = "newest"
    GROUP = "group"
    BRIGHTNESS = "brightness"
    RANDOM = "random"
    DATASET = "dataset"

    @property
    def tells_score(self) -> bool:
        """Return whether the order gives the scores away, so that a blind read must not have it."""
        return self in _TELLING_SORTS


_TELLING_SORTS: Final = (
    SortKey.SCORE_DOWN,
    SortKey.SCORE_UP,
    SortKey.UNCERTAIN,
    SortKey.DISAGREEMENT,
    SortKey.LABEL_ISSUE,
)


class State(StrEnum):
    """What became of a tile; the value is stored in settings and saved views."""

    UNDECIDED = "undecided"
    CONFIRMED = "confirmed"
    RELABELLED = "relabelled"
    SKIPPED = "skipped"
    FLAGGED = "flagged"
    QUEUED = "queued"
    LEARNED = "learned"


class Filter(StrEnum):
    """What a query can narrow; the value names the field in saved views and on the screen."""

    SPLIT = "split"
    STATE = "state"
    SCORE = "score"
    GIVEN = "given"
    EFFECTIVE = "effective"
    DISAGREES = "disagrees"
    SUSPECT = "suspect"
    GROUP = "group"
    READER = "reader"
    SEARCH = "search"
    PROBLEM = "problem"

    @property
    def tells_score(self) -> bool:
        """Return whether the filter gives the scores away: a blind read must not have it."""
        return self in _TELLING_FILTERS


_TELLING_FILTERS: Final = (Filter.SCORE, Filter.DISAGREES, Filter.SUSPECT)


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What the reader asked to see. A tile is shown if it passes every filter.

    Args:
        split: Only this split; None for all.
        state: Only tiles in this state; None for all.
        score_low: Lowest score shown, 0-1.
        score_high: Highest score shown, 0-1. Unscored tiles are shown only with the full range.
        given: Only tiles with this given label, `UNLABELLED` for those without; None for all.
        effective: As `given`, of the effective label.
        disagrees: Only tiles on which model and label disagree (True) or agree (False).
        suspect: Only tiles whose label confident learning counts among the wrong ones (True), or
            not (False).
        group: Only tiles of the group of this name, '' for those of no known group.
        reader: Only tiles on which this reader has a standing verdict.
        search: Only tiles whose id holds this, upper and lower case alike; '' for all.
        problem: Only tiles with any of these problems; None for all.
        sort: The order.
        seed: Seed of the random order.
    """

    split: Split | None = None
    state: State | None = None
    score_low: float = 0.0
    score_high: float = 1.0
    given: int | None = None
    effective: int | None = None
    disagrees: bool | None = None
    suspect: bool | None = None
    group: str | None = None
    reader: str | None = None
    search: str = ""
    problem: ProblemFlag | None = None
    sort: SortKey = SortKey.SCORE_DOWN
    seed: int = 0

    @property
    def needs_suspects(self) -> bool:
        """Return whether label errors must have been looked for."""
        return self.sort is SortKey.LABEL_ISSUE or self.suspect is not None

    @property
    def is_filtered(self) -> bool:
        """Return whether the query may hide tiles."""
        return self.unfiltered != self

    @property
    def unfiltered(self) -> "Query":
        """Return the query without its filters, in the same order."""
        return Query(sort=self.sort, seed=self.seed)

    @property
    def unbiased(self) -> "Query":
        """Return the query without what gives scores away; in random order where that told them."""
        query = self
        for which in _TELLING_FILTERS:
            query = query.without(which)
        return replace(query, sort=SortKey.RANDOM) if query.sort.tells_score else query

    def without(self, which: Filter) -> "Query":
        """Return the query without one of its filters."""
        usual = Query()
        names = ("score_low", "score_high") if which is Filter.SCORE else (which.value,)
        return replace(self, **{name: getattr(usual, name) for name in names})

    def having(self, which: Filter, value: Any) -> "Query":  # noqa: ANN401 - each has its own type
        """Return the query with another value of one of its filters, but for that on the score."""
        return replace(self, **{which.value: value})

    @property
    def filters(self) -> tuple[Filter, ...]:
        """Return the filters that are set."""
        return _filters_of(self)


@lru_cache(maxsize=64)  # asked on each paint and after each verdict
def _filters_of(query: Query) -> tuple[Filter, ...]:
    return tuple(which for which in Filter if query.without(which) != query)


@dataclass(frozen=True, kw_only=True, eq=False)
class TriageColumns:
    """What filters and sorts look at; all arrays are (N,).

    Args:
        ids: Finds tiles by their id.
        splits: int8 of `Split`.
        given: int8 given labels.
        decided: int8 labels given by readers, `UNLABELLED` where none.
        skipped: Passed over.
        flagged: Marked for a second look.
        queued: Waiting for retraining.
        learned: The champion was trained on the tile.
        touched_at: int64 sequence of the newest verdict, 0 where none.
        judged_by: uint64; bit r is set where `readers[r]` has a standing verdict.
        scores: float32 probability of the positive class, NaN where unscored.
        groups: int32 group numbers, -1 where unknown.
        problems: uint16 of `ProblemFlag`.
        brightness: float32 mean of the packed pixels, 0-1; None until it is known.
        label_quality: float32 out-of-sample probability of the label, 0-1, NaN where none is
            judged; None until label errors have been looked for.
        suspect: bool: the label is probably wrong; None as before.
        outlier: float32 how strange a tile looks, the most positive the strangest; None until that
            has been worked out.
        readers: Names of the readers, by bit.
        group_names: The groups that the numbers stand for.
        threshold: Score from which a tile counts as predicted positive.
    """

    ids: IdSearch
    splits: Int8
    given: Int8
    decided: Int8
    skipped: Bool
    flagged: Bool
    queued: Bool
    learned: Bool
    touched_at: Int64
    judged_by: UInt64
    scores: Float32
    groups: Int32
    problems: UInt16
    brightness: Float32 | None = None
    label_quality: Float32 | None = None
    suspect: Bool | None = None
    outlier: Float32 | None = None
    readers: tuple[str, ...] = ()
    group_names: GroupNames = field(default_factory=GroupNames)
    threshold: float = 0.5

    def __len__(self) -> int:
        """Return the number of tiles."""
        return len(self.given)

    def take(self, tiles: Int64) -> "TriageColumns":
        """Return copies of the rows of some tiles."""
        arrays = {name: getattr(self, name)[tiles] for name in (*_TOLD, *_SETTLED)}
        measured = {name: getattr(self, name) for name in (*_JUDGED, *_MEASURED)}
        arrays |= {name: each[tiles] for name, each in measured.items() if each is not None}
        return replace(self, ids=self.ids.take(tiles), **arrays)

    def put(self, tiles: Int64, newer: "TriageColumns") -> None:
        """Write what verdicts changed of some tiles into the arrays, in place.

        Args:
            tiles: (n,) the tiles.
            newer: Their rows, in the same order.
        """
        for name in _TOLD:
            getattr(self, name)[tiles] = getattr(newer, name)
        for name in _JUDGED:
            known, told = getattr(self, name), getattr(newer, name)
            if known is not None and told is not None:
                known[tiles] = told

    @property
    def effective(self) -> Int8:
        """Return (N,) int8: the newest verdict, else the given label."""
        return np.where(self.decided != UNLABELLED, self.decided, self.given)

    @property
    def comparable(self) -> Bool:
        """Return (N,) bool: labelled and scored, so that model and label can be compared."""
        return np.asarray((self.effective != UNLABELLED) & ~np.isnan(self.scores))

    @property
    def disagrees(self) -> Bool:
        """Return (N,) bool: labelled and scored, and the model says the other class."""
        predicted = self.scores >= np.float32(self.threshold)
        return np.asarray(self.comparable & (predicted != (self.effective == 1)))

    def in_state(self, state: State) -> Bool:
        """Return (N,) bool: the tiles in a state."""
        decided = self.decided != UNLABELLED
        match state:
            case State.UNDECIDED:
                return np.asarray(~decided & ~self.skipped)
            case State.CONFIRMED:
                return np.asarray(decided & (self.decided == self.given))
            case State.RELABELLED:
                return np.asarray(decided & (self.decided != self.given))
            case State.SKIPPED:
                return self.skipped
            case State.FLAGGED:
                return self.flagged
            case State.QUEUED:
                return self.queued
            case State.LEARNED:
                return self.learned


# What verdicts change, and what they do not; then the same of what may not be known.
_TOLD: Final = ("decided", "skipped", "flagged", "queued", "touched_at", "judged_by")
_SETTLED: Final = ("splits", "given", "learned", "scores", "groups", "problems")
_JUDGED: Final = ("label_quality", "suspect")
_MEASURED: Final = ("brightness", "outlier")


def matches(query: Query, columns: TriageColumns) -> Bool:
    """Return (N,) bool: the tiles that pass every filter of the query."""
    passed = np.ones(len(columns), bool)
    for which in query.filters:
        passed &= passes(which, query, columns)
    return passed


def passes(which: Filter, query: Query, columns: TriageColumns) -> Bool:
    """Return (N,) bool: the tiles that pass one filter, which the query sets."""
    return np.asarray(_PASSES[which](query, columns))


def _in_state(query: Query, columns: TriageColumns) -> Bool:
    assert query.state is not None
    return columns.in_state(query.state)


def _in_range(query: Query, columns: TriageColumns) -> Bool:
    low, high = np.float32(query.score_low), np.float32(query.score_high)
    return np.asarray((columns.scores >= low) & (columns.scores <= high))


def _compares(query: Query, columns: TriageColumns) -> Bool:
    disagrees = columns.disagrees
    return disagrees if query.disagrees else columns.comparable & ~disagrees


def _suspect(query: Query, columns: TriageColumns) -> Bool:
    known = np.zeros(len(columns), bool) if columns.suspect is None else columns.suspect
    return known if query.suspect else ~known


def _reader_bit(name: str | None, columns: TriageColumns) -> np.uint64:
    """Return the bit of a reader; 0 for a name that nobody has."""
    return np.uint64(1 << columns.readers.index(name) if name in columns.readers else 0)


_PASSES: Final[Mapping[Filter, Callable[[Query, TriageColumns], Bool]]] = {
    Filter.SPLIT: lambda query, columns: columns.splits == query.split,
    Filter.STATE: _in_state,
    Filter.SCORE: _in_range,
    Filter.GIVEN: lambda query, columns: columns.given == query.given,
    Filter.EFFECTIVE: lambda query, columns: columns.effective == query.effective,
    Filter.DISAGREES: _compares,
    Filter.SUSPECT: _suspect,
    Filter.GROUP: lambda query, columns: (
        columns.groups == columns.group_names.number(query.group or "")
    ),
    Filter.READER: lambda query, columns: (
        (columns.judged_by & _reader_bit(query.reader, columns)) != 0
    ),
    Filter.SEARCH: lambda query, columns: columns.ids.find(query.search),
    Filter.PROBLEM: lambda query, columns: (columns.problems & np.uint16(query.problem or 0)) != 0,
}
