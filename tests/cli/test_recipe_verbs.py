"""The verbs on recipes, through the real `main()`."""

from pathlib import Path

import pytest

from histoviewer.domain.recipe import load_recipe, read_recipe
from tests.cli.documents import documented_keys

WRONG = 'title = "Wrong"\n\n[[blocks]]\nkind = "conv"\nfilter = 8\n'


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    path = tmp_path / "wrong.toml"
    path.write_text(WRONG, "utf-8")
    return path


def test_a_recipe_is_shown_as_it_can_be_saved(run):
    shown = run("recipe", "show", "histo-fast", "--json").json
    assert read_recipe(shown["text"], "histo-fast") == load_recipe("histo-fast")


def test_a_wrong_file_is_refused_with_line_and_key(run, wrong):
    outcome = run("recipe", "check", wrong)
    assert outcome.code == 2
    assert "wrong.toml, line 5: 'blocks[1].filter' is not a known key" in outcome.err
    assert "Did you mean 'filters'?" in outcome.err


def test_a_right_file_is_said_to_be_one(run, wrong):
    wrong.write_text(WRONG.replace("filter =", "filters ="), "utf-8")
    outcome = run("recipe", "check", wrong)
    assert outcome.code == 0
    assert "is a valid recipe: Wrong" in outcome.out


def test_layers_are_listed_with_what_they_cost(run):
    found = run("recipe", "layers", "histo-fast", "--json").json
    keys = documented_keys("recipe layers") - {"text", "path"}
    assert set(found) == keys
    assert found["parameters"] == sum(layer["parameters"] for layer in found["layers"]) == 289_825
    first = found["layers"][2]
    assert (first["name"], first["shape"], first["block"]) == ("b1_conv", [48, 48, 32], 1)
    assert first["multiply_adds"] == 48 * 48 * 32 * 5 * 5 * 3


def test_a_saved_recipe_is_listed_and_neither_it_nor_a_shipped_one_is_overwritten(run):
    assert run("recipe", "save", "histo-fast", "mine", "--json").json["name"] == "mine"
    listed = run("recipes", "--json").json["recipes"]
    assert listed[-1] == {"name": "mine", "title": load_recipe("mine").title, "group": "own"}
    for name, said in (("mine", "already"), ("Histo-Fast", "comes with the program")):
        outcome = run("recipe", "save", "cnn5-relu", name)
        assert (outcome.code, said in outcome.err) == (2, True)
    assert load_recipe("mine").title == load_recipe("histo-fast").title


def test_a_broken_own_recipe_is_said_and_the_rest_listed(run, wrong):
    assert run("recipe", "save", "histo-fast", "mine").code == 0
    folder = Path(run("recipe", "save", "histo-fast", "other", "--json").json["path"]).parent
    (folder / "broken.toml").write_text(WRONG, "utf-8")
    listed = run("recipes", "--json")
    assert len(listed.json["problems"]) == 1
    assert "broken.toml, line 5" in listed.err


@pytest.mark.slow
def test_a_layer_that_a_backbone_lacks_is_told_before_anything_is_trained(run, wrong):
    lines = 'kind = "backbone"\nname = "MobileNetV3Small"\n[finetuning]\nepochs = 2\n'
    for name, code in (("nonsense", 2), ("conv_1", 0)):
        text = WRONG.partition("kind")[0] + f'{lines}frozen_below = "{name}"\n'
        wrong.write_text(text, "utf-8")
        outcome = run("recipe", "check", wrong)
        told = "wrong.toml, line 8: 'finetuning.frozen_below' cannot be 'nonsense'" in outcome.err
        assert (outcome.code, told) == (code, code == 2)


def test_an_odd_file_is_refused_as_any_other_wrong_one(run, wrong):
    """None of it is a fault of the program's own, and the list holds the rest."""
    folder = Path(run("recipe", "save", "histo-fast", "mine", "--json").json["path"]).parent
    odd = ('kind = ["conv"]', f"filters = {'8' * 5000}", f"kernel = {'[' * 3000}")
    for number, line in enumerate(odd):
        wrong.write_text(WRONG.replace("filter = 8", line), "utf-8")
        outcome = run("recipe", "check", wrong)
        assert (outcome.code, "wrong.toml" in outcome.err) == (2, True)
        (folder / f"odd{number}.toml").write_text(wrong.read_text("utf-8"), "utf-8")

    listed = run("recipes", "--json").json
    assert len(listed["problems"]) == len(odd)
    assert listed["recipes"][-1]["name"] == "mine"


def test_an_own_recipe_is_removed_and_a_shipped_one_is_not(run):
    assert run("recipe", "save", "histo-fast", "mine").code == 0
    assert run("recipe", "delete", "mine", "--json").json == {"name": "mine"}
    assert run("recipe", "show", "mine").code == 2
    assert run("recipe", "delete", "histo-fast").code == 2
