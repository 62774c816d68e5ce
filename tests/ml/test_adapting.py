"""Statistics of normalisation taken from the tiles that nobody has labelled."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from histoviewer.domain.recipe import Recipe
from histoviewer.errors import InputError
from histoviewer.jobs.messages import Note
from histoviewer.ml import work
from histoviewer.ml.batches import SAMPLE, SAMPLE_BATCH
from histoviewer.ml.predicting import load_model
from histoviewer.ml.requests import MODEL_FILE, TrainRequest, TrainResult
from tests.ml.helpers import ArrayTiles, finish, make_tiles

Ask = Callable[..., TrainRequest]

_OURS = 120  # labelled tiles of one laboratory, to learn from
_JUDGED = 60  # labelled tiles of another
_OTHERS = 2 * SAMPLE_BATCH + 40  # tiles of the other that nobody has labelled


def never() -> bool:
    return False


@pytest.fixture
def adapting(tiny: Recipe) -> Recipe:
    """A recipe that adapts."""
    return replace(tiny, training=replace(tiny.training, statistics="unlabelled"))


@dataclass(frozen=True)
class Laboratories:
    """Tiles of two laboratories, of which the second stains paler and bluer."""

    tiles: ArrayTiles
    labels: np.ndarray

    @property
    def unlabelled(self) -> np.ndarray:
        return np.flatnonzero(self.labels < 0)

    def asked(self, *, validation: np.ndarray | None = None) -> dict[str, Any]:
        """Return what to ask for: learn from the first, be judged on the second."""
        theirs = np.arange(_OURS, _OURS + _JUDGED)
        return {
            "tiles": self.tiles,
            "labels": self.labels,
            "train": np.arange(_OURS),
            "validation": theirs if validation is None else validation,
            "unlabelled": self.unlabelled,
            "epochs": 6,
        }


@pytest.fixture(scope="module")
def laboratories() -> Laboratories:
    """Two of them."""
    ours, labels = make_tiles(_OURS)
    theirs, more = make_tiles(_JUDGED + _OTHERS, seed=9)
    pale = 255 - (255 - theirs.pixels.astype(np.float32)) * (0.45, 0.6, 0.3)
    pixels = np.concatenate([ours.pixels, pale.astype(np.uint8)])
    hidden = np.where(np.arange(len(more)) < _JUDGED, more, -1)
    return Laboratories(ArrayTiles(pixels), np.concatenate([labels, hidden]).astype(np.int8))


def train(ask: Ask, where: Path, **changes: object) -> tuple[TrainResult, list[str]]:
    result, updates = finish(work.train(ask(folder=where, **changes), never))
    return result, [update.text for update in updates if isinstance(update, Note)]


def first_mean(folder: Path) -> np.ndarray:
    norm = load_model(folder / MODEL_FILE).get_layer("b1_norm")
    return keras.ops.convert_to_numpy(norm.moving_mean)


def mean_after_first_convolution(folder: Path, pixels: np.ndarray) -> np.ndarray:
    maps = load_model(folder / MODEL_FILE).get_layer("b1_conv")(pixels.astype(np.float32) / 255)
    return keras.ops.convert_to_numpy(keras.ops.mean(maps, axis=(0, 1, 2)))


@pytest.mark.parametrize("decay", [0.0, 0.8])
def test_the_kept_model_has_the_statistics_of_unlabelled_tiles(
    ask: Ask, adapting: Recipe, laboratories: Laboratories, tmp_path: Path, decay: float
) -> None:
    recipe = replace(adapting, averaging=replace(adapting.averaging, decay=decay))
    measured = laboratories.unlabelled[: 2 * SAMPLE_BATCH]
    asked = laboratories.asked() | {"unlabelled": measured, "recipe": recipe}
    result, notes = train(ask, tmp_path / "run", **asked)
    found = first_mean(tmp_path / "run")
    for index, is_like in ((measured, True), (np.arange(_OURS), False)):
        pixels = laboratories.tiles.pixels[index]
        mean = mean_after_first_convolution(tmp_path / "run", pixels)
        assert np.allclose(found, mean, atol=1e-3) is is_like
    assert result.metrics["unlabelled_tiles"] == len(measured)
    assert notes == []


def test_a_model_that_adapts_knows_the_tiles_of_another_laboratory(
    ask: Ask, tiny: Recipe, adapting: Recipe, laboratories: Laboratories, tmp_path: Path
) -> None:
    plain, adapted = (
        train(ask, tmp_path / name, recipe=recipe, **laboratories.asked())[0].metrics
        for name, recipe in (("plain", tiny), ("adapted", adapting))
    )
    assert adapted["val_accuracy"] > 0.95 > plain["val_accuracy"]


def test_where_validation_gets_worse_statistics_are_of_training_tiles(
    ask: Ask, adapting: Recipe, laboratories: Laboratories, tmp_path: Path
) -> None:
    learned = np.arange(_OURS - 40)
    ours = np.arange(_OURS - 40, _OURS)
    asked = laboratories.asked(validation=ours) | {"train": learned, "recipe": adapting}
    result, (note,) = train(ask, tmp_path / "run", **asked)
    mean = mean_after_first_convolution(tmp_path / "run", laboratories.tiles.pixels[learned])
    np.testing.assert_allclose(first_mean(tmp_path / "run"), mean, atol=0.02)
    assert "unlabelled_tiles" not in result.metrics
    auc = result.metrics["val_auc"]
    said = f"with the statistics of training tiles the validation AUC is {auc:.4f}"
    assert said in note


def test_without_enough_unlabelled_tiles_statistics_are_of_training_tiles(
    ask: Ask, tiny: Recipe, adapting: Recipe, laboratories: Laboratories, tmp_path: Path
) -> None:
    few = laboratories.unlabelled[: SAMPLE_BATCH - 1]
    asked = laboratories.asked() | {"unlabelled": few, "epochs": 1}
    result, notes = train(ask, tmp_path / "asked", recipe=adapting, **asked)
    train(ask, tmp_path / "plain", recipe=tiny, **asked)
    np.testing.assert_array_equal(first_mean(tmp_path / "asked"), first_mean(tmp_path / "plain"))
    assert "unlabelled_tiles" not in result.metrics
    assert notes == ["Not adapted to unlabelled tiles: there are 127, and 128 are needed."]


def test_of_many_unlabelled_tiles_some_are_measured(
    ask: Ask, adapting: Recipe, laboratories: Laboratories, tmp_path: Path
) -> None:
    many = np.tile(laboratories.unlabelled, 3)
    asked = laboratories.asked() | {"unlabelled": many, "recipe": adapting}
    result, _ = train(ask, tmp_path / "run", **asked)
    assert result.metrics["unlabelled_tiles"] == SAMPLE < len(many)


def test_unlabelled_tiles_that_do_not_exist_are_refused(
    ask: Ask, adapting: Recipe, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="Some unlabelled tiles do not exist"):
        train(ask, tmp_path / "run", recipe=adapting, unlabelled=np.array([10_000]))
