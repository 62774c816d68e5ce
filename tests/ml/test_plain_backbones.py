"""Networks of Keras that are made anew compute what they did, of layers that anybody can open."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from histoviewer.domain.recipe import Recipe, read_recipe
from histoviewer.errors import InputError
from histoviewer.ml.backbones import IMAGENET, freeze
from histoviewer.ml.building import build, logit_model
from histoviewer.ml.describing import describe_network
from histoviewer.ml.model_files import check_plain
from histoviewer.ml.plain_backbones import DEVIATION, MEAN, scales_of, with_public_layers
from tests.ml.helpers import make_tiles

GET_FILE = "keras.src.utils.file_utils.get_file"

# Where each of them is cut for fine-tuning: within its last stage.
LAST = {
    "ConvNeXtTiny": "convnext_tiny_stage_3_block_2_pointwise_conv_1",
    "EfficientNetB0": "top_conv",
    "EfficientNetV2B0": "top_conv",
}
NAMES = ["ConvNeXtTiny", "EfficientNetB0", pytest.param("EfficientNetV2B0", marks=pytest.mark.slow)]


def recipe_with(name: str, **block: str) -> Recipe:
    """Return a recipe that starts from ImageNet weights, unless told otherwise."""
    keys = {"kind": "backbone", "name": name, "weights": "imagenet", **block}
    table = "\n".join(f'{key} = "{value}"' for key, value in keys.items())
    return read_recipe(
        f'title = "Net"\n[input]\npreprocessing = "backbone"\n[[blocks]]\n{table}\n'
        '[training]\nepochs = 1\nbatch = 8\nprecision = "float32"\n',
        "net",
    )


def network(name: str, **options: Any) -> keras.Model:
    """Return Keras' own network for tiles of 32 pixels."""
    make = getattr(keras.applications, name)
    return make(include_top=False, input_shape=(32, 32, 3), **options)


@pytest.fixture(scope="module", params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def weights(name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of weights such as Keras publishes, but drawn at random."""
    model, rng = network(name, weights=None), np.random.default_rng(1)
    statistics = {"mean": MEAN, "variance": DEVIATION}
    for variable in model.weights:
        if variable.path.startswith("normalization"):
            variable.assign(np.asarray(statistics.get(variable.name, 0)))
        else:
            variable.assign(rng.uniform(0.02, 0.1, variable.shape))
    path = tmp_path_factory.mktemp("published") / "net_notop.weights.h5"
    model.save_weights(path)
    return path


@pytest.fixture(scope="module")
def file(name: str, weights: Path) -> Path:
    """Return the file of a model that starts from these weights."""
    model = build(recipe_with(name), tile_size=32, policy="float32", weights=str(weights))
    path = weights.with_name("model.keras")
    model.save(path)
    return path


@pytest.fixture(scope="module")
def ours(file: Path) -> keras.Model:
    """Return it as plain Keras opens it, without any code of ours; not to be written to."""
    return keras.saving.load_model(file, safe_mode=True)


def test_a_network_made_anew_computes_what_keras_does_with_the_published_weights(
    name: str, weights: Path, ours: keras.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GET_FILE, lambda *_, **__: str(weights))
    pixels = make_tiles(3)[0].pixels
    theirs = network(name, weights="imagenet").predict_on_batch(pixels.astype(np.float32))
    maps = keras.Model(ours.inputs[0], ours.get_layer("head_average").input)
    np.testing.assert_allclose(np.asarray(maps(pixels)), theirs, rtol=1e-3, atol=1e-3)


def test_weights_from_the_cache_and_from_a_file_make_the_same_network(
    name: str, weights: Path, ours: keras.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GET_FILE, lambda *_, **__: str(weights))
    cached = build(recipe_with(name), tile_size=32, policy="float32", weights=IMAGENET)
    assert [layer.name for layer in cached.layers] == [layer.name for layer in ours.layers]
    pairs = zip(cached.layers[:-3], ours.layers[:-3], strict=True)  # without the random head
    assert all(
        np.array_equal(one, other)
        for mine, yours in pairs
        for one, other in zip(mine.get_weights(), yours.get_weights(), strict=True)
    )


def test_its_file_holds_public_layers_only(file: Path, ours: keras.Model) -> None:
    public = {kind for kind in vars(layers).values() if isinstance(kind, type)}
    assert {type(layer) for layer in ours.layers} <= public
    check_plain(file)


def test_a_step_trains_the_layers_from_the_named_one_on(name: str) -> None:
    model = build(recipe_with(name), tile_size=32, policy="float32")
    freeze(model, LAST[name])
    before = {layer.name: layer.get_weights() for layer in model.layers if layer.weights}
    trainer = logit_model(model)
    trainer.compile("sgd", keras.losses.BinaryCrossentropy(from_logits=True), run_eagerly=True)
    tiles, labels = make_tiles(4)
    trainer.train_on_batch(tiles.pixels, labels[:, None].astype(np.float32))
    changed = [
        name
        for name, values in before.items()
        if not np.array_equal(values[0], model.get_layer(name).get_weights()[0])
    ]
    assert changed[0] == LAST[name]
    assert changed[-1] == "logit"


def test_weights_for_tiles_that_are_normalised_otherwise_are_refused() -> None:
    base = network("EfficientNetB0", weights=None)  # mean 0, variance 1
    with pytest.raises(ValueError, match="normalises tiles in another way"):
        with_public_layers(base, is_loaded=True)


def test_a_layer_is_called_the_same_in_every_network_that_is_built() -> None:
    recipe = recipe_with("MobileNetV3Small", weights="random")
    first, second = (build(recipe, tile_size=32, policy="float32") for _ in range(2))
    assert [layer.name for layer in first.layers] == [layer.name for layer in second.layers]
    freeze(second, "activation_3")
    assert not second.get_layer("conv").trainable


def test_factors_of_channels_are_known(ours: keras.Model) -> None:
    expected = [v.path for v in ours.trainable_variables if "layer_scale" in v.path]
    assert [scale.path for scale in scales_of(ours)] == expected


def test_the_largest_is_described_with_the_parameters_that_keras_publishes() -> None:
    facts = describe_network(recipe_with("ConvNeXtXLarge"), tile_size=96)
    in_backbone = [layer for layer in facts.layers if layer.block == 0]
    assert sum(layer.parameters for layer in in_backbone) == 348_147_968


def test_tiles_that_are_too_small_are_told_in_a_sentence() -> None:
    with pytest.raises(InputError, match=r"recipe 'net' does not fit tiles of 16 pixels\."):
        build(recipe_with("ConvNeXtTiny"), tile_size=16, policy="float32")
