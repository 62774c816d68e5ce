"""Recipes as text: written and read back, and the lines that messages name."""

import dataclasses
import tomllib
from dataclasses import replace
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from histoviewer import settings
from histoviewer.domain import recipe_tables as tables
from histoviewer.domain.blocks import BackboneBlock, Block, DenseLayer, Head
from histoviewer.domain.recipe import (
    Recipe,
    load_own_recipes,
    load_recipe,
    load_recipes,
    read_recipe,
    recipe_names,
)
from histoviewer.domain.recipe_rules import check_rules
from histoviewer.domain.recipe_text import write_recipe
from histoviewer.domain.strict import Between
from histoviewer.domain.toml_lines import line_of, read_toml
from histoviewer.errors import InputError


def value_of(hint: object) -> st.SearchStrategy[object]:
    """Return what a field may hold, from its type alone, as `strict` reads it."""
    if hint is NoneType:
        return st.none()
    if get_origin(hint) is Annotated:
        number, limits = get_args(hint)
        return number_of(number, limits)
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    if get_origin(hint) in (Union, UnionType):
        return st.one_of([value_of(option) for option in get_args(hint)])
    if get_origin(hint) is tuple:
        return st.lists(value_of(get_args(hint)[0]), max_size=4).map(tuple)
    if dataclasses.is_dataclass(hint):
        return table_of(hint)
    return {bool: st.booleans(), str: st.text()}[hint]


def number_of(number: type, limits: Between) -> st.SearchStrategy[object]:
    kind = st.integers if number is int else st.floats
    return kind(number(limits.low), number(limits.high))


def table_of(kind: type) -> st.SearchStrategy[object]:
    hints = get_type_hints(kind, include_extras=True)
    fields = {f.name: f for f in dataclasses.fields(kind) if f.metadata.get("in_file", True)}
    return st.builds(kind, **{name: value_of(hints[name]) for name in fields})


@given(recipe=table_of(Recipe))
def test_a_recipe_that_is_written_and_read_is_the_same(recipe: Recipe) -> None:
    try:
        check_rules(recipe, file="")
    except InputError:
        assume(False)

    read = read_recipe(write_recipe(recipe), "any")

    assert replace(read, name="", source="") == recipe


@given(block=table_of(BackboneBlock), tables_of=st.fixed_dictionaries({
    "head": table_of(Head), "finetuning": table_of(tables.Finetuning),
}))  # fmt: skip
def test_a_recipe_with_a_backbone_is_the_same_too(block: Block, tables_of: dict) -> None:
    recipe = Recipe(title="", blocks=(block,), **tables_of)

    assert replace(read_recipe(write_recipe(recipe), "any"), name="", source="") == recipe


@pytest.mark.parametrize("name", recipe_names())
def test_a_shipped_recipe_is_written_without_loss(name: str) -> None:
    recipe = load_recipe(name)

    assert replace(read_recipe(write_recipe(recipe), name), source=recipe.source) == recipe


def test_defaults_are_left_out_and_blocks_keep_their_kind() -> None:
    text = write_recipe(read_recipe('title = "T"\nblocks = [{ kind = "norm" }]', "t"))

    assert text == 'title = "T"\n\n[[blocks]]\nkind = "norm"\n'


LINES = """\
title = "Lines"

[[blocks]]
kind = "conv"
filters = 8

[head]
# a comment
dense = [
    { units = 8 },
    { units = 4 },  # the second
]
"""


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("title",), 1),
        (("blocks", 0), 3),
        (("blocks", 0, "filters"), 5),
        (("blocks", 0, "kernel"), 3),
        (("blocks", 1, "kind"), 3),
        (("head", "dense", 1, "units"), 11),
        (("training", "epochs"), None),
    ],
)
def test_the_line_of_a_key_is_found_or_that_of_the_table_around_it(
    key: tuple, line: int | None
) -> None:
    assert line_of(LINES, key) == line


def test_only_a_line_feed_ends_a_line() -> None:
    assert line_of('title = "a\u2028b"\r\n\r\n[head]\r\ndropout = 0.1', ("head", "dropout")) == 4


def test_a_text_of_many_lines_stands_where_it_begins() -> None:
    text = 'a = 1\n# of several lines\nb = """\none\ntwo\n"""\nc = [\n    2,\n    3,\n]\n'

    assert [line_of(text, (key,)) for key in "abc"] == [1, 3, 7]
    assert [line_of(text, ("c", place)) for place in (0, 1)] == [8, 9]


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is read of TOML from now on."""
    made: list[str] = []
    loads = tomllib.loads

    def read(part: str) -> dict[str, Any]:
        made.append(part)
        return loads(part)

    monkeypatch.setattr(tomllib, "loads", read)
    return made


@pytest.mark.parametrize("lines", [50, 1000])
def test_a_line_is_found_with_few_readings(readings: list[str], lines: int) -> None:
    text = "[[blocks]]\nfilters = 8\n" * (lines // 2)
    wrong = f"{text}filters = {'9' * 5000}\n{text}"

    assert line_of(text, ("blocks", lines // 2 - 1, "filters")) == lines
    with pytest.raises(ValueError, match=rf"at line {lines + 1}\)"):
        read_toml(wrong)
    assert len(readings) < 50


@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_a_line_round_a_text_of_many_lines_is_found_with_few_readings(
    readings: list[str], quotes: str
) -> None:
    other = "'" if quotes == '"""' else '"'
    said = f"[\n{other * 3}\nb = 3\n]\n" * 250
    text = f"a = 1\nb = {quotes}\n{said}{quotes}\nc = 2\n"

    assert [line_of(text, (key,)) for key in "abc"] == [1, 2, 1004]
    assert len(readings) < 3 * 50


@given(recipe=table_of(Recipe), places=st.data())
def test_the_line_of_a_block_is_that_of_its_heading(recipe: Recipe, places) -> None:
    assume(recipe.blocks)
    place = places.draw(st.integers(0, len(recipe.blocks) - 1))
    text = write_recipe(recipe)

    line = line_of(text, ("blocks", place))

    headings = [number for number, said in enumerate(text.split("\n"), 1) if said == "[[blocks]]"]
    assert line == headings[place]


def test_a_refusal_names_file_line_key_and_what_is_allowed() -> None:
    text = LINES + "[optimiser]\nlearning_rte = 0.1\n"

    with pytest.raises(InputError) as caught:
        read_recipe(text, "my")

    assert str(caught.value) == (
        "my.toml, line 14: 'optimiser.learning_rte' is not a known key. Did you mean "
        "'learning_rate'? Allowed: clip_norm, kind, learning_rate, momentum, schedule, warmup, "
        "weight_decay."
    )


def test_what_does_not_go_together_names_its_line() -> None:
    with pytest.raises(InputError, match=r"my.toml, line 14: 'finetuning.epochs' cannot be 3 here"):
        read_recipe(LINES + "[finetuning]\nepochs = 3\n", "my")


# --- the reader's own


@pytest.fixture
def own() -> Path:
    folder = settings.recipes_folder()
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text(LINES, "utf-8")
    return folder


def test_own_recipes_are_listed_last_and_known_by_their_name(own: Path) -> None:
    assert load_recipes()[-1].name == "mine"
    assert load_recipe("mine").title == "Lines"


def test_an_own_recipe_stands_with_the_own_whatever_it_was_copied_from(own: Path) -> None:
    (own / "copy.toml").write_text(load_recipe("histo-fast").source, "utf-8")

    assert load_recipe("copy").group == "own"


def test_a_broken_own_recipe_is_told_and_hides_no_other(own: Path) -> None:
    (own / "broken.toml").write_text("title = ", "utf-8")

    found, wrong = load_own_recipes()

    assert [recipe.name for recipe in found] == ["mine"]
    assert "broken.toml is not valid TOML" in str(wrong[0])


def test_an_own_recipe_called_like_a_shipped_one_is_told(own: Path) -> None:
    (own / "histo-fast.toml").write_text(LINES, "utf-8")

    _, (wrong,) = load_own_recipes()

    assert "called like one of the program" in str(wrong)
    assert load_recipe("histo-fast").title != "Lines"


def test_a_dense_layer_in_one_line_is_read_back() -> None:
    head = Head(dense=(DenseLayer(units=3, dropout=0.5),))
    text = write_recipe(Recipe(title="T", blocks=(), head=head))

    assert "    { units = 3, dropout = 0.5 },\n" in text
    assert read_recipe(text, "t").head == head
