"""What filters and orders are called."""

from typing import Final

from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED, ClassNames
from histoviewer.domain.tiles import ProblemFlag, Split
from histoviewer.domain.triage import Filter, Query, SortKey, State
from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate

_SORTS: Final = {
    SortKey.SCORE_DOWN: QT_TRANSLATE_NOOP("filters", "Score, highest first"),
    SortKey.SCORE_UP: QT_TRANSLATE_NOOP("filters", "Score, lowest first"),
    SortKey.UNCERTAIN: QT_TRANSLATE_NOOP("filters", "Closest to the threshold"),
    SortKey.DISAGREEMENT: QT_TRANSLATE_NOOP("filters", "Strongest disagreement first"),
    SortKey.LABEL_ISSUE: QT_TRANSLATE_NOOP("filters", "Most suspicious label first"),
    SortKey.OUTLIER: QT_TRANSLATE_NOOP("filters", "Strangest tile first"),
    SortKey.NEWEST: QT_TRANSLATE_NOOP("filters", "Newest verdict first"),
    SortKey.GROUP: QT_TRANSLATE_NOOP("filters", "Group"),
    SortKey.BRIGHTNESS: QT_TRANSLATE_NOOP("filters", "Brightness, darkest first"),
    SortKey.RANDOM: QT_TRANSLATE_NOOP("filters", "Random"),
    SortKey.DATASET: QT_TRANSLATE_NOOP("filters", "Order of the data set"),
}
_STATES: Final = {
    State.UNDECIDED: QT_TRANSLATE_NOOP("filters", "Undecided"),
    State.CONFIRMED: QT_TRANSLATE_NOOP("filters", "Confirmed"),
    State.RELABELLED: QT_TRANSLATE_NOOP("filters", "Relabelled"),
    State.SKIPPED: QT_TRANSLATE_NOOP("filters", "Skipped"),
    State.FLAGGED: QT_TRANSLATE_NOOP("filters", "Flagged"),
    State.QUEUED: QT_TRANSLATE_NOOP("filters", "Waiting for retraining"),
    State.LEARNED: QT_TRANSLATE_NOOP("filters", "Trained on"),
}
_SPLITS: Final = {
    Split.TRAIN: QT_TRANSLATE_NOOP("filters", "Training"),
    Split.VALIDATION: QT_TRANSLATE_NOOP("filters", "Validation"),
    Split.TEST: QT_TRANSLATE_NOOP("filters", "Test"),
    Split.UNASSIGNED: QT_TRANSLATE_NOOP("filters", "No split"),
}
_PROBLEMS: Final = {
    ProblemFlag.UNREADABLE: QT_TRANSLATE_NOOP("filters", "Unreadable"),
    ProblemFlag.MISSING: QT_TRANSLATE_NOOP("filters", "File is missing"),
    ProblemFlag.CONSTANT: QT_TRANSLATE_NOOP("filters", "Constant"),
    ProblemFlag.ODD_SIZE: QT_TRANSLATE_NOOP("filters", "Odd size"),
    ProblemFlag.DUPLICATE: QT_TRANSLATE_NOOP("filters", "Duplicate"),
    ProblemFlag.DUPLICATE_ACROSS_SPLITS: QT_TRANSLATE_NOOP("filters", "Duplicate across splits"),
    ProblemFlag.WRONG_COLOUR_ORDER: QT_TRANSLATE_NOOP("filters", "Wrong colour order"),
    ProblemFlag.ID_MISMATCH: QT_TRANSLATE_NOOP("filters", "Id does not match pixels"),
}
_TITLES: Final = {
    Filter.SPLIT: QT_TRANSLATE_NOOP("filters", "Split"),
    Filter.STATE: QT_TRANSLATE_NOOP("filters", "State"),
    Filter.SCORE: QT_TRANSLATE_NOOP("filters", "Score"),
    Filter.GIVEN: QT_TRANSLATE_NOOP("filters", "Given label"),
    Filter.EFFECTIVE: QT_TRANSLATE_NOOP("filters", "Label now"),
    Filter.DISAGREES: QT_TRANSLATE_NOOP("filters", "Model and label"),
    Filter.SUSPECT: QT_TRANSLATE_NOOP("filters", "Label check"),
    Filter.GROUP: QT_TRANSLATE_NOOP("filters", "Group"),
    Filter.READER: QT_TRANSLATE_NOOP("filters", "Reader"),
    Filter.SEARCH: QT_TRANSLATE_NOOP("filters", "Id"),
    Filter.PROBLEM: QT_TRANSLATE_NOOP("filters", "Problem"),
}
_ALL: Final = QT_TRANSLATE_NOOP("filters", "All")
_ANY_PROBLEM: Final = QT_TRANSLATE_NOOP("filters", "Any problem")
_DISAGREE, _AGREE = QT_TRANSLATE_NOOP("filters", "Disagree"), QT_TRANSLATE_NOOP("filters", "Agree")
_SUSPECT: Final = QT_TRANSLATE_NOOP("filters", "Probably wrong")
_SOUND: Final = QT_TRANSLATE_NOOP("filters", "Not suspected")
_UNLABELLED: Final = QT_TRANSLATE_NOOP("filters", "Unlabelled")
_RANGE: Final = QT_TRANSLATE_NOOP("filters", "{low} to {high}")
_NO_GROUP: Final = QT_TRANSLATE_NOOP("filters", "No known group")
ANY_PROBLEM: Final = ProblemFlag(sum(_PROBLEMS))


def title(which: Filter) -> str:
    """Return what a filter is called."""
    return translate("filters", _TITLES[which])


def sorts(*, blind: bool = False) -> dict[SortKey, str]:
    """Return what orders are called; in a blind read those that do not tell scores."""
    return {
        key: translate("filters", text)
        for key, text in _SORTS.items()
        if not (blind and key.tells_score)
    }


def states() -> dict[State | None, str]:
    """Return what states are called, 'all' first."""
    return {
        None: translate("filters", _ALL),
        **{state: translate("filters", text) for state, text in _STATES.items()},
    }


def splits(*, unassigned: bool = True) -> dict[Split | None, str]:
    """Return what splits are called, 'all' first."""
    words: dict[Split | None, str] = {None: translate("filters", _ALL)}
    words.update((split, translate("filters", text)) for split, text in _SPLITS.items())
    if not unassigned:
        del words[Split.UNASSIGNED]
    return words


def labels(classes: ClassNames, *, unlabelled: bool = True) -> dict[int | None, str]:
    """Return what labels are called, 'all' first."""
    named: dict[int | None, str] = {
        None: translate("filters", _ALL),
        POSITIVE: classes.of(POSITIVE),
        NEGATIVE: classes.of(NEGATIVE),
    }
    return {**named, UNLABELLED: translate("filters", _UNLABELLED)} if unlabelled else named


def comparisons() -> dict[bool | None, str]:
    """Return how model and label may compare, 'all' first."""
    return {
        None: translate("filters", _ALL),
        True: translate("filters", _DISAGREE),
        False: translate("filters", _AGREE),
    }


def suspicions() -> dict[bool | None, str]:
    """Return what may be thought of a label, 'all' first."""
    return {
        None: translate("filters", _ALL),
        True: translate("filters", _SUSPECT),
        False: translate("filters", _SOUND),
    }


def readers(names: tuple[str, ...]) -> dict[str | None, str]:
    """Return the readers, 'all' first."""
    return {None: translate("filters", _ALL), **{name: name for name in names}}


def problems(present: ProblemFlag = ANY_PROBLEM) -> dict[ProblemFlag | None, str]:
    """Return what the problems that there are are called, 'all' and 'any' first."""
    words: dict[ProblemFlag | None, str] = {
        None: translate("filters", _ALL),
        ANY_PROBLEM: translate("filters", _ANY_PROBLEM),
    }
    words.update(
        (flag, translate("filters", text)) for flag, text in _PROBLEMS.items() if flag & present
    )
    return words


def group_title(name: str) -> str:
    """Return what to show of a group; those tiles that are in none have the name ''."""
    return name or translate("filters", _NO_GROUP)


def chip(which: Filter, query: Query, classes: ClassNames) -> str:
    """Return what a filter that is set asks for, such as 'State: Flagged'."""
    return f"{title(which)}: {_value(which, query, classes)}"


def _value(which: Filter, query: Query, classes: ClassNames) -> str:
    match which:
        case Filter.SPLIT:
            return splits()[query.split]
        case Filter.STATE:
            return states()[query.state]
        case Filter.SCORE:
            ends = f"{query.score_low:.2f}", f"{query.score_high:.2f}"
            return translate("filters", _RANGE).format(low=ends[0], high=ends[1])
        case Filter.DISAGREES:
            return comparisons()[query.disagrees]
        case Filter.SUSPECT:
            return suspicions()[query.suspect]
        case Filter.GROUP:
            return group_title(query.group or "")
        case Filter.PROBLEM:
            return _problem(query.problem or ProblemFlag.NONE)
        case Filter.READER | Filter.SEARCH:
            return (query.reader if which is Filter.READER else query.search) or ""
        case _:
            return labels(classes)[query.given if which is Filter.GIVEN else query.effective]


def _problem(asked: ProblemFlag) -> str:
    if asked == ANY_PROBLEM:
        return translate("filters", _ANY_PROBLEM)
    return ", ".join(translate("filters", _PROBLEMS[flag]) for flag in asked)
