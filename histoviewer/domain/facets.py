"""How many tiles each value of each filter would show: the counts beside the filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from histoviewer.domain.arrays import Bool, Float32, Int8, Int64
from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED
from histoviewer.domain.tiles import ProblemFlag, Split
from histoviewer.domain.triage import Filter, Query, State, TriageColumns, passes

SCORE_BINS: Final = 40

_STATES: Final = tuple(State)
_LABELS: Final = (UNLABELLED, NEGATIVE, POSITIVE)
_BITS: Final = len(ProblemFlag.__members__) - 1  # without NONE


@dataclass(frozen=True, kw_only=True, eq=False)
class Facets:
    """Counts of tiles that match all *other* filters, so that they say what a choice would show.

    Counts of a set of tiles are the sum of those of its parts: what a verdict changes is found by
    counting the tiles concerned, before and after.

    Args:
        shown: Tiles that match every filter.
        totals: By filter, tiles that match all others: what its value 'all' would show.
        counts: By filter, int64 counts of its values; see `of_split` and so on for their places.
            The scores are counted in `SCORE_BINS` equal bins from 0 to 1.
    """

    shown: int
    totals: Mapping[Filter, int]
    counts: Mapping[Filter, Int64]

    def changed_by(self, *, before: "Facets", after: "Facets") -> "Facets":
        """Return the counts after some tiles changed.

        Args:
            before: Counts of these tiles alone, as they were.
            after: Counts of these tiles alone, as they are.
        """
        return Facets(
            shown=self.shown + after.shown - before.shown,
            totals={
                which: total + after.totals[which] - before.totals[which]
                for which, total in self.totals.items()
            },
            counts={
                which: counts + after.counts[which] - before.counts[which]
                for which, counts in self.counts.items()
            },
        )

    @property
    def histogram(self) -> Int64:
        """Return (SCORE_BINS,) int64: how the scores are spread."""
        return self.counts[Filter.SCORE]

    def of_split(self, split: Split) -> int:
        """Return the count of a split."""
        return int(self.counts[Filter.SPLIT][split + 1])

    def of_state(self, state: State) -> int:
        """Return the count of a state."""
        return int(self.counts[Filter.STATE][_STATES.index(state)])

    def of_given(self, label: int) -> int:
        """Return the count of a given label."""
        return int(self.counts[Filter.GIVEN][label + 1])

    def of_effective(self, label: int) -> int:
        """Return the count of an effective label."""
        return int(self.counts[Filter.EFFECTIVE][label + 1])

    def of_disagrees(self, disagrees: bool) -> int:  # noqa: FBT001 - a value like the others
        """Return the count of tiles on which model and label agree, or disagree."""
        return int(self.counts[Filter.DISAGREES][int(disagrees)])

    def of_suspect(self, suspect: bool) -> int:  # noqa: FBT001 - a value like the others
        """Return the count of tiles whose label is suspect, or is not."""
        return int(self.counts[Filter.SUSPECT][int(suspect)])

    def of_group(self, number: int) -> int:
        """Return the count of a group, by its number; -1 for tiles of no known group."""
        return int(self.counts[Filter.GROUP][number + 1])

    def of_reader(self, bit: int) -> int:
        """Return the count of a reader, by their bit."""
        return int(self.counts[Filter.READER][bit])

    def of_problem(self, flags: ProblemFlag) -> int:
        """Return the count of a problem, given by its one bit; of any problem for several bits."""
        place = flags.bit_length() - 1 if flags.bit_count() == 1 else _BITS
        return int(self.counts[Filter.PROBLEM][place])


def facets(query: Query, columns: TriageColumns, among: Bool | None = None) -> Facets:
    """Count the tiles for each value of each filter. Any thread.

    Args:
        query: What is asked for.
        columns: The tiles.
        among: (N,) the tiles that count at all; None for all.
    """
    masks = {which: passes(which, query, columns) for which in query.filters}
    failures = np.zeros(len(columns), np.uint8)
    if among is not None:
        failures[~among] = len(Filter)  # more than one: no filter alone would show it
    for mask in masks.values():
        failures += ~mask
    shown = failures == 0
    totals, counts = {}, {}
    for which in Filter:
        others = shown
        if which in masks:
            others = shown | ((failures == 1) & ~masks[which])
        totals[which] = int(np.count_nonzero(others))
        counts[which] = _count(which, columns, others)
    return Facets(shown=int(np.count_nonzero(shown)), totals=totals, counts=counts)


def _count(which: Filter, columns: TriageColumns, among: Bool) -> Int64:
    match which:
        case Filter.SPLIT:
            return _count_values(columns.splits, [int(split) for split in Split], among)
        case Filter.GIVEN:
            return _count_values(columns.given, _LABELS, among)
        case Filter.EFFECTIVE:
            return _count_values(columns.effective, _LABELS, among)
        case Filter.STATE:
            return _count_each([columns.in_state(state) for state in _STATES], among)
        case Filter.DISAGREES:
            known, disagrees = columns.comparable, columns.disagrees
            return _count_each([known & ~disagrees, disagrees], among)
        case Filter.SUSPECT:
            suspect = np.zeros(len(columns), bool) if columns.suspect is None else columns.suspect
            return _count_each([~suspect, suspect], among)
        case _:
            return _count_many(which, columns, among)


def _count_many(which: Filter, columns: TriageColumns, among: Bool) -> Int64:
    """Count the values of a filter that has many, or none."""
    match which:
        case Filter.SCORE:
            return count_scores(columns.scores, among)
        case Filter.GROUP:
            size = len(columns.group_names) + 1
            return np.bincount(columns.groups[among] + 1, minlength=size).astype(np.int64)
        case Filter.READER:
            return _count_bits(columns.judged_by, len(columns.readers), among)
        case Filter.PROBLEM:
            kinds = _count_bits(columns.problems, _BITS, among)
            return np.append(kinds, np.count_nonzero((columns.problems != 0) & among))
        case _:
            return np.zeros(0, np.int64)  # the search by id has no values to count


def count_scores(scores: Float32, among: Bool | None = None) -> Int64:
    """Return (SCORE_BINS,) int64: how many scores, NaN left out, fall into each bin.

    Args:
        scores: (N,) float32.
        among: (N,) the tiles that count; None for all.
    """
    known = ~np.isnan(scores)
    if among is not None:
        known &= among
    places = (scores[known] * np.float32(SCORE_BINS)).astype(np.uint8)
    counts = np.bincount(np.minimum(places, SCORE_BINS - 1), minlength=SCORE_BINS)
    return counts.astype(np.int64)


def _count_values(values: Int8, wanted: Sequence[int], among: Bool) -> Int64:
    # One comparison a value: for some few that takes a tenth of what `bincount` does.
    return _count_each([values == value for value in wanted], among)


def _count_each(masks: list[Bool], among: Bool) -> Int64:
    return np.array([np.count_nonzero(mask & among) for mask in masks], np.int64)


def _count_bits(flags: NDArray[np.unsignedinteger], size: int, among: Bool) -> Int64:
    """Return (size,) int64: how many of the flags have each bit."""
    raised = flags[(flags != 0) & among]
    masks = [np.array(1 << bit, flags.dtype) for bit in range(size)]
    return np.array([np.count_nonzero(raised & mask) for mask in masks], np.int64)
