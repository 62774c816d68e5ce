"""What is said of a network without making its weights, against the network itself."""

import keras
import pytest

from histoviewer.domain.recipe import load_recipe, read_recipe
from histoviewer.errors import InputError
from histoviewer.ml.building import build
from histoviewer.ml.describing import describe_network

ALL_BLOCKS = """
title = "All blocks"
[training]
precision = "float32"
batch = 10
[optimiser]
kind = "sgd"
[[blocks]]
kind = "conv"
filters = 4
kernel = 3
stride = 2
[[blocks]]
kind = "separable"
filters = 6
[[blocks]]
kind = "residual"
filters = 8
stride = 2
[head]
dense = [{ units = 5 }]
"""


@pytest.mark.parametrize("name", ["histo-fast", "resnet34-slim", "brightness-logreg"])
def test_parameters_and_shapes_are_those_of_the_network(name: str) -> None:
    recipe = load_recipe(name)
    model = build(recipe, tile_size=64, policy="float32")

    facts = describe_network(recipe, tile_size=64)

    assert facts.parameters == model.count_params()
    trained = sum(keras.ops.size(weight) for weight in model.trainable_weights)
    assert facts.trainable == trained
    shapes = [tuple(layer.output.shape[1:]) for layer in model.layers]
    assert [layer.shape for layer in facts.layers] == shapes


def test_a_frozen_backbone_is_not_trained() -> None:
    facts = describe_network(load_recipe("vgg16-transfer"), tile_size=96)

    assert (facts.parameters, facts.trainable) == (50_403_137, 42_751_489)


def test_multiply_adds_are_those_counted_by_hand() -> None:
    facts = describe_network(read_recipe(ALL_BLOCKS, "all"), tile_size=16)
    counted = {layer.name: layer.multiply_adds for layer in facts.layers if layer.multiply_adds}

    assert counted == {
        "b1_conv": 8 * 8 * 3 * 3 * 3 * 4,
        "b2_depthwise": 8 * 8 * 3 * 3 * 4,
        "b2_pointwise": 8 * 8 * 4 * 6,
        "b3_shortcut": 4 * 4 * 6 * 8,
        "b3_conv1": 4 * 4 * 3 * 3 * 6 * 8,
        "b3_conv2": 4 * 4 * 3 * 3 * 8 * 8,
        "head1_dense": 8 * 5,
        "logit": 5,
    }


def test_memory_is_weights_gradients_slots_and_outputs_with_their_gradients() -> None:
    facts = describe_network(read_recipe(ALL_BLOCKS, "all"), tile_size=16)
    outputs = sum(_size(layer.shape) * (1 if layer.name == "tile" else 4) for layer in facts.layers)

    fixed = 4 * (facts.parameters + 2 * facts.trainable)
    assert facts.memory_bytes == fixed + 10 * 2 * outputs
    assert facts.step_bytes(1) == fixed + 2 * outputs


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for side in shape:
        size *= side
    return size


def test_layers_know_the_block_they_come_from() -> None:
    facts = describe_network(read_recipe(ALL_BLOCKS, "all"), tile_size=16)
    blocks = {layer.name: layer.block for layer in facts.layers}

    assert (blocks["tile"], blocks["b1_conv"], blocks["b3_add"]) == (None, 0, 2)
    assert blocks["logit"] is None


def test_what_a_backbone_is_given_is_no_layer_of_it() -> None:
    facts = describe_network(load_recipe("vgg16-transfer"), tile_size=96)
    names = [layer.name for layer in facts.layers if layer.block == 0]

    assert (names[0], names[-1], len(names)) == ("block1_conv1", "block5_pool", 18)


def test_a_network_far_too_large_for_any_machine_is_described() -> None:
    text = ALL_BLOCKS.replace("{ units = 5 }", "{ units = 65536 }, { units = 65536 }")
    text = text.replace("[head]", '[head]\npool = "flatten"').replace(
        "filters = 8", "filters = 4096"
    )

    facts = describe_network(read_recipe(text, "huge"), tile_size=512)

    assert facts.memory_bytes > 2**44


def test_a_network_that_does_not_fit_is_refused() -> None:
    text = ALL_BLOCKS.replace("kernel = 3", 'kernel = 31\npadding = "valid"')

    with pytest.raises(InputError, match="'all' does not fit tiles of 16 pixels"):
        describe_network(read_recipe(text, "all"), tile_size=16)


def test_what_is_built_afterwards_has_weights_again() -> None:
    describe_network(read_recipe(ALL_BLOCKS, "all"), tile_size=16)

    model = build(read_recipe(ALL_BLOCKS, "all"), tile_size=16, policy="float32")

    assert model.get_layer("b1_conv").kernel.numpy().std() > 0
