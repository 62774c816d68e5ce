"""The pages of docs/ follow the program."""

import re
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from histoviewer.domain.blocks import Block, DenseLayer, Head
from histoviewer.domain.recipe import Recipe, recipe_names
from histoviewer.domain.tiles import ProblemKind
from histoviewer.resources import resource

CHECKOUT = Path(__file__).parents[2]
MODELS = (CHECKOUT / "docs" / "models.md").read_text(encoding="utf-8")
GUIDE = (CHECKOUT / "docs" / "guide.md").read_text(encoding="utf-8")
_SHOWN = {"Delete": "Del"}


def test_every_default_key_is_in_the_guide():
    table = tomllib.loads(resource("keymap.toml").read_text(encoding="utf-8"))
    keys = {key for section in table.values() for keys in section.values() for key in keys}
    documented = set(re.findall(r"`([^`]+)`", GUIDE))
    assert {_SHOWN.get(key, key) for key in keys} <= documented


def test_every_recipe_is_in_the_page_of_models():
    assert [name for name in recipe_names() if f"| `{name}` |" not in MODELS] == []


@pytest.mark.parametrize("table", [Recipe, *get_args(Block), DenseLayer, Head])
def test_every_key_of_a_recipe_is_in_the_page_of_models(table):
    hints = get_type_hints(table)
    tables = [table, *(hint for hint in hints.values() if is_dataclass(hint))]
    keys = {f.name for one in tables for f in fields(one) if f.metadata.get("in_file", True)}
    named = " ".join(re.findall(r"`[^`\n]+`|^#+ .*", MODELS, re.MULTILINE))
    assert keys - set(re.findall(r"[a-z_0-9]+", named)) == set()


def test_every_kind_of_problem_is_in_the_page_of_verbs():
    page = (CHECKOUT / "docs" / "cli.md").read_text(encoding="utf-8").replace("\n", " ")
    assert [kind for kind in ProblemKind if f"`{kind}`" not in page] == []


def test_every_link_leads_somewhere():
    pages = [CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *CHECKOUT.glob("docs/**/*.md")]
    dead = [
        (page.name, target)
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
        if not target.startswith("http") and not (page.parent / target).exists()
    ]
    assert dead == []
