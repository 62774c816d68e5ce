"""Searching from the command line."""

import pytest

from histoviewer.domain.command_lines import command_line
from tests.cli.documents import documented_keys
from tests.ml.helpers import TINY

# Whose loss is no number after a few steps, at any rate around it.
BOUNDLESS = """
title = "Boundless"
[input]
preprocessing = "raw"
[[blocks]]
kind = "conv"
filters = 8
stride = 4
repeat = 3
activation = "linear"
[optimiser]
kind = "sgd"
learning_rate = 10
[training]
precision = "float32"
batch = 8
"""


@pytest.mark.slow
def test_tune_prints_the_documented_json_and_writes_the_best_recipe(run, project, tmp_path) -> None:
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(TINY.replace("batch = 16", "batch = 4096"))  # more than there are tiles
    project = project.rename(tmp_path / "my tiles.histo")
    search = ("tune", project, "--recipe", recipe, "--trials", 1, "--epochs", 1)

    found = run(*search, "--json").json

    assert set(found) == documented_keys("tune")
    assert found["done"]
    assert len(found["trials"]) == found["best"] == 1
    assert found["recipe"].endswith("tiny-tuned.toml")
    said = run(*search).out
    (trial,) = found["trials"]
    assert f"batch {trial['batch']}, not {trial['values']['batch']:.4g}" in said
    proposed = command_line("train", "PROJECT", "--recipe", found["recipe"], "--seed", 1)
    assert said.endswith(f"Train it with: {proposed}\n")
    checked = run("train", project, "--recipe", found["recipe"], "--epochs", 1)
    assert checked.code == 0


@pytest.mark.slow
def test_weights_that_are_missing_are_told_in_a_sentence(run, project, tmp_path) -> None:
    file = tmp_path / "vgg16_notop.h5"
    told = run("tune", project, "--recipe", "vgg16-transfer", "--weights", file)

    assert told.code == 2
    assert f"There is no file {file}." in told.err


def test_a_recipe_with_nothing_to_vary_is_told_in_a_sentence(run, project) -> None:
    told = run("tune", project, "--recipe", "brightness-logreg")

    assert told.code == 2
    assert "There is nothing to search around the recipe 'brightness-logreg'" in told.err


def test_what_would_fail_every_trial_is_told_in_a_sentence(run, project, tmp_path) -> None:
    deep = tmp_path / "deep.toml"
    block = '[[blocks]]\nkind = "conv"\nfilters = 8\nkernel = 31\npadding = "valid"\n'
    deep.write_text(TINY + block * 2)

    told = run("tune", project, "--recipe", deep, "--trials", 2)

    assert told.code == 2
    assert "The network of the recipe 'deep' does not fit tiles of 96 pixels." in told.err
    assert "Trial" not in told.err


@pytest.mark.slow
def test_a_search_of_which_all_trials_failed_has_failed_and_prints_its_rows(
    run, project, tmp_path
) -> None:
    recipe = tmp_path / "boundless.toml"
    recipe.write_text(BOUNDLESS)

    search = ("tune", project, "--recipe", recipe, "--epochs", 1)

    told = run(*search, "--trials", 2, "--json")

    assert told.code == 2
    assert "No trial around the recipe 'boundless' succeeded, 2 failed." in told.err
    assert [trial["val_auc"] for trial in told.json["trials"]] == [None, None]
    assert set(told.json) == documented_keys("tune")
    assert (told.json["best"], told.json["recipe"]) == (None, None)

    later = run(*search, "--trials", 1000, "--max-seconds", 1)  # not all are run by then

    assert later.code == 0
    assert "failed: " in later.out
    assert "No trial has succeeded so far. Not all trials were run; ask again" in later.out
