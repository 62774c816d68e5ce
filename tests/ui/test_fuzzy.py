"""Finding a text by a few of its letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.ui.fuzzy import match

TEXTS = st.text(st.characters(codec="ascii", min_codepoint=32), max_size=20)


def score(pattern: str, text: str) -> float:
    found = match(pattern, text)
    assert found is not None
    return found.score


@pytest.mark.parametrize(
    ("pattern", "better", "worse"),
    [
        ("tr", "Train", "Open the train log"),  # at the start of the text
        ("sa", "Select all", "Score tiles again"),  # close together
        ("go", "Go to tile", "Flag for a second look"),  # together
        ("sel", "Select all", "Skip for now, else label"),
        ("skip", "Skip for now", "Skip for now and ever"),  # the shorter one
    ],
)
def test_what_is_meant_comes_first(pattern: str, better: str, worse: str) -> None:
    found = match(pattern, worse)

    assert found is None or score(pattern, better) > found.score


def test_the_best_alignment_is_found_not_the_first() -> None:
    found = match("cs", "acs Centre square")

    assert found is not None
    assert found.places == (4, 11)


def test_words_may_come_in_any_order() -> None:
    assert match("all select", "Select all") is not None


def test_case_and_accents_do_not_matter() -> None:
    assert match("ETE", "Été") is not None


@given(text=TEXTS, letters=st.data())
def test_letters_in_order_are_found_where_they_are(text: str, letters: st.DataObject) -> None:
    kept = letters.draw(st.lists(st.booleans(), min_size=len(text), max_size=len(text)))
    word = "".join(
        each for each, keep in zip(text, kept, strict=True) if keep and not each.isspace()
    )

    found = match(word, text)

    assert found is not None
    assert "".join(text[place] for place in found.places).lower() == word.lower()


@given(text=TEXTS)
def test_a_letter_that_is_missing_is_not_found(text: str) -> None:
    assert match(text.replace(" ", "") + "é", text) is None or "e" in text.lower()


def test_an_empty_pattern_is_found_everywhere() -> None:
    found = match("  ", "Train")

    assert found is not None
    assert found.places == ()
