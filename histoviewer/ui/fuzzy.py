"""Finding a text by a few of its letters, and ranking what is found.

As in the palettes of editors: the letters must occur in order, and count for more where a word
begins and where they stand together. The best alignment is found by dynamic programming, as in fzf
(its `algo.FuzzyMatchV2`), since the first one found is often not the one that is meant.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

_MATCH: Final = 16  # a letter found
_WORD: Final = 12  # it begins a word
_FIRST: Final = 8  # it begins the text, on top of the word
_TOGETHER: Final = 10  # the letter before it was found just before
_SKIPPED: Final = -1  # a letter between two found ones, up to `_FAR` of them
_FAR: Final = 8
_LENGTH: Final = 0.05  # a letter of the text: the shorter of two like texts comes first


@dataclass(frozen=True, slots=True)
class Match:
    """Where a text was found in another.

    Args:
        score: Higher is better; comparable for one pattern only.
        places: Indexes of the letters found, ascending.
    """

    score: float
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Path:
    score: int
    places: tuple[int, ...]


def match(pattern: str, text: str) -> Match | None:
    """Find every word of a pattern in a text, upper and lower case and accents alike.

    Args:
        pattern: What was typed; its words may come in any order.
        text: Where to look.

    Returns:
        The best match, None where a word is not found. An empty pattern is found everywhere.
    """
    score, places = 0, set[int]()
    folded = _fold(text)
    for word in _fold(pattern).split():
        path = _find(word, folded)
        if path is None:
            return None
        score += path.score
        places.update(path.places)
    return Match(score - _LENGTH * len(text), tuple(sorted(places)))


def _fold(text: str) -> str:
    """Return the text in lower case without accents, letter for letter."""
    return "".join(unicodedata.normalize("NFD", letter)[0].lower()[:1] or letter for letter in text)


def _find(word: str, text: str) -> _Path | None:
    """Return the best way to find the letters of a word in order."""
    ends = {place: _Path(_bonus(text, place), (place,)) for place in _all(word[0], text)}
    for letter in word[1:]:
        longer = {}
        for place in _all(letter, text):
            before = [_step(path, place) for end, path in ends.items() if end < place]
            if before:
                best = max(before, key=lambda path: path.score)
                score = best.score + _bonus(text, place)
                longer[place] = _Path(score, (*best.places, place))
        ends = longer
    return max(ends.values(), key=lambda path: path.score, default=None)


def _all(letter: str, text: str) -> list[int]:
    return [place for place, each in enumerate(text) if each == letter]


def _bonus(text: str, place: int) -> int:
    """Return what a letter found at a place counts."""
    if place == 0:
        return _MATCH + _WORD + _FIRST
    return _MATCH + (_WORD if not text[place - 1].isalnum() else 0)


def _step(path: _Path, place: int) -> _Path:
    """Return a path with what going on to a place costs or brings."""
    gap = place - path.places[-1] - 1
    change = _TOGETHER if gap == 0 else _SKIPPED * min(gap, _FAR)
    return _Path(path.score + change, path.places)
