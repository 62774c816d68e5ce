"""Queries as plain JSON values: for saved views and for what a page remembers."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED
from histoviewer.domain.tiles import ProblemFlag, Split
from histoviewer.domain.triage import Query, SortKey, State
from histoviewer.errors import InputError

_LABELS: Final = (UNLABELLED, NEGATIVE, POSITIVE)
_SEEDS: Final = 2**63


def to_rule(query: Query) -> dict[str, Any]:
    """Return a query as JSON values, every field of it."""
    return {
        "split": None if query.split is None else query.split.word,
        "state": None if query.state is None else query.state.value,
        "score": [query.score_low, query.score_high],
        "given": query.given,
        "effective": query.effective,
        "disagrees": query.disagrees,
        "suspect": query.suspect,
        "group": query.group,
        "reader": query.reader,
        "search": query.search,
        "problem": None if query.problem is None else flag_words(query.problem),
        "sort": query.sort.value,
        "seed": query.seed,
    }


def from_rule(rule: Mapping[str, Any]) -> Query:
    """Return the query that `to_rule` wrote; the usual value for each field that is missing.

    Raises:
        InputError: A field is unknown or cannot be: it was edited, or is of a newer version. What
            is not understood is not left out, for the rule would then mean other tiles.
    """
    unknown = sorted(set(rule) - set(_READERS))
    if unknown:
        raise _unreadable(f"'{unknown[0]}' is not known")
    fields: dict[str, Any] = {}
    for name, value in rule.items():
        try:
            fields.update(_READERS[name](value))
        except (TypeError, ValueError, KeyError) as error:
            raise _unreadable(f"its {name} is {value!r}") from error
    return Query(**fields)


def flag_words(problem: ProblemFlag) -> list[str]:
    """Return the names of the problems in a set of them, as rules and the command line have it."""
    return [flag.name.lower().replace("_", "-") for flag in problem if flag.name]


def flags_of(words: Iterable[str]) -> ProblemFlag:
    """Return the set of problems of these names.

    Raises:
        KeyError: There is no such problem.
    """
    flags = ProblemFlag.NONE
    for word in words:
        flags |= ProblemFlag[word.upper().replace("-", "_")]
    return flags


def _unreadable(what: str) -> InputError:
    return InputError(
        f"This view cannot be read: {what}.",
        "It was edited, or saved by a newer version of the program; save it anew.",
    )


def _split(value: object) -> Split | None:
    return None if value is None else Split[_text(value).upper()]


def _score(value: Iterable[float]) -> dict[str, Any]:
    low, high = (float(end) for end in value)
    if not 0 <= low <= high <= 1:
        raise ValueError(f"from {low} to {high}")
    return {"score_low": low, "score_high": high}


def _label(value: object) -> int | None:
    if value is not None and (isinstance(value, bool) or value not in _LABELS):
        raise ValueError(value)
    return None if value is None else int(str(value))


def _truth(value: object) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise TypeError(value)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _name(value: object) -> str | None:
    return None if value is None else _text(value)


def _problem(value: Iterable[object] | None) -> ProblemFlag | None:
    if value is None:
        return None
    flags = flags_of([_text(word) for word in value])
    if not flags:
        raise ValueError("no problem is named")
    return flags


def _seed(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _SEEDS:
        raise ValueError(value)
    return value


def _field(name: str, read: Callable[[Any], object]) -> Callable[[Any], dict[str, Any]]:
    return lambda value: {name: read(value)}


_READERS: Final[Mapping[str, Callable[[Any], dict[str, Any]]]] = {
    "split": _field("split", _split),
    "state": _field("state", lambda value: None if value is None else State(value)),
    "score": _score,
    "given": _field("given", _label),
    "effective": _field("effective", _label),
    "disagrees": _field("disagrees", _truth),
    "suspect": _field("suspect", _truth),
    "group": _field("group", _name),
    "reader": _field("reader", _name),
    "search": _field("search", _text),
    "problem": _field("problem", _problem),
    "sort": _field("sort", SortKey),
    "seed": _field("seed", _seed),
}
