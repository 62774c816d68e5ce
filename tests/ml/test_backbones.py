"""Networks of `keras.applications`: their weights, what they expect, freezing and fine-tuning."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import keras
import numpy as np
import pytest

from histoviewer.domain.blocks import BackboneName
from histoviewer.domain.recipe import Recipe, read_recipe
from histoviewer.errors import InputError
from histoviewer.jobs.messages import Note
from histoviewer.ml import work
from histoviewer.ml.backbones import freeze, preprocess
from histoviewer.ml.building import build
from histoviewer.ml.callbacks import Conductor, Logs
from histoviewer.ml.predicting import load_model
from histoviewer.ml.requests import TrainRequest
from histoviewer.ml.training import recipe_of_run
from tests.ml.helpers import finish, make_tiles

Ask = Callable[..., TrainRequest]

# The smallest network of Keras that starts from ImageNet weights.
MOBILE = """
title = "Mobile"
[input]
preprocessing = "backbone"
[[blocks]]
kind = "backbone"
name = "MobileNetV3Small"
weights = "imagenet"
frozen_below = "head"
[training]
epochs = 1
batch = 16
precision = "float32"
"""


# The reason, and where the file is.
SAID = (
    r"^The ImageNet weights of MobileNetV3Small are not in Keras' cache and cannot be downloaded: "
    r"Connection refused\. Fetch https://\S+_no_top_v2\.h5 elsewhere and .* \(--weights\)"
)


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def mobile() -> Recipe:
    return read_recipe(MOBILE, "mobile")


@pytest.fixture(scope="module")
def random_mobile() -> Recipe:
    return read_recipe(MOBILE.replace("imagenet", "random"), "mobile")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of weights that tells where they came from: every bias is 0.25."""
    model = keras.applications.MobileNetV3Small(
        include_top=False, weights=None, input_shape=(32, 32, 3)
    )
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D) and layer.use_bias:
            layer.bias.assign(np.full(layer.bias.shape, 0.25))
    path = tmp_path_factory.mktemp("weights") / "mobile_notop.weights.h5"
    model.save_weights(path)
    return path


@pytest.fixture
def rates(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The learning rate of each step that is trained."""
    seen = []
    original = Conductor.on_train_batch_end

    def note(self: Conductor, batch: int, logs: Logs = None) -> None:
        seen.append(float(self.model.optimizer.learning_rate))
        original(self, batch, logs)

    monkeypatch.setattr(Conductor, "on_train_batch_end", note)
    return seen


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave Keras an empty cache and a network on which nobody answers."""
    monkeypatch.setattr("keras.src.utils.file_utils.config.keras_home", lambda: str(tmp_path))
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")


def biases(model: keras.Model) -> list[float]:
    """Return the biases of the backbone's convolutions."""
    kept = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    return [float(b) for layer in kept if layer.use_bias for b in np.array(layer.bias)]


def test_every_network_of_keras_can_be_a_backbone() -> None:
    networks = {name for name in vars(keras.applications) if name[0].isupper()}
    assert set(get_args(BackboneName)) == networks


@pytest.mark.parametrize("name", get_args(BackboneName))
def test_tiles_are_preprocessed_as_keras_does_for_its_weights(name: str) -> None:
    family = getattr(keras.applications, name).__module__.rpartition(".")[2]
    pixels = make_tiles(2)[0].pixels.astype(np.float32)
    tile = keras.Input(pixels.shape[1:])
    ours = keras.Model(tile, preprocess(name, tile, {"dtype": "float32"}))
    theirs = getattr(keras.applications, family).preprocess_input(pixels.copy())
    np.testing.assert_allclose(np.asarray(ours(pixels)), theirs, atol=1e-3)


def test_training_starts_from_a_file_of_weights_and_leaves_what_is_frozen(
    ask: Ask, mobile: Recipe, weights: Path
) -> None:
    request = ask(recipe=mobile, weights=weights)
    finish(work.train(request, never))
    assert set(biases(load_model(request.folder / "model.keras"))) == {0.25}


@pytest.mark.usefixtures("offline")
def test_without_weights_and_network_one_sentence_says_so_and_nothing_begins(
    ask: Ask, mobile: Recipe
) -> None:
    request = ask(recipe=mobile)
    with pytest.raises(InputError, match=SAID):
        finish(work.train(request, never))
    assert not request.folder.exists()


def test_weights_of_another_network_are_refused(ask: Ask, mobile: Recipe, weights: Path) -> None:
    other = read_recipe(MOBILE.replace("MobileNetV3Small", "MobileNet"), "mobile")
    with pytest.raises(InputError, match="does not hold the weights of MobileNet without its top"):
        finish(work.train(ask(recipe=other, weights=weights), never))


def test_weights_that_are_not_there_or_of_no_use_are_refused(
    ask: Ask, mobile: Recipe, tiny: Recipe, weights: Path
) -> None:
    with pytest.raises(InputError, match=r"There is no file .*none.h5"):
        finish(work.train(ask(recipe=mobile, weights=weights.with_name("none.h5")), never))
    with pytest.raises(InputError, match="'tiny' starts from no pretrained weights"):
        finish(work.train(ask(recipe=tiny, weights=weights), never))


def test_a_backbone_that_needs_larger_tiles_is_refused_before_its_weights_are_asked_for(
    ask: Ask,
) -> None:
    large = read_recipe(MOBILE.replace("MobileNetV3Small", "InceptionV3"), "large")
    with pytest.raises(InputError, match="'large' does not fit tiles of 32 pixels"):
        finish(work.train(ask(recipe=large), never))


def test_layers_from_the_named_one_on_are_trained(random_mobile: Recipe) -> None:
    model = build(random_mobile, tile_size=32, policy="float32")
    assert [v.path for v in model.trainable_variables] == ["logit/kernel", "logit/bias"]
    freeze(model, "conv_1")
    assert {v.path.split("/")[0] for v in model.trainable_variables} == {
        "conv_1", "conv_1_bn", "logit",
    }  # fmt: skip
    freeze(model, "")
    assert len(model.trainable_variables) > 50


UNKNOWN = [
    ("frozen_below = 'conv_l'", "line 8: 'blocks[1].frozen_below' cannot be 'conv_l' here."),
    ("[finetuning]\nepochs = 1\nfrozen_below = 'conv_l'", "line 10: 'finetuning.frozen_below'"),
    ("frozen_below = 'tile'", "line 8: 'blocks[1].frozen_below' cannot be 'tile' here."),
    ("[finetuning]\nepochs = 1\nfrozen_below = 'input_rescale'", "cannot be 'input_rescale'"),
]


@pytest.mark.parametrize(("lines", "sentence"), UNKNOWN)
def test_a_layer_that_the_backbone_lacks_is_refused_with_its_key(lines: str, sentence: str) -> None:
    """Also one that only the second part of a run freezes below; and none is proposed but its."""
    text = f"""
    title = "Mobile"
    [[blocks]]
    kind = "backbone"
    name = "MobileNetV3Small"
    weights = "random"

    {lines}
    """
    with pytest.raises(InputError, match=f"^mobile.toml.*{re.escape(sentence)}") as told:
        build(read_recipe(text, "mobile"), tile_size=32, policy="float32")
    assert ("conv_1" in told.value.hint) == ("conv_l" in lines)
    assert not {"tile", "input_rescale"} & set(re.split(r"[ ,;]+", told.value.hint))


def test_a_layer_is_not_asked_for_where_there_is_no_second_part(random_mobile: Recipe) -> None:
    recipe = replace(random_mobile, finetuning=replace(random_mobile.finetuning, frozen_below="no"))
    assert build(recipe, tile_size=32, policy="float32").count_params()


def test_a_wrong_layer_of_the_second_part_is_told_before_the_first(
    ask: Ask, random_mobile: Recipe
) -> None:
    finetuning = replace(random_mobile.finetuning, epochs=1, frozen_below="nonsense")
    request = ask(recipe=replace(random_mobile, finetuning=finetuning), epochs=2)
    with pytest.raises(InputError, match=r"'finetuning\.frozen_below' cannot be 'nonsense'"):
        finish(work.train(request, never))
    assert not request.folder.exists()


def test_epochs_that_are_asked_for_are_those_of_both_parts(ask: Ask, random_mobile: Recipe) -> None:
    finetuning = replace(random_mobile.finetuning, epochs=3)
    recipe = replace(
        random_mobile, training=replace(random_mobile.training, epochs=9), finetuning=finetuning
    )
    parts = [
        (found.training.epochs, found.finetuning.epochs)
        for found in (recipe_of_run(ask(recipe=recipe, epochs=asked)) for asked in (None, 4, 1))
    ]
    assert parts == [(9, 3), (3, 1), (1, 0)]


@pytest.mark.slow
def test_fine_tuning_goes_on_with_more_of_the_backbone_and_a_lower_rate(
    ask: Ask, random_mobile: Recipe, rates: list[float]
) -> None:
    finetuning = replace(random_mobile.finetuning, epochs=1, frozen_below="conv_1")
    recipe = replace(random_mobile, finetuning=finetuning)
    recipe = replace(
        recipe,
        stopping=replace(recipe.stopping, keep="last"),
        optimiser=replace(recipe.optimiser, schedule="cosine"),
        training=replace(recipe.training, batch=20),
    )
    request = ask(recipe=recipe, epochs=2)
    result, updates = finish(work.train(request, never))
    notes = [update.text for update in updates if isinstance(update, Note)]
    assert "Fine-tuning with a learning rate of 0.0001." in notes
    assert result.metrics["epochs"] == 2
    model = load_model(request.folder / "model.keras")
    assert np.array(model.get_layer("conv_1_bn").beta).any()  # starts at zero
    assert not np.array(model.get_layer("conv_bn").beta).any()
    steps = len(rates) // 2
    assert steps % 8, "a multiple of the steps that share a rate proves nothing"
    assert rates[0] == pytest.approx(1e-3, rel=0.3)
    assert rates[steps] < 0.6e-4  # half of the run is done: from its first step on
