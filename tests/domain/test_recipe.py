"""Recipes: strict reading, and those that are shipped."""

from dataclasses import replace
from pathlib import Path

import pytest

from histoviewer.domain.blocks import ConvBlock, PoolBlock
from histoviewer.domain.recipe import (
    GROUPS,
    load_own_recipes,
    load_recipe,
    load_recipes,
    read_recipe,
    recipe_names,
)
from histoviewer.errors import InputError

SMALL = """
title = "Small"
[[blocks]]
kind = "conv"
filters = 8
[[blocks]]
kind = "pool"
"""


def test_a_small_recipe_is_read_with_defaults() -> None:
    recipe = read_recipe(SMALL, "small")
    assert recipe.blocks == (ConvBlock(filters=8), PoolBlock())
    assert recipe.training.batch == 64
    assert recipe.name == "small"
    assert recipe.source == SMALL


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("[training]\nepoch = 3", r"'training.epoch' is not .* Did you mean 'epochs'\?"),
        ("[training]\nepochs = 0", r"'training.epochs' cannot be 0. Allowed: a whole number, 1 to"),
        ("[training]\nepochs = 2.5", r"'training.epochs' cannot be 2.5. Allowed: a whole number"),
        ("[training]\nbatch = true", r"'training.batch' cannot be True. Allowed: a whole number"),
        ("[training]\nprecision = 'half'", r"Allowed: 'auto', 'float32', 'mixed_bfloat16'"),
        ("[augmentation]\nflips = 1", r"'augmentation.flips' cannot be 1. Allowed: true or false"),
        ("[optimiser]\nlearning_rate = 'x'", r"Allowed: a number, 1e-07 to 10"),
        ("[optimiser]\nlearning_rate = nan", r"'optimiser.learning_rate' cannot be nan"),
        ("[[blocks]]\nkind = 'dense'", r"'blocks\[3\].kind' cannot be 'dense'. Allowed: activat"),
        ("[[blocks]]\nkind = 'conv'", r"the key 'blocks\[3\].filters' is missing"),
        ("[head]\ndense = 64", r"'head.dense' cannot be 64. Allowed: a list"),
        ("[head]\ndense = [64]", r"'head.dense\[1\]' cannot be 64. Allowed: a table"),
        ("[input\nsize = 3", r"small.toml is not valid TOML: .*line 8"),
    ],
)
def test_a_wrong_recipe_is_refused_with_key_and_what_is_allowed(line: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        read_recipe(SMALL + line, "small")


# What a file may hold that is no recipe, besides keys and values of the wrong kind.
ODD = [
    ("[[blocks]]\nkind = ['conv']", r"line 9: 'blocks\[3\].kind' cannot be \['conv'\]"),
    ("[[blocks]]\nkind = { a = 1 }", r"line 9: 'blocks\[3\].kind' cannot be {'a': 1}"),
    (f"[training]\nepochs = {'9' * 5000}", r"is not valid TOML: A number .* \(at line 9\)"),
    (f"[training]\nepochs = 0x{'f' * 5000}", r"line 9: 'training.epochs' cannot be what is"),
    (f"[head]\npool = {'[' * 3000}{']' * 3000}", r"is not valid TOML: Brackets .* \(at line 9\)"),
    (f"[head]\npool{'.a' * 3000} = 1", r"line 9: 'head.pool' cannot be what is written"),
    (f"[head]\npool = '{'a' * 3000}'", r"line 9: 'head.pool' cannot be 'a{79}…"),
]


@pytest.mark.parametrize(("lines", "sentence"), ODD)
def test_whatever_a_file_holds_is_refused_with_its_line(lines: str, sentence: str) -> None:
    with pytest.raises(InputError, match=f"small.toml,? {sentence}"):
        read_recipe(SMALL + lines, "small")


def test_an_own_file_that_is_no_recipe_is_left_out_whatever_it_holds(tmp_path: Path) -> None:
    for number, (lines, _) in enumerate(ODD):
        (tmp_path / f"odd{number}.toml").write_text(SMALL + lines, encoding="utf-8")
    (tmp_path / "sound.toml").write_text(SMALL, encoding="utf-8")

    found, wrong = load_own_recipes(tmp_path)

    assert [recipe.name for recipe in found] == ["sound"]
    assert len(wrong) == len(ODD)
    assert [recipe.name for recipe in load_recipes(tmp_path) if recipe.group == "own"] == ["sound"]


@pytest.mark.parametrize("key", ["epoch", "name", "source"])
def test_an_unknown_table_or_key_of_the_whole_is_refused(key: str) -> None:
    with pytest.raises(
        InputError, match=f"small.toml, line 1: '{key}' is not a known key. .*training"
    ):
        read_recipe(f"{key} = 3\n{SMALL}", "small")


def test_a_number_may_be_written_whole_where_any_number_is_allowed() -> None:
    assert read_recipe(SMALL + "[optimiser]\nlearning_rate = 1", "s").optimiser.learning_rate == 1.0


def test_the_shipped_recipes_can_be_read() -> None:
    assert {"histo-fast", "cnn-gap-colour"} <= set(recipe_names())
    for name in recipe_names():
        assert load_recipe(name).name == name


def test_a_recipe_can_be_given_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SMALL, encoding="utf-8")
    assert load_recipe(str(path)).name == "mine"


def test_an_unknown_recipe_is_refused_with_the_known_names() -> None:
    with pytest.raises(InputError, match=r"no recipe 'histo-fats'.*histo-fast"):
        load_recipe("histo-fats")


def test_a_missing_recipe_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_recipe(str(tmp_path / "none.toml"))


BACKBONE = """
title = "Backbone"
[[blocks]]
kind = "backbone"
name = "VGG16"
"""

HALVED = """
title = "Halved"
[[blocks]]
kind = "conv"
filters = {}
[[blocks]]
kind = "norm"
per_tile = "half"
"""

TURNED = """
title = "Turned"
[training]
symmetry = "dihedral"
[[blocks]]
kind = "conv"
filters = 16
kernel = 4
stride = 2
"""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (SMALL + "[[blocks]]\nkind = 'backbone'\nname = 'VGG16'", r"'blocks\[3\].kind' .* first"),
        (BACKBONE + "[input]\nchannels = 'grey'", r"'input.channels' cannot be 'grey' here.*'rgb'"),
        (SMALL + "[input]\npreprocessing = 'backbone'", r"'input.preprocessing' .*is a backbone"),
        (SMALL + "[finetuning]\nepochs = 3", r"'finetuning.epochs' cannot be 3 here"),
        (SMALL + "[training]\nsolver = 'logistic'", r"'blocks\[1\].kind' .* nothing to train"),
        (BACKBONE + "[training]\nsolver = 'logistic'", r"'blocks\[1\].kind' .* nothing to train"),
        (
            BACKBONE
            + "frozen_below = 'head'\n[training]\nsolver = 'logistic'\nstatistics = 'unlabelled'",
            r"'training.statistics' cannot be 'unlabelled' here.*'training' with the solver",
        ),
        (
            BACKBONE
            + "frozen_below = 'head'\n[training]\nsolver = 'logistic'\n"
            + "[sampling]\nkind = 'balanced'",
            r"'sampling.kind' cannot be 'balanced' here.*'weights' with the solver",
        ),
        (BACKBONE + "[training]\nmembers = 2", r"'training.members' cannot be 2 here.*backbone"),
        (
            SMALL + "[training]\nmembers = 2\n[head]\ndense = [{ units = 5 }]",
            r"'training.members' .*dense",
        ),
        (SMALL + "[training]\nmembers = 2\n[head]\npool = 'flatten'", r"'head.pool' .*'average'"),
        (
            "title = 'Plain'\n[training]\nmembers = 2\n[[blocks]]\nkind = 'pool'",
            r"'training.members' .*no block has",
        ),
        (BACKBONE.replace("VGG16", "VGG17"), r"'blocks\[1\].name' cannot be 'VGG17'.*'VGG16'"),
        (TURNED + "[[blocks]]\nkind = 'separable'\nfilters = 8", r"'blocks\[2\].kind' .*conv"),
        (TURNED + "[[blocks]]\nkind = 'conv'\nfilters = 12", r"'blocks\[2\].filters' .*of 8"),
        (TURNED + "[[blocks]]\nkind = 'residual'\nfilters = 8\nstride = 2", r"'blocks.*stride'"),
        (TURNED.replace("kernel = 4", "kernel = 5"), r"'blocks\[1\].stride' cannot be 2 here"),
        (TURNED.replace("stride = 2", ""), r"'blocks\[1\].kernel' cannot be 4 here.*odd.*'valid'"),
        (TURNED + "repeat = 2", r"'blocks\[1\].repeat' cannot be 2 here"),
        (TURNED + "[[blocks]]\nkind = 'residual'\nfilters = 8\nkernel = 2", r"'blocks.*kernel'"),
        (
            TURNED + "[[blocks]]\nkind = 'pool'\nsize = 3\nstride = 2\npadding = 'same'",
            r"'blocks\[2\].stride' cannot be 2 here. Allowed: the size less an even number",
        ),
        (
            TURNED + "[[blocks]]\nkind = 'pool'\nsize = 3\nstride = 2",
            r"'blocks\[2\].stride' cannot be 2 here. Allowed: a divisor of the size",
        ),
        (TURNED + "[head]\npool = 'flatten'", r"'head.pool' cannot be 'flatten' here"),
        (
            TURNED.replace("conv", "pool").replace("filters = 16\nkernel = 4", ""),
            r"'training.symmetry' .*none",
        ),
        (HALVED.format(7), r"'blocks\[2\].per_tile' cannot be 'half' here.*multiple"),
        (HALVED.format(8) + "[training]\nsymmetry = 'dihedral'", r"'blocks\[2\].per_tile'.* 16 or"),
        (SMALL + "[sampling]\ncap = 1", r"'sampling.cap' cannot be 1. Allowed: a whole number, 2"),
    ],
)
def test_what_does_not_go_together_is_refused_with_its_key(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=rf"small.toml, line \d+: {sentence}"):
        read_recipe(text, "small")


def test_a_frozen_backbone_goes_with_the_logistic_solver() -> None:
    frozen = BACKBONE + "frozen_below = 'head'\n[training]\nsolver = 'logistic'"
    assert read_recipe(frozen, "probe").training.solver == "logistic"


@pytest.mark.parametrize(
    ("asked", "parts"), [(20, (14, 6)), (10, (7, 3)), (3, (2, 1)), (2, (1, 1)), (1, (1, 0))]
)
def test_a_number_of_epochs_is_divided_between_both_parts(
    asked: int, parts: tuple[int, int]
) -> None:
    recipe = load_recipe("vgg16-transfer")
    recipe = replace(
        recipe,
        training=replace(recipe.training, epochs=14),
        finetuning=replace(recipe.finetuning, epochs=6),
    )
    found = recipe.with_epochs(asked)
    assert (found.training.epochs, found.finetuning.epochs) == parts
    assert found.epochs == asked


def test_a_recipe_of_one_part_has_all_epochs_in_it() -> None:
    found = load_recipe("histo-fast").with_epochs(7)
    assert (found.training.epochs, found.finetuning.epochs) == (7, 0)


def test_lists_show_recipes_group_by_group_ours_first() -> None:
    groups = [recipe.group for recipe in load_recipes()]
    assert groups == sorted(groups, key=GROUPS.index)
    assert (groups.count("histology"), groups.count("x-ray")) == (16, 6)
