"""Queries as JSON: saved views and remembered pages."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histoviewer.domain.tiles import ProblemFlag
from histoviewer.domain.triage import Query, SortKey
from histoviewer.domain.view_rules import flag_words, flags_of, from_rule, to_rule
from histoviewer.errors import InputError
from tests.domain.test_triage import queries

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(queries, st.integers(0, 2**63 - 1))
def test_a_query_comes_back_from_json(query: Query, seed: int) -> None:
    query = Query(**{name: getattr(query, name) for name in Query.__slots__} | {"seed": seed})

    assert from_rule(json.loads(json.dumps(to_rule(query)))) == query


def test_what_is_missing_is_as_usual() -> None:
    assert from_rule({}) == Query()
    assert from_rule({"sort": "brightness"}) == Query(sort=SortKey.BRIGHTNESS)


@settings(max_examples=60)
@given(st.sampled_from(sorted(to_rule(Query()))), anything)
def test_whatever_was_edited_is_understood_or_refused(name: str, value: object) -> None:
    try:
        query = from_rule({name: value})
    except InputError:
        return
    assert from_rule(to_rule(query)) == query


@pytest.mark.parametrize(
    "rule",
    [
        {"tissue": 0.5},
        {"sort": "sideways"},
        {"score": [0.9, 0.1]},
        {"score": [float("nan"), 1]},
        {"given": 2},
        {"given": True},
        {"problem": ["nothing"]},
        {"problem": []},
        {"seed": -1},
        {"search": None},
    ],
)
def test_a_rule_that_cannot_be_is_refused(rule: dict[str, object]) -> None:
    with pytest.raises(InputError, match="This view cannot be read"):
        from_rule(rule)


def test_problems_have_names() -> None:
    assert flag_words(ProblemFlag(10)) == ["odd-size", "duplicate"]
    assert flags_of(["odd-size", "duplicate"]) == ProblemFlag(10)
