"""From recipes to networks, and what the saved file is worth without this program."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from histoviewer.domain.recipe import load_recipe, read_recipe, recipe_names
from histoviewer.errors import InputError
from histoviewer.ml.building import build, logit_model
from histoviewer.ml.predicting import in_float32, load_model, score_tiles
from tests.ml.helpers import TINY, ArrayTiles, make_tiles

EVERY_BLOCK = """
title = "One of each"
blocks = [
    { kind = "conv", filters = 8, stride = 2, padding = "same", norm = "after", repeat = 2 },
    { kind = "separable", filters = 8, stride = 2 },
    { kind = "residual", filters = 12, stride = 2, repeat = 2 },
    { kind = "pool", mode = "average", padding = "same" },
    { kind = "norm", per_tile = "half" },
    { kind = "activation", activation = "silu" },
    { kind = "dropout", rate = 0.2, maps = true },
]
[input]
channels = "grey"
preprocessing = "standardise"
size = 48
[head]
pool = "flatten"
dropout = 0.5
dense = [{ units = 8, norm = "before", bias = false, dropout = 0.1, l2 = 0.001 }]
"""

# Runs where this program is not installed for Python's import system.
PLAIN_KERAS = """
import sys
import keras, numpy
model = keras.saving.load_model(sys.argv[1])
tiles = numpy.load(sys.argv[2])
assert tiles.dtype == numpy.uint8
numpy.save(sys.argv[3], model.predict(tiles, verbose=0)[:, 0])
assert not [name for name in sys.modules if name.startswith("histoviewer")]
"""


def plain_keras_scores(model: Path, pixels: np.ndarray, folder: Path) -> np.ndarray:
    np.save(folder / "tiles.npy", pixels)
    arguments = [str(model), str(folder / "tiles.npy"), str(folder / "scores.npy")]
    command = [sys.executable, "-c", PLAIN_KERAS, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return np.load(folder / "scores.npy")


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_pale_tiles_are_standardised_as_others_are_and_blank_ones_stay_blank(policy: str) -> None:
    recipe = read_recipe(TINY + "\n[input]\npreprocessing = 'standardise'\n", "standardised")
    model = build(recipe, tile_size=32, policy=policy)
    seen = keras.Model(model.inputs[0], model.get_layer("input_standardise").output)
    noise = np.random.default_rng(0).normal(size=(32, 32, 3))
    tiles = [level + deviation * noise for level, deviation in ((128, 30), (225, 3), (243, 0))]

    maps = seen(np.stack(tiles).clip(0, 255).astype(np.uint8))
    maps = keras.ops.convert_to_numpy(keras.ops.cast(maps, "float32"))

    np.testing.assert_allclose(maps.mean(axis=(1, 2, 3)), 0, atol=0.01)
    np.testing.assert_allclose(maps[:2].std(axis=(1, 2, 3)), 1, atol=0.01)
    assert np.abs(maps[2]).max() < 0.01


def test_the_published_network_has_its_published_parameters() -> None:
    model = build(load_recipe("cnn-gap-colour"), tile_size=96, policy="float32")
    assert model.count_params() == 296_225


@pytest.mark.parametrize("name", recipe_names())
def test_every_shipped_recipe_takes_raw_tiles_and_gives_a_probability(name: str) -> None:
    model = build(load_recipe(name), tile_size=96, policy="mixed_bfloat16")
    assert model.input_shape == (None, 96, 96, 3)
    assert model.inputs[0].dtype == "uint8"
    assert model.output_shape == (None, 1)
    assert model.outputs[0].dtype == "float32"
    assert logit_model(model).outputs[0].dtype == "float32"


def test_the_saved_model_opens_in_plain_keras_and_scores_the_same(
    trained: Path, tmp_path: Path
) -> None:
    tiles, _ = make_tiles(50, seed=9)
    ours = score_tiles(load_model(trained / "model.keras"), tiles, np.arange(50))
    theirs = plain_keras_scores(trained / "model.keras", tiles.pixels, tmp_path)
    np.testing.assert_allclose(theirs, ours, atol=1e-6)


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_every_block_survives_saving_into_plain_keras(tmp_path: Path, policy: str) -> None:
    model = build(read_recipe(EVERY_BLOCK, "each"), tile_size=32, policy=policy)
    model.save(tmp_path / "model.keras")
    pixels = make_tiles(4)[0].pixels
    theirs = plain_keras_scores(tmp_path / "model.keras", pixels, tmp_path)
    np.testing.assert_allclose(theirs, model.predict(pixels, verbose=0)[:, 0], atol=1e-5)


def test_a_bfloat16_model_is_nearly_the_same_in_float32() -> None:
    keras.utils.set_random_seed(0)
    model = build(read_recipe(TINY, "tiny"), tile_size=32, policy="mixed_bfloat16")
    tiles, _ = make_tiles(20)
    exact = in_float32(model)
    assert {layer.compute_dtype for layer in exact.layers[1:]} == {"float32"}
    np.testing.assert_allclose(
        score_tiles(model, tiles, np.arange(20)),
        score_tiles(exact, tiles, np.arange(20)),
        atol=0.02,
    )


def test_grey_ignores_hue_of_equal_luma() -> None:
    text = 'title = "g"\nblocks = [{ kind = "conv", filters = 4 }]\n[input]\nchannels = "grey"'
    model = build(read_recipe(text, "grey"), tile_size=8, policy="float32")
    pixels = np.zeros((2, 8, 8, 3), np.uint8)
    pixels[0, ..., 0], pixels[1, ..., 1] = 587 // 4, 299 // 4  # 0.299 R = 0.587 G
    scores = score_tiles(model, ArrayTiles(pixels), np.arange(2))
    assert scores[0] == pytest.approx(scores[1], abs=1e-3)


def test_a_network_too_deep_for_the_tiles_is_refused() -> None:
    text = 'title = "deep"\nblocks = [' + '{ kind = "pool", size = 4 },' * 4 + "]"
    with pytest.raises(InputError, match="'deep' does not fit tiles of 32 pixels"):
        build(read_recipe(text, "deep"), tile_size=32, policy="float32")
