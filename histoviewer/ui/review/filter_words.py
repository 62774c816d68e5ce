"""What filters and orders are called."""

from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED, ClassNames
from histoviewer.domain.tiles import ProblemFlag, Split
from histoviewer.domain.triage import Filter, Query, SortKey, State


def _mark(text: str) -> str:
    return str(QT_TRANSLATE_NOOP("filters", text))


_SORTS: Final = {
    SortKey.SCORE_DOWN: _mark("Score, highest first"),
    SortKey.SCORE_UP: _mark("Score, lowest first"),
    SortKey.UNCERTAIN: _mark("Closest to the threshold"),
    SortKey.DISAGREEMENT: _mark("Strongest disagreement first"),
    SortKey.NEWEST: _mark("Newest verdict first"),
    SortKey.GROUP: _mark("Group"),
    SortKey.BRIGHTNESS: _mark("Brightness, darkest first"),
    SortKey.RANDOM: _mark("Random"),
    SortKey.DATASET: _mark("Order of the data set"),
}
_STATES: Final = {
    State.UNDECIDED: _mark("Undecided"),
    State.CONFIRMED: _mark("Confirmed"),
    State.RELABELLED: _mark("Relabelled"),
    State.SKIPPED: _mark("Skipped"),
    State.FLAGGED: _mark("Flagged"),
    State.QUEUED: _mark("Waiting for retraining"),
    State.LEARNED: _mark("Trained on"),
}
_SPLITS: Final = {
    Split.TRAIN: _mark("Training"),
    Split.VALIDATION: _mark("Validation"),
    Split.TEST: _mark("Test"),
    Split.UNASSIGNED: _mark("No split"),
}
_PROBLEMS: Final = {
    ProblemFlag.UNREADABLE: _mark("Unreadable"),
    ProblemFlag.MISSING: _mark("File is missing"),
    ProblemFlag.CONSTANT: _mark("Constant"),
    ProblemFlag.ODD_SIZE: _mark("Odd size"),
    ProblemFlag.DUPLICATE: _mark("Duplicate"),
    ProblemFlag.DUPLICATE_ACROSS_SPLITS: _mark("Duplicate across splits"),
    ProblemFlag.WRONG_COLOUR_ORDER: _mark("Wrong colour order"),
    ProblemFlag.ID_MISMATCH: _mark("Id does not match pixels"),
}
_TITLES: Final = {
    Filter.SPLIT: _mark("Split"),
    Filter.STATE: _mark("State"),
    Filter.SCORE: _mark("Score"),
    Filter.GIVEN: _mark("Given label"),
    Filter.EFFECTIVE: _mark("Label now"),
    Filter.DISAGREES: _mark("Model and label"),
    Filter.GROUP: _mark("Group"),
    Filter.READER: _mark("Reader"),
    Filter.SEARCH: _mark("Id"),
    Filter.PROBLEM: _mark("Problem"),
}
_ALL: Final = _mark("All")
_ANY_PROBLEM: Final = _mark("Any problem")
_DISAGREE, _AGREE = _mark("Disagree"), _mark("Agree")
_UNLABELLED: Final = _mark("Unlabelled")
_RANGE: Final = _mark("{low} to {high}")
_NO_GROUP: Final = _mark("No known group")
ANY_PROBLEM: Final = ProblemFlag(sum(_PROBLEMS))


def _say(text: str) -> str:
    return QCoreApplication.translate("filters", text)


def title(which: Filter) -> str:
    """Return what a filter is called."""
    return _say(_TITLES[which])


def sorts(*, blind: bool = False) -> dict[SortKey, str]:
    """Return what orders are called; in a blind read those that do not tell scores."""
    return {key: _say(text) for key, text in _SORTS.items() if not (blind and key.tells_score)}


def states() -> dict[State | None, str]:
    """Return what states are called, 'all' first."""
    return {None: _say(_ALL), **{state: _say(text) for state, text in _STATES.items()}}


def splits(*, unassigned: bool = True) -> dict[Split | None, str]:
    """Return what splits are called, 'all' first."""
    words: dict[Split | None, str] = {None: _say(_ALL)}
    words.update((split, _say(text)) for split, text in _SPLITS.items())
    if not unassigned:
        del words[Split.UNASSIGNED]
    return words


def labels(classes: ClassNames, *, unlabelled: bool = True) -> dict[int | None, str]:
    """Return what labels are called, 'all' first."""
    named: dict[int | None, str] = {
        None: _say(_ALL),
        POSITIVE: classes.of(POSITIVE),
        NEGATIVE: classes.of(NEGATIVE),
    }
    return {**named, UNLABELLED: _say(_UNLABELLED)} if unlabelled else named


def comparisons() -> dict[bool | None, str]:
    """Return how model and label may compare, 'all' first."""
    return {None: _say(_ALL), True: _say(_DISAGREE), False: _say(_AGREE)}


def readers(names: tuple[str, ...]) -> dict[str | None, str]:
    """Return the readers, 'all' first."""
    return {None: _say(_ALL), **{name: name for name in names}}


def problems(present: ProblemFlag = ANY_PROBLEM) -> dict[ProblemFlag | None, str]:
    """Return what the problems that there are are called, 'all' and 'any' first."""
    words: dict[ProblemFlag | None, str] = {None: _say(_ALL), ANY_PROBLEM: _say(_ANY_PROBLEM)}
    words.update((flag, _say(text)) for flag, text in _PROBLEMS.items() if flag & present)
    return words


def group_title(name: str) -> str:
    """Return what to show of a group; those tiles that are in none have the name ''."""
    return name or _say(_NO_GROUP)


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
            return _say(_RANGE).format(low=ends[0], high=ends[1])
        case Filter.DISAGREES:
            return comparisons()[query.disagrees]
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
        return _say(_ANY_PROBLEM)
    return ", ".join(_say(_PROBLEMS[flag]) for flag in asked)
