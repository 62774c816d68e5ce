"""The averaged twin."""

from collections.abc import Iterator

import keras
import numpy as np
import pytest

from histoviewer.domain.recipe import Recipe
from histoviewer.ml.averaging import AveragedTwin, measure_statistics
from histoviewer.ml.building import build, float_variables
from tests.ml.helpers import make_tiles


def no_tiles() -> Iterator[np.ndarray]:
    return iter(())


def make_pair(recipe: Recipe) -> tuple[keras.Model, keras.Model]:
    return tuple(build(recipe, tile_size=16, policy="float32") for _ in range(2))


def fill(model: keras.Model, value: float) -> None:
    for variable in float_variables(model):
        variable.assign(np.full(variable.shape, value, np.float32))


def weights(model: keras.Model) -> set[float]:
    arrays = [keras.ops.convert_to_numpy(variable) for variable in model.trainable_variables]
    return {round(float(value), 5) for array in arrays for value in array.ravel()}


def test_the_twin_starts_as_a_copy(tiny: Recipe) -> None:
    student, other = make_pair(tiny)
    twin = AveragedTwin(student, other, decay=0.9, sample=no_tiles)
    for ours, theirs in zip(student.get_weights(), twin.model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_an_old_twin_moves_by_the_decay(tiny: Recipe) -> None:
    student, other = make_pair(tiny)
    fill(student, 0.0)
    twin = AveragedTwin(student, other, decay=0.5, sample=no_tiles)
    for _ in range(20):
        twin.follow(1)
    fill(student, 1.0)
    twin.follow(2)
    assert weights(twin.model) == {0.75}


def test_a_young_twin_trusts_the_newest_weights_more(tiny: Recipe) -> None:
    student, other = make_pair(tiny)
    fill(student, 0.0)
    twin = AveragedTwin(student, other, decay=0.9999, sample=no_tiles)
    fill(student, 1.0)
    twin.follow(1)
    assert weights(twin.model) == {0.9}


@pytest.mark.parametrize("at_once", [1, 4, 8])
def test_a_young_twin_is_a_mean_of_the_last_tenth_however_often_it_follows(
    tiny: Recipe, at_once: int
) -> None:
    student, other = make_pair(tiny)
    fill(student, 0.0)
    twin = AveragedTwin(student, other, decay=0.9999, sample=no_tiles)
    for _ in range(0, 800, at_once):
        twin.follow(at_once)
    fill(student, 1.0)
    for _ in range(0, 80, at_once):
        twin.follow(at_once)
    (moved,) = weights(twin.model)
    assert moved == pytest.approx(1 - (800 / 880) ** 9, abs=0.04)


def test_without_averaging_the_twin_is_the_newest_model(tiny: Recipe) -> None:
    student, other = make_pair(tiny)
    twin = AveragedTwin(student, other, decay=0.0, sample=no_tiles)
    fill(student, 3.0)
    twin.follow(1)
    twin.catch_up()
    assert weights(twin.model) == {3.0}


def test_measured_statistics_are_those_of_all_batches_together() -> None:
    norm = keras.layers.BatchNormalization(momentum=0.97)
    model = keras.Sequential([keras.Input((4, 4, 2)), norm])
    batches = np.random.default_rng(0).normal(3, 2, (5, 16, 4, 4, 2)).astype(np.float32)
    measure_statistics(model, iter(batches))
    mean = batches.mean(axis=(0, 1, 2, 3))
    within = batches.var(axis=(1, 2, 3)).mean(axis=0)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(norm.moving_mean), mean, rtol=1e-4)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(norm.moving_variance), within, rtol=1e-3)
    assert norm.momentum == 0.97


def test_an_averaged_twin_has_measured_statistics(tiny: Recipe) -> None:
    student, other = make_pair(tiny)
    tiles, _ = make_tiles(32, size=16)
    twin = AveragedTwin(student, other, decay=0.9, sample=lambda: iter([tiles.pixels]))
    twin.catch_up()
    found = twin.model.get_layer("b1_norm").moving_mean
    first = student.get_layer("b1_conv")(tiles.pixels.astype(np.float32) / 255)
    expected = keras.ops.mean(first, axis=(0, 1, 2))
    np.testing.assert_allclose(*map(keras.ops.convert_to_numpy, (found, expected)), atol=1e-4)


def test_random_generators_are_not_averaged(tiny: Recipe) -> None:
    student, _ = make_pair(tiny)
    assert all(keras.backend.is_float_dtype(v.dtype) for v in float_variables(student))
    assert len(float_variables(student)) == len(student.weights)


def test_models_of_another_build_are_no_twins(tiny: Recipe) -> None:
    student = build(tiny, tile_size=16, policy="float32")
    with pytest.raises(ValueError, match="zip"):
        AveragedTwin(student, keras.Sequential([keras.Input((1,))]), decay=0.5, sample=no_tiles)
