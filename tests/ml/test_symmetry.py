"""Networks that score a tile alike however it is flipped or turned."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import layers, ops

from histoviewer.domain.blocks import Block, ConvBlock, Head, NormBlock, PoolBlock, ResidualBlock
from histoviewer.domain.recipe import Recipe, read_recipe
from histoviewer.domain.recipe_rules import check_rules
from histoviewer.domain.strict import TableError
from histoviewer.ml import work
from histoviewer.ml.building import build, logit_model
from histoviewer.ml.predicting import load_model
from histoviewer.ml.symmetry import (
    ORDER,
    SymmetricChannels,
    SymmetricKernel,
    constrain,
    move,
    tied,
)
from tests.ml.helpers import finish, make_request, make_tiles

TURNED = """
title = "Turned"

[[blocks]]
kind = "conv"
filters = 16
kernel = 4
stride = 2
activation = "linear"

[[blocks]]
kind = "norm"
per_tile = "half"

[[blocks]]
kind = "activation"

[[blocks]]
kind = "pool"

[[blocks]]
kind = "residual"
filters = 24

[head]
dense = [{ units = 5, norm = "before" }]

[sampling]
kind = "weights"

[optimiser]
learning_rate = 1e-2

[averaging]
decay = 0.8

[training]
symmetry = "dihedral"
epochs = 3
batch = 16
norm_momentum = 0.8
precision = "float32"
"""


@pytest.fixture(scope="module")
def turned() -> Recipe:
    return read_recipe(TURNED, "turned")


@pytest.fixture(scope="module")
def learned(turned: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a symmetric network that was trained; not to be written to."""
    folder = tmp_path_factory.mktemp("turned") / "run"
    finish(work.train(make_request(recipe=turned, folder=folder), lambda: False))
    return folder


def views(pixels: np.ndarray) -> list[np.ndarray]:
    """Return tiles (n, H, W, 3) in all eight orientations."""
    maps = np.moveaxis(pixels, -1, 1)
    moved = [np.moveaxis(move(maps, element), 1, -1) for element in range(ORDER)]
    return [np.ascontiguousarray(view) for view in moved]


def spread(model: keras.Model, pixels: np.ndarray | None = None) -> float:
    """Return by how much scores differ between orientations, at most."""
    tiles = views(make_tiles(8)[0].pixels if pixels is None else pixels)
    scores = [np.asarray(model(tile, training=False)) for tile in tiles]
    return float(np.ptp(scores, axis=0).max())


def test_the_eight_orientations_of_a_square_are_different() -> None:
    square = np.arange(9).reshape(3, 3)
    assert len({np.ascontiguousarray(move(square, g)).tobytes() for g in range(ORDER)}) == ORDER


def test_a_trained_network_scores_a_tile_alike_in_all_orientations(learned: Path) -> None:
    model = load_model(learned / "model.keras")
    assert spread(model) < 1e-5
    assert np.ptp(np.asarray(model(make_tiles(8)[0].pixels))) > 1e-3


def test_a_network_that_was_trained_further_still_does(
    learned: Path, turned: Recipe, tmp_path: Path
) -> None:
    start = learned / "model.keras"
    request = make_request(recipe=turned, folder=tmp_path / "run", start_from=start, epochs=1)
    finish(work.train(request, lambda: False))
    assert spread(load_model(tmp_path / "run" / "model.keras")) < 1e-5


def test_one_that_begins_with_a_normalisation_does_too(turned: Recipe, tmp_path: Path) -> None:
    """What is before the first convolution is of the tile's own channels."""
    normed = replace(turned, blocks=(NormBlock(), *turned.blocks))
    finish(work.train(make_request(recipe=normed, folder=tmp_path / "run"), lambda: False))
    assert spread(load_model(tmp_path / "run" / "model.keras")) < 1e-5


@pytest.mark.parametrize(
    "blocks",
    [
        (ConvBlock(filters=8, kernel=3),),
        (ConvBlock(filters=8, kernel=4),),
        (ConvBlock(filters=8, kernel=4, padding="valid"),),
        (ConvBlock(filters=8, kernel=4, stride=2),),
        (ConvBlock(filters=8, kernel=4, stride=2, repeat=2),),
        (ConvBlock(filters=8, kernel=2, stride=4),),
        (ConvBlock(filters=8, kernel=3, stride=2, padding="valid"),),
        (ConvBlock(filters=8), ResidualBlock(filters=8, kernel=2)),
        (ResidualBlock(filters=8, kernel=5),),
        (ConvBlock(filters=8), PoolBlock(size=3, stride=2, padding="same")),
        (ConvBlock(filters=8), PoolBlock(size=3, stride=1, padding="same")),
        (ConvBlock(filters=8), PoolBlock(size=3, stride=2)),
    ],
    ids=repr,
)
def test_the_rules_of_recipes_refuse_what_looks_further_to_one_side_and_nothing_else(
    turned: Recipe, blocks: tuple[Block, ...]
) -> None:
    recipe = replace(turned, blocks=blocks, head=Head())
    keras.utils.set_random_seed(0)
    model = build(recipe, tile_size=32, policy="float32")
    constrain(model)
    noise = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    score = logit_model(model)
    found = spread(score, noise) / np.abs(score(noise)).max()
    try:
        check_rules(recipe, file="")
    except TableError:
        assert found > 1e-3
    else:
        assert found < 1e-5


def test_a_plain_network_does_not(turned: Recipe) -> None:
    keras.utils.set_random_seed(0)
    assert spread(build(turned, tile_size=32, policy="float32")) > 1e-3


def test_maps_turn_with_the_tile_and_orientations_change_places(turned: Recipe) -> None:
    model = build(turned, tile_size=32, policy="float32")
    constrain(model)
    first = next(layer for layer in model.layers if isinstance(layer, layers.Conv2D))
    maps = keras.Model(model.inputs[0], first.output)
    tile = make_tiles(1)[0].pixels
    upright = np.moveaxis(np.asarray(maps(tile)), -1, 1)
    for element, view in enumerate(views(tile)):
        found = np.moveaxis(np.asarray(maps(view)), -1, 1)
        wanted = np.sort(move(upright, element).reshape(2, ORDER, 16, 16), axis=1)
        np.testing.assert_allclose(
            np.sort(found.reshape(2, ORDER, 16, 16), axis=1), wanted, atol=1e-4
        )


@given(side=st.integers(1, 5), inputs=st.sampled_from([1, 3, 8, 16]), seed=st.integers(0, 99))
def test_a_kernel_becomes_the_nearest_symmetric_one(side: int, inputs: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    symmetric = SymmetricKernel((side, side, inputs, 16))
    kernel, other = rng.normal(size=(2, side, side, inputs, 16)).astype(np.float32)
    near = np.asarray(symmetric(ops.convert_to_tensor(kernel)))
    np.testing.assert_allclose(symmetric(ops.convert_to_tensor(near)), near, atol=1e-5)
    # What was taken away stands at a right angle to every symmetric kernel.
    any_other = np.asarray(symmetric(ops.convert_to_tensor(other)))
    assert abs(((kernel - near) * any_other).sum()) < 1e-2


def test_values_of_a_feature_become_their_mean() -> None:
    values = np.arange(16, dtype=np.float32)
    tied = np.asarray(SymmetricChannels()(ops.convert_to_tensor(values)))
    np.testing.assert_allclose(tied, np.repeat([3.5, 11.5], 8))


def test_a_step_of_adam_goes_as_far_as_in_a_network_without_symmetry() -> None:
    model = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(16, 4)])
    constrain(model)
    kernel = model.layers[0].kernel
    before = np.array(kernel)
    optimiser = tied(keras.optimizers.Adam)(learning_rate=0.01)

    rng = np.random.default_rng(0)
    optimiser.apply([rng.normal(size=kernel.shape).astype(np.float32)], [kernel])

    np.testing.assert_allclose(np.abs(np.array(kernel) - before), 0.01, rtol=1e-3)
