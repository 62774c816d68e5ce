"""What the grid shows on the cells in view, gathered for them alone: nothing here is O(N)."""

from dataclasses import dataclass

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int8, Int64, UInt16
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.tiles import UNUSABLE, ProblemFlag
from histoviewer.domain.triage import Query, matches
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.filter_words import problems


@dataclass(frozen=True, kw_only=True, eq=False)
class CellFacts:
    """What is painted over n tiles; arrays are (n,).

    Args:
        labels: int8 effective labels.
        decided: A reader gave that label.
        flagged: Marked for a second look.
        queued: Waiting for retraining.
        disagrees: The model says the other class.
        scores: float32, NaN where unscored.
        problems: uint16 of `ProblemFlag`.
        stale: No longer matches the filter; stays until the next refresh.
    """

    labels: Int8
    decided: Bool
    flagged: Bool
    queued: Bool
    disagrees: Bool
    scores: Float32
    problems: UInt16
    stale: Bool

    @classmethod
    def none(cls) -> "CellFacts":
        """Return the facts of no tile."""
        no, few = np.zeros(0, bool), np.zeros(0, np.int8)
        return cls(
            labels=few,
            decided=no,
            flagged=no,
            queued=no,
            disagrees=no,
            scores=np.zeros(0, np.float32),
            problems=np.zeros(0, np.uint16),
            stale=no,
        )


def cell_facts(session: ReviewSession, query: Query, tiles: Int64) -> CellFacts:
    """Return what to paint over some tiles; in a blind read without what the model says."""
    columns = session.columns(tiles)
    hidden = session.hidden(tiles)
    return CellFacts(
        labels=columns.effective,
        decided=columns.decided != UNLABELLED,
        flagged=columns.flagged,
        queued=columns.queued,
        disagrees=columns.disagrees & ~hidden,
        scores=np.where(hidden, np.float32(np.nan), columns.scores),
        problems=columns.problems,
        stale=~matches(query, columns),
    )


def is_unusable(problems: UInt16) -> Bool:
    """Return (n,) bool: tiles shown as a placeholder."""
    return np.asarray((problems & np.uint16(UNUSABLE)) != 0)


def problem_words(flags: int) -> list[str]:
    """Return the problems of a tile in words, as filters call them, the worst first."""
    found = ProblemFlag(flags)
    names = problems(found)
    return [names[flag] for flag in sorted(found, key=lambda flag: not flag & UNUSABLE)]
