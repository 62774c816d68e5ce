"""Statistics of normalisation taken from the tiles that nobody has labelled."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from histoviewer.domain.recipe import Recipe, read_recipe
from histoviewer.errors import InputError
from histoviewer.jobs.messages import CurvePoint, Note
from histoviewer.ml import work
from histoviewer.ml.adapting import candidates
from histoviewer.ml.batches import SAMPLE, SAMPLE_BATCH
from histoviewer.ml.predicting import load_model
from histoviewer.ml.requests import MODEL_FILE, TrainRequest, TrainResult
from histoviewer.ml.training import run_training
from tests.ml.helpers import CLOCK, TINY, ArrayTiles, finish, history_of, make_tiles

Ask = Callable[..., TrainRequest]

ADAPTING = TINY.replace("[training]\n", '[training]\nstatistics = "unlabelled"\n')
# A stride and kernels that look as far to one side as to the other.
EVEN = TINY.replace("stride = 2", "kernel = 4\nstride = 2")

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


def test_where_validation_gets_worse_the_model_is_that_of_a_recipe_that_does_not_adapt(
    ask: Ask, tiny: Recipe, adapting: Recipe, laboratories: Laboratories, tmp_path: Path
) -> None:
    asked = laboratories.asked(validation=np.arange(_OURS - 40, _OURS))
    asked["train"] = np.arange(_OURS - 40)
    stopping = replace(tiny.stopping, patience=2)
    plain, found = (
        train(ask, tmp_path / name, recipe=replace(recipe, stopping=stopping), **asked)
        for name, recipe in (("plain", tiny), ("asked", adapting))
    )
    np.testing.assert_array_equal(first_mean(tmp_path / "asked"), first_mean(tmp_path / "plain"))
    assert history_of(tmp_path / "asked") == history_of(tmp_path / "plain")
    assert {**found[0].metrics, **dict.fromkeys(CLOCK, 0)} == {
        **plain[0].metrics,
        **dict.fromkeys(CLOCK, 0),
    }
    (note,) = found[1]
    assert f"in place of {plain[0].metrics['val_auc']:.4f}" in note


def test_tiles_of_one_class_alone_do_not_move_the_threshold(
    ask: Ask, adapting: Recipe, tmp_path: Path
) -> None:
    tiles, labels = make_tiles(360)
    validation = np.arange(120, 200)
    of_one_class = np.flatnonzero((labels == 0) & (np.arange(360) >= 200))
    asked = {"tiles": tiles, "labels": labels, "train": np.arange(120), "validation": validation}
    many = np.tile(of_one_class, 2)
    result, notes = train(
        ask, tmp_path / "run", recipe=adapting, unlabelled=many, epochs=6, **asked
    )
    assert result.metrics["val_accuracy"] > 0.9
    assert "unlabelled_tiles" not in result.metrics
    assert "Not adapted" in notes[0]


@pytest.mark.parametrize("symmetry", ["dihedral", "pooled", "half-turn"])
def test_symmetric_networks_adapt(
    ask: Ask, adapting: Recipe, laboratories: Laboratories, tmp_path: Path, symmetry: Any
) -> None:
    recipe = read_recipe(EVEN, "even")
    training = replace(adapting.training, symmetry=symmetry)
    asked = laboratories.asked() | {"recipe": replace(recipe, training=training)}
    result, _ = train(ask, tmp_path / "run", **asked)
    assert result.metrics["unlabelled_tiles"] == 2 * SAMPLE_BATCH
    mean = first_mean(tmp_path / "run")
    of_training = mean_after_first_convolution(tmp_path / "run", laboratories.tiles.pixels[:_OURS])
    assert np.abs(mean - of_training).max() > 0.02


def test_a_network_without_norms_has_nothing_to_adapt(
    ask: Ask, laboratories: Laboratories, tmp_path: Path
) -> None:
    recipe = read_recipe(ADAPTING.replace('norm = "before"\n', ""), "plain")
    result, notes = train(ask, tmp_path / "run", **laboratories.asked(), recipe=recipe)
    assert "unlabelled_tiles" not in result.metrics
    assert notes == []


def test_who_cancels_while_it_adapts_gets_the_model_as_it_was_validated(
    ask: Ask, adapting: Recipe, laboratories: Laboratories, tmp_path: Path
) -> None:
    asked = laboratories.asked() | {"recipe": adapting, "epochs": 2}
    epochs: list[int] = []
    notes: list[str] = []

    def emit(update: object) -> None:
        if isinstance(update, CurvePoint):
            epochs.append(update.epoch)
        if isinstance(update, Note):
            notes.append(update.text)

    request = ask(folder=tmp_path / "run", **asked)
    result = run_training(request, emit, lambda: len(epochs) == 2)
    assert result.cancelled
    assert notes == ["Cancelled: the network that is kept is not adapted to unlabelled tiles."]
    assert "unlabelled_tiles" not in result.metrics
    (last,) = history_of(request.folder)[1:]
    assert float(last["val_auc"]) == pytest.approx(result.metrics["val_auc"], abs=1e-4)


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


def test_the_last_epoch_is_adapted_as_well_as_the_one_that_was_kept(
    ask: Ask, adapting: Recipe, laboratories: Laboratories, tmp_path: Path
) -> None:
    """The surer the network gets, the further the other laboratory's tiles are off, unadapted."""
    by_loss = replace(adapting, stopping=replace(adapting.stopping, monitor="loss"))
    asked = laboratories.asked() | {"recipe": by_loss}
    result, notes = train(ask, tmp_path / "run", **asked)
    losses = [float(row["val_loss"]) for row in history_of(tmp_path / "run")]
    assert notes == []
    assert np.argmin(losses) + 1 < len(losses) == result.metrics["best_epoch"]
    assert result.metrics["val_loss"] < min(losses) / 2


def test_who_cancels_between_two_epochs_keeps_what_the_first_gave(
    ask: Ask, adapting: Recipe, laboratories: Laboratories, tmp_path: Path
) -> None:
    by_loss = replace(adapting, stopping=replace(adapting.stopping, monitor="loss"))
    asked = laboratories.asked() | {"recipe": by_loss}
    epochs: list[int] = []
    questions: list[int] = []

    def emit(update: object) -> None:
        if isinstance(update, CurvePoint):
            epochs.append(update.epoch)

    def should_stop() -> bool:
        questions.extend(epochs[5:])  # once the last epoch is over
        return len(questions) > 2  # asked before and after the first that is adapted

    whole, _ = train(ask, tmp_path / "whole", **asked)
    cancelled = run_training(ask(folder=tmp_path / "cancelled", **asked), emit, should_stop)
    assert cancelled.cancelled
    assert cancelled.metrics["unlabelled_tiles"] == whole.metrics["unlabelled_tiles"]
    assert cancelled.metrics["best_epoch"] < whole.metrics["best_epoch"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, 2), ({"keep": "last"}, 1), ({"count": SAMPLE_BATCH - 1}, 0), ({"plain": True}, 0)],
)
def test_time_is_kept_for_as_many_validations_as_there_will_be(
    ask: Ask, tiny: Recipe, adapting: Recipe, changes: dict[str, Any], expected: int, tmp_path: Path
) -> None:
    recipe = tiny if "plain" in changes else adapting
    stopping = replace(recipe.stopping, keep=changes.get("keep", "best"))
    request = ask(folder=tmp_path, unlabelled=np.arange(changes.get("count", SAMPLE_BATCH)))
    assert candidates(request, replace(recipe, stopping=stopping)) == expected
