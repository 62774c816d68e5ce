"""What tells the points of a map apart, by colour and sign: score, label, state, group, split."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Bool, Int64, UInt8
from histoviewer.domain.labels import NEGATIVE, UNLABELLED
from histoviewer.domain.palettes import Tint
from histoviewer.domain.tiles import Split
from histoviewer.domain.triage import State, TriageColumns

SCORE_STEPS: Final = 5
MOST_GROUPS: Final = 8  # told apart; the largest ones


class ColourBy(StrEnum):
    """What the colour and the sign of a point stand for; the value is stored and typed."""

    LABEL = "label"
    SCORE = "score"
    STATE = "state"
    GROUP = "group"
    SPLIT = "split"


class Sign(StrEnum):
    """The shape of a point."""

    PLUS = "plus"
    MINUS = "minus"
    RING = "ring"
    DISC = "disc"
    SQUARE = "square"
    TRIANGLE = "triangle"
    TIP = "tip"
    DIAMOND = "diamond"
    CROSS = "cross"
    PENNANT = "pennant"
    BAR = "bar"
    QUARTER = "quarter"
    HALF = "half"
    THREE_QUARTERS = "three quarters"


class Kind(StrEnum):
    """What a category is, to be put into words where it is shown."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNLABELLED = "unlabelled"
    SCORE = "score"
    UNSCORED = "not scored"
    HIDDEN = "hidden"
    STATE = "state"
    GROUP = "group"
    OTHER_GROUPS = "other groups"
    NO_GROUP = "no group"
    SPLIT = "split"


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One entry of the legend.

    Args:
        kind: What it is.
        value: Which of that kind: the step of a score, a `State`, the name of a group, a `Split`.
        tint: Its colour.
        sign: Its shape.
        count: How many tiles are in it.
    """

    kind: Kind
    value: int | str = ""
    tint: Tint
    sign: Sign
    count: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Colouring:
    """Every tile in one category.

    Args:
        by: What the categories are of.
        codes: (N,) uint8 places in `categories`.
        categories: In the order of the legend; some may have no tile.
    """

    by: ColourBy
    codes: UInt8
    categories: Sequence[Category]


def colouring(by: ColourBy, columns: TriageColumns, *, hidden: Bool) -> Colouring:
    """Put every tile into a category. O(N) in plain numpy: not for the UI thread.

    Args:
        by: What to go by.
        columns: Of all tiles.
        hidden: (N,) bool; tiles whose scores must not be told now.
    """
    codes, categories = _WAYS[by](columns, hidden)
    counts = np.bincount(codes, minlength=len(categories)).tolist()
    counted = [replace(each, count=count) for each, count in zip(categories, counts, strict=True)]
    return Colouring(by=by, codes=codes, categories=counted)


_Sorted = tuple[UInt8, Sequence[Category]]

_LABELS: Final = (
    Category(kind=Kind.POSITIVE, tint=Tint.POSITIVE, sign=Sign.PLUS),
    Category(kind=Kind.NEGATIVE, tint=Tint.NEGATIVE, sign=Sign.MINUS),
    Category(kind=Kind.UNLABELLED, tint=Tint.UNLABELLED, sign=Sign.RING),
)


def _by_label(columns: TriageColumns, _hidden: Bool) -> _Sorted:
    codes = np.zeros(len(columns), np.uint8)  # positive
    effective = columns.effective
    codes[effective == NEGATIVE] = 1
    codes[effective == UNLABELLED] = 2
    return codes, _LABELS


_STEPS: Final = (
    (Tint.NEGATIVE, Sign.RING),
    (Tint.PROBABLY_NEGATIVE, Sign.QUARTER),
    (Tint.UNCERTAIN, Sign.HALF),
    (Tint.PROBABLY_POSITIVE, Sign.THREE_QUARTERS),
    (Tint.POSITIVE, Sign.DISC),
)
_SCORES: Final = (
    *(
        Category(kind=Kind.SCORE, value=step, tint=tint, sign=sign)
        for step, (tint, sign) in enumerate(_STEPS)
    ),
    Category(kind=Kind.UNSCORED, tint=Tint.UNLABELLED, sign=Sign.CROSS),
    Category(kind=Kind.HIDDEN, tint=Tint.UNLABELLED, sign=Sign.BAR),
)


def _by_score(columns: TriageColumns, hidden: Bool) -> _Sorted:
    scores = columns.scores
    unscored = np.isnan(scores)
    steps = np.where(unscored, 0, scores) * SCORE_STEPS
    codes = np.minimum(steps, SCORE_STEPS - 1).astype(np.uint8)
    codes[unscored] = SCORE_STEPS
    codes[hidden] = SCORE_STEPS + 1
    return codes, _SCORES


# A tile can be in several states: the later of these wins.
_STATES: Final = (
    Category(kind=Kind.STATE, value=State.UNDECIDED, tint=Tint.UNLABELLED, sign=Sign.RING),
    Category(kind=Kind.STATE, value=State.CONFIRMED, tint=Tint.GREEN, sign=Sign.DISC),
    Category(kind=Kind.STATE, value=State.RELABELLED, tint=Tint.POSITIVE, sign=Sign.DIAMOND),
    Category(kind=Kind.STATE, value=State.SKIPPED, tint=Tint.SKY, sign=Sign.BAR),
    Category(kind=Kind.STATE, value=State.FLAGGED, tint=Tint.PINK, sign=Sign.PENNANT),
)


def _by_state(columns: TriageColumns, _hidden: Bool) -> _Sorted:
    codes = np.zeros(len(columns), np.uint8)
    for code, category in enumerate(_STATES[1:], start=1):
        codes[columns.in_state(State(str(category.value)))] = code
    return codes, _STATES


_SPLITS: Final = (
    Category(kind=Kind.SPLIT, value=Split.TRAIN, tint=Tint.GREEN, sign=Sign.DISC),
    Category(kind=Kind.SPLIT, value=Split.VALIDATION, tint=Tint.PURPLE, sign=Sign.TRIANGLE),
    Category(kind=Kind.SPLIT, value=Split.TEST, tint=Tint.YELLOW, sign=Sign.SQUARE),
    Category(kind=Kind.SPLIT, value=Split.UNASSIGNED, tint=Tint.UNLABELLED, sign=Sign.RING),
)


def _by_split(columns: TriageColumns, _hidden: Bool) -> _Sorted:
    codes = np.zeros(len(columns), np.uint8)
    for code, category in enumerate(_SPLITS):
        codes[columns.splits == category.value] = code
    return codes, _SPLITS


_GROUP_LOOKS: Final = (
    (Tint.NEGATIVE, Sign.DISC),
    (Tint.POSITIVE, Sign.SQUARE),
    (Tint.GREEN, Sign.TRIANGLE),
    (Tint.PURPLE, Sign.DIAMOND),
    (Tint.YELLOW, Sign.TIP),
    (Tint.PINK, Sign.CROSS),
    (Tint.SKY, Sign.PLUS),
    (Tint.RED, Sign.PENNANT),
)


def _by_group(columns: TriageColumns, _hidden: Bool) -> _Sorted:
    """Tell the largest groups apart, of equally large ones the first."""
    groups, names = columns.groups, columns.group_names.names
    sizes = np.bincount(groups[groups >= 0], minlength=len(names))
    largest = _largest(sizes)
    categories = [
        Category(kind=Kind.GROUP, value=names[group], tint=tint, sign=sign)
        for group, (tint, sign) in zip(largest.tolist(), _GROUP_LOOKS, strict=False)
    ]
    other, none = len(categories), len(categories) + 1
    categories.append(Category(kind=Kind.OTHER_GROUPS, tint=Tint.UNLABELLED, sign=Sign.RING))
    categories.append(Category(kind=Kind.NO_GROUP, tint=Tint.UNCERTAIN, sign=Sign.MINUS))
    code_of = np.full(len(names) + 1, other, np.uint8)
    code_of[largest] = np.arange(len(largest), dtype=np.uint8)
    code_of[-1] = none  # what the number -1 of no group reads
    return code_of[groups], categories


def _largest(sizes: Int64) -> Int64:
    """Return the numbers of the largest groups, the largest first."""
    ranked = np.argsort(-sizes, kind="stable")[:MOST_GROUPS]
    return ranked[sizes[ranked] > 0]


_WAYS: Final[Mapping[ColourBy, Callable[[TriageColumns, Bool], _Sorted]]] = {
    ColourBy.LABEL: _by_label,
    ColourBy.SCORE: _by_score,
    ColourBy.STATE: _by_state,
    ColourBy.GROUP: _by_group,
    ColourBy.SPLIT: _by_split,
}
