"""The averaged twin."""

import keras
import numpy as np
import pytest

from histoviewer.domain.recipe import Recipe
from histoviewer.ml.averaging import AveragedTwin
from histoviewer.ml.building import build, float_variables


def make_pair(recipe: Recipe) -> tuple[keras.Model, keras.Model]:
    return tuple(build(recipe, tile_size=16, policy="float32") for _ in range(2))


def fill(model: keras.Model, value: float) -> None:
    for variable in float_variables(model):
        variable.assign(np.full(variable.shape, value, np.float32))


def values(model: keras.Model) -> set[float]:
    arrays = [keras.ops.convert_to_numpy(variable) for variable in float_variables(model)]
    return {round(float(value), 5) for array in arrays for value in array.ravel()}


def test_the_twin_starts_as_a_copy(tiny: Recipe) -> None:
    student, other = make_pair(tiny)
    twin = AveragedTwin(student, other, decay=0.9)
    for ours, theirs in zip(student.get_weights(), twin.model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_an_old_twin_moves_by_the_decay_with_weights_and_statistics(tiny: Recipe) -> None:
    student, other = make_pair(tiny)
    fill(student, 0.0)
    twin = AveragedTwin(student, other, decay=0.5)
    for _ in range(20):
        twin.follow(1)
    fill(student, 1.0)
    twin.follow(2)
    assert values(twin.model) == {0.75}


def test_a_young_twin_trusts_the_newest_weights_more(tiny: Recipe) -> None:
    student, other = make_pair(tiny)
    fill(student, 0.0)
    twin = AveragedTwin(student, other, decay=0.9999)
    fill(student, 1.0)
    twin.follow(1)
    assert values(twin.model) == {0.9}


def test_without_averaging_the_twin_is_the_newest_model(tiny: Recipe) -> None:
    student, other = make_pair(tiny)
    twin = AveragedTwin(student, other, decay=0.0)
    fill(student, 3.0)
    twin.follow(1)
    twin.catch_up()
    assert values(twin.model) == {3.0}


def test_random_generators_are_not_averaged(tiny: Recipe) -> None:
    student, _ = make_pair(tiny)
    assert all(keras.backend.is_float_dtype(v.dtype) for v in float_variables(student))
    assert len(float_variables(student)) == len(student.weights)


def test_models_of_another_build_are_no_twins(tiny: Recipe) -> None:
    student = build(tiny, tile_size=16, policy="float32")
    with pytest.raises(ValueError, match="zip"):
        AveragedTwin(student, keras.Sequential([keras.Input((1,))]), decay=0.5)
