"""Networks of several members: each learns as one by itself, what is kept is their mean."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from histoviewer.domain.explanation import MapSettings
from histoviewer.domain.recipe import Recipe, read_recipe
from histoviewer.ml import work
from histoviewer.ml.batches import plan_batches, tile_batches
from histoviewer.ml.building import LOGIT, build, logit_model
from histoviewer.ml.describing import describe_network
from histoviewer.ml.explained_model import ExplainedModel
from histoviewer.ml.feature_layers import first_convolution
from histoviewer.ml.mapping import iterate_maps
from histoviewer.ml.members import member_logits, of_all_members
from histoviewer.ml.predicting import load_model
from histoviewer.ml.preparing import Trainee, prepare
from histoviewer.ml.symmetry import constrain
from tests.ml.helpers import TINY, finish, make_request, make_tiles

MEMBERS = 3
PLAIN = TINY.replace("flips = true\nquarter_turns = true\nstain_jitter = 0.1", "")


def of(members: int, text: str = PLAIN, **training: Any) -> Recipe:
    recipe = read_recipe(text, "tiny")
    return replace(recipe, training=replace(recipe.training, members=members, **training))


def trainee_of(recipe: Recipe, folder: Path) -> tuple[Trainee, tuple[np.ndarray, ...]]:
    """Return what a run trains, and its first batch."""
    request = make_request(recipe=recipe, folder=folder)
    none = np.empty(0, np.int64)
    plan = plan_batches(recipe, train=request.train, extra=none, labels=request.labels)
    batch = next(tile_batches(plan, request.tiles, seed=0))
    return prepare(request, recipe, plan), batch


def take_member(single: keras.Model, whole: keras.Model, member: int) -> None:
    """Give a network of one the weights of a member of another."""
    prefix = f"m{member + 1}_" if member else ""
    for layer in single.layers:
        if layer.name == LOGIT:
            kernel, bias = whole.get_layer(LOGIT).get_weights()
            layer.set_weights([np.split(kernel, MEMBERS)[member], bias])
        elif layer.weights:
            layer.set_weights(whole.get_layer(prefix + layer.name).get_weights())


def apart_of(model: keras.Model, tiles: np.ndarray, *, training: bool = False) -> Any:
    """Return the logit of each member, all of which look at the same tiles."""
    raw = keras.Input(tiles.shape[1:], dtype="uint8")
    network = keras.Model(raw, member_logits(model, LOGIT, [raw] * MEMBERS))
    return network(tiles, training=training)


def learning(model: keras.Model) -> list[keras.layers.Layer]:
    """Return the layers whose first weight is a kernel, the output layer among them."""
    return [layer for layer in model.layers if hasattr(layer, "kernel")]


def test_the_network_that_is_kept_says_the_mean_of_its_members() -> None:
    keras.utils.set_random_seed(0)
    whole = build(of(MEMBERS), tile_size=32, policy="float32")
    single = build(of(1), tile_size=32, policy="float32")
    tiles = make_tiles(8)[0].pixels
    apart = np.asarray(apart_of(whole, tiles))
    for member in range(MEMBERS):
        take_member(single, whole, member)
        alone = np.asarray(logit_model(single)(tiles))[:, 0]
        np.testing.assert_allclose(apart[:, member], alone, rtol=1e-4, atol=1e-6)
    together = np.asarray(logit_model(whole)(tiles))[:, 0]
    np.testing.assert_allclose(apart.mean(axis=1), together, rtol=1e-4, atol=1e-6)
    assert np.ptp(apart, axis=1).min() > 1e-4


def test_a_step_changes_each_member_as_it_would_by_itself(tmp_path: Path) -> None:
    """With plain gradient descent, whose step is as large as the gradient."""
    descent = PLAIN.replace('kind = "adamw"', 'kind = "sgd"') + "label_smoothing = 0.1\n"
    whole, batch = trainee_of(of(MEMBERS, descent), tmp_path / "whole")
    single, _ = trainee_of(of(1, descent), tmp_path / "single")
    alone, before = [], []
    for member in range(MEMBERS):
        take_member(single.student, whole.student, member)
        before.append([layer.get_weights() for layer in learning(single.student)])
        single.trainer.train_on_batch(*batch)
        alone.append([layer.get_weights() for layer in learning(single.student)])
    whole.trainer.train_on_batch(*batch)
    for member in range(MEMBERS):
        take_member(single.student, whole.student, member)
        together = [layer.get_weights() for layer in learning(single.student)]
        for found, wanted, old in zip(together, alone[member], before[member], strict=True):
            np.testing.assert_allclose(found[0], wanted[0], rtol=1e-3, atol=1e-5)
            assert np.abs(found[0] - old[0]).max() > 1e-4


def test_figures_of_training_are_those_of_the_mean(tmp_path: Path) -> None:
    trainee, (tiles, labels, weights) = trainee_of(of(MEMBERS), tmp_path)
    apart = apart_of(trainee.student, tiles, training=True)
    mean = ops.mean(apart, axis=-1, keepdims=True)
    log_loss = keras.losses.binary_crossentropy(labels, mean, from_logits=True)
    each = [
        keras.losses.binary_crossentropy(labels, apart[:, one : one + 1], from_logits=True)
        for one in range(MEMBERS)
    ]
    found = trainee.trainer.train_on_batch(tiles, labels, weights, return_dict=True)
    assert found["log_loss"] == pytest.approx(float(ops.mean(log_loss)), rel=1e-3)
    assert found["loss"] == pytest.approx(float(ops.mean(sum(each) * weights)), rel=1e-3)


def test_each_member_learns_from_tiles_that_were_augmented_for_it_alone(tmp_path: Path) -> None:
    """Two members that start alike no longer are after a step; without augmentation they are."""
    for text, are_alike in ((PLAIN, True), (TINY, False)):
        trainee, batch = trainee_of(of(2, text), tmp_path)
        first, second = (trainee.student.get_layer(name) for name in ("b1_conv", "m2_b1_conv"))
        for layer in trainee.student.layers:
            if layer.name.startswith("m2_"):
                own = trainee.student.get_layer(layer.name.removeprefix("m2_"))
                layer.set_weights(own.get_weights())
        dense = trainee.student.get_layer(LOGIT)
        kernel, bias = dense.get_weights()
        dense.set_weights([np.concatenate([kernel[:16], kernel[:16]]), bias])
        trainee.trainer.train_on_batch(*batch)
        difference = np.abs(first.get_weights()[0] - second.get_weights()[0]).max()
        assert bool(difference < 1e-6) is are_alike


def test_it_is_trained_kept_and_trained_further(tmp_path: Path) -> None:
    recipe = of(2, TINY, symmetry="pooled")
    first, again = tmp_path / "first", tmp_path / "again"
    result, _ = finish(
        work.train(make_request(recipe=recipe, folder=first), lambda: False),
    )
    assert result.metrics["val_auc"] > 0.9
    model = load_model(first / "model.keras")
    assert result.metrics["parameters"] == model.count_params()
    assert (
        model.count_params() == 2 * build(of(1), tile_size=32, policy="float32").count_params() - 1
    )
    start = make_request(recipe=recipe, folder=again, start_from=first / "model.keras")
    further, _ = finish(work.train(start, lambda: False))
    assert further.metrics["start_val_auc"] == pytest.approx(result.metrics["val_auc"], abs=1e-6)


def test_the_same_seed_gives_the_same_network(tmp_path: Path) -> None:
    scores = []
    for name in ("one", "two"):
        request = make_request(recipe=of(2, TINY, epochs=1), folder=tmp_path / name)
        finish(work.train(request, lambda: False))
        model = load_model(tmp_path / name / "model.keras")
        scores.append(np.asarray(model(make_tiles(8)[0].pixels)))
    np.testing.assert_array_equal(scores[0], scores[1])


def test_maps_of_all_members_are_explained_together() -> None:
    keras.utils.set_random_seed(0)
    model = build(of(2), tile_size=32, policy="float32")
    explained = ExplainedModel(model)
    assert (explained.layers[-1].name, explained.layers[-1].channels) == ("members", 32)
    tiles = make_tiles(2)[0].pixels
    parts = iterate_maps(explained, tiles, MapSettings())
    maps = np.concatenate([part[1] for part in parts if part is not None])
    logits = np.asarray(logit_model(model)(tiles))[:, 0]
    # Without a bias nothing but the maps before pooling makes the logit.
    np.testing.assert_allclose(maps.sum(axis=(1, 2)), logits, rtol=1e-3, atol=1e-6)


def test_members_are_symmetric_where_the_recipe_says_so() -> None:
    keras.utils.set_random_seed(0)
    square = PLAIN.replace("stride = 2", "stride = 2\nkernel = 4")
    model = build(of(2, square, symmetry="dihedral"), tile_size=32, policy="float32")
    constrain(model)
    tiles = make_tiles(4)[0].pixels
    score = logit_model(model)
    views = [
        np.rot90(side, turns, (1, 2)) for side in (tiles, tiles[:, ::-1]) for turns in range(4)
    ]
    found = np.stack([np.asarray(score(np.ascontiguousarray(view))) for view in views])
    assert np.ptp(found, axis=0).max() < 1e-5
    assert np.ptp(found[0]) > 1e-4


def test_first_filters_are_those_of_all_members() -> None:
    model = build(of(2), tile_size=32, policy="float32")
    first = first_convolution(model)
    names = [layer.name for layer in of_all_members(model, first)]
    assert names == ["b1_conv", "m2_b1_conv"]
    assert of_all_members(model, model.get_layer(LOGIT)) == [model.get_layer(LOGIT)]


def test_layers_of_each_member_belong_to_the_block_they_were_made_of() -> None:
    facts = describe_network(of(2), tile_size=32)
    blocks = {layer.name: layer.block for layer in facts.layers}
    assert (blocks["b3_conv"], blocks["m2_b3_conv"], blocks["members"]) == (2, 2, None)
