"""Statistics of normalisation taken from the tiles that nobody has labelled."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from histoviewer.domain.recipe import Recipe
from histoviewer.errors import InputError
from histoviewer.jobs.messages import Note
from histoviewer.ml import work
from histoviewer.ml.batches import SAMPLE, SAMPLE_BATCH
from histoviewer.ml.predicting import load_model, score_tiles
from histoviewer.ml.requests import MODEL_FILE, TrainRequest, TrainResult
from tests.ml.helpers import ArrayTiles, finish, make_tiles

Ask = Callable[..., TrainRequest]

_LABELLED = 160
_OTHERS = 300  # more than two batches of the sample, and less than a third


def never() -> bool:
    return False


@pytest.fixture
def adapting(tiny: Recipe) -> Recipe:
    """A recipe that adapts."""
    return replace(tiny, training=replace(tiny.training, statistics="unlabelled"))


@pytest.fixture
def two_laboratories() -> tuple[ArrayTiles, np.ndarray]:
    """Labelled tiles, and as many others that a laboratory with paler, bluer stains has made."""
    ours, labels = make_tiles(_LABELLED)
    theirs, _ = make_tiles(_OTHERS, seed=9)
    pale = 255 - (255 - theirs.pixels.astype(np.float32)) * (0.45, 0.6, 0.3)
    pixels = np.concatenate([ours.pixels, pale.astype(np.uint8)])
    return ArrayTiles(pixels), np.concatenate([labels, np.full(_OTHERS, -1, np.int8)])


def train(ask: Ask, where: Path, **changes: object) -> tuple[TrainResult, list[str]]:
    result, updates = finish(work.train(ask(folder=where, **changes), never))
    return result, [update.text for update in updates if isinstance(update, Note)]


def first_mean(folder: Path) -> np.ndarray:
    return keras.ops.convert_to_numpy(
        load_model(folder / MODEL_FILE).get_layer("b1_norm").moving_mean
    )


def mean_after_first_convolution(folder: Path, pixels: np.ndarray) -> np.ndarray:
    maps = load_model(folder / MODEL_FILE).get_layer("b1_conv")(pixels.astype(np.float32) / 255)
    return keras.ops.convert_to_numpy(keras.ops.mean(maps, axis=(0, 1, 2)))


@pytest.mark.parametrize("decay", [0.0, 0.8])
def test_the_kept_model_has_the_statistics_of_unlabelled_tiles(
    ask: Ask, adapting: Recipe, two_laboratories, tmp_path: Path, decay: float
) -> None:
    tiles, labels = two_laboratories
    recipe = replace(adapting, averaging=replace(adapting.averaging, decay=decay))
    unlabelled = np.arange(_LABELLED, _LABELLED + 2 * SAMPLE_BATCH)
    result, notes = train(
        ask, tmp_path / "run", tiles=tiles, labels=labels, unlabelled=unlabelled, recipe=recipe
    )
    expected = mean_after_first_convolution(tmp_path / "run", tiles.pixels[unlabelled])
    of_ours = mean_after_first_convolution(tmp_path / "run", tiles.pixels[:_LABELLED])
    found = first_mean(tmp_path / "run")
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert np.abs(found - of_ours).max() > 0.02
    assert result.metrics["unlabelled_tiles"] == len(unlabelled)
    assert notes == []


def test_tiles_of_another_laboratory_are_told_apart_by_one_threshold(
    ask: Ask, tiny: Recipe, adapting: Recipe, two_laboratories, tmp_path: Path
) -> None:
    tiles, labels = two_laboratories
    theirs = np.arange(_LABELLED, len(labels))
    truth = np.arange(_OTHERS) % 3 == 0
    right = {}
    for name, recipe in (("plain", tiny), ("adapted", adapting)):
        given = {"tiles": tiles, "labels": labels, "unlabelled": theirs, "epochs": 6}
        train(ask, tmp_path / name, recipe=recipe, **given)
        model = load_model(tmp_path / name / MODEL_FILE)
        called = score_tiles(model, tiles, theirs, batch=100) > 0.5
        right[name] = float((called == truth).mean())
    assert right["adapted"] > 0.95 > right["plain"]


def test_without_enough_unlabelled_tiles_statistics_are_of_training_tiles(
    ask: Ask, tiny: Recipe, adapting: Recipe, two_laboratories, tmp_path: Path
) -> None:
    tiles, labels = two_laboratories
    few = np.arange(_LABELLED, _LABELLED + SAMPLE_BATCH - 1)
    given = {"tiles": tiles, "labels": labels, "unlabelled": few}
    result, notes = train(ask, tmp_path / "asked", recipe=adapting, **given)
    train(ask, tmp_path / "plain", recipe=tiny, **given)
    np.testing.assert_array_equal(first_mean(tmp_path / "asked"), first_mean(tmp_path / "plain"))
    assert "unlabelled_tiles" not in result.metrics
    assert notes == ["Not adapted to unlabelled tiles: there are 127, and 128 are needed."]


def test_of_many_unlabelled_tiles_some_are_measured(
    ask: Ask, adapting: Recipe, tmp_path: Path
) -> None:
    ours, labels = make_tiles(_LABELLED)
    many = np.repeat(ours.pixels, 6, axis=0)
    tiles = ArrayTiles(np.concatenate([ours.pixels, many]))
    unlabelled = np.arange(_LABELLED, len(tiles.pixels))
    every = np.concatenate([labels, np.full(len(many), -1, np.int8)])
    given = {"tiles": tiles, "labels": every, "unlabelled": unlabelled, "epochs": 1}
    result, _ = train(ask, tmp_path / "run", recipe=adapting, **given)
    assert result.metrics["unlabelled_tiles"] == SAMPLE < len(unlabelled)


def test_unlabelled_tiles_that_do_not_exist_are_refused(
    ask: Ask, adapting: Recipe, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="Some unlabelled tiles do not exist"):
        train(ask, tmp_path / "run", recipe=adapting, unlabelled=np.array([10_000]))
