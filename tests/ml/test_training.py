"""Training through the job that the window and the command line run."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from histoviewer.domain.blocks import DenseLayer, Head
from histoviewer.domain.recipe import Recipe, read_recipe
from histoviewer.domain.recipe_tables import Input, Optimiser, Plateau, Stopping
from histoviewer.errors import InputError, JobCancelled, StorageError
from histoviewer.jobs.messages import CurvePoint, Note, Progress
from histoviewer.ml import work
from histoviewer.ml.requests import TrainRequest
from tests.ml.helpers import TINY, ArrayTiles, cancel, finish, history_of, make_tiles

Ask = Callable[..., TrainRequest]


def never() -> bool:
    return False


def test_training_learns_and_leaves_a_whole_run_folder(ask: Ask) -> None:
    request = ask(epochs=6)
    result, _ = finish(work.train(request, never))
    assert result.metrics["val_auc"] > 0.9
    assert not result.cancelled
    names = {path.name for path in request.folder.iterdir()}
    assert names == {"model.keras", "recipe.toml", "history.csv", "metrics.json"}
    assert [path.name for path in request.folder.parent.iterdir() if "part" in path.name] == []


def test_the_run_folder_holds_the_recipe_word_for_word_and_the_metrics(ask: Ask) -> None:
    request = ask()
    result, _ = finish(work.train(request, never))
    assert (request.folder / "recipe.toml").read_text(encoding="utf-8") == TINY
    stored = json.loads((request.folder / "metrics.json").read_text(encoding="utf-8"))
    assert stored == dict(result.metrics)


def test_history_has_one_row_an_epoch_with_every_column(ask: Ask) -> None:
    request = ask(epochs=2)
    _, updates = finish(work.train(request, never))
    header, *rows = (request.folder / "history.csv").read_text(encoding="utf-8").splitlines()
    assert header == (
        "epoch,loss,accuracy,auc,val_loss,val_accuracy,val_auc,seconds,tiles_per_second,objective"
    )
    assert [row.split(",")[0] for row in rows] == ["1", "2"]
    points = [update for update in updates if isinstance(update, CurvePoint)]
    assert [point.epoch for point in points] == [1, 2]
    assert all(math.isfinite(value) for value in points[-1].values.values())


def test_the_loss_of_training_is_measured_as_that_of_validation_is(ask: Ask) -> None:
    """Penalties, smoothed labels and class weights are in what is minimised, and nowhere else."""
    text = TINY.replace('norm = "before"\nbias = false\n', "").replace("flips = true\n", "")
    text = text.replace("quarter_turns = true\nstain_jitter = 0.1\n", "")
    recipe = read_recipe(text, "tiny")
    recipe = replace(
        recipe,
        optimiser=Optimiser(learning_rate=1e-9),
        head=Head(dense=(DenseLayer(units=8, l2=0.1),)),
        training=replace(recipe.training, label_smoothing=0.3),
    )
    tiles, labels = make_tiles(128)
    twice = ArrayTiles(np.concatenate([tiles.pixels, tiles.pixels]))
    index = np.arange(256)
    request = ask(
        recipe=recipe,
        epochs=1,
        tiles=twice,
        labels=np.concatenate([labels, labels]),
        train=index[:128],  # in whole batches, each tile once
        validation=index[128:],
    )

    finish(work.train(request, never))

    (row,) = history_of(request.folder)
    assert float(row["loss"]) == pytest.approx(float(row["val_loss"]), rel=1e-4)
    assert float(row["objective"]) > 1.05 * float(row["loss"])


def test_progress_tells_steps_rate_time_left_and_figures(ask: Ask) -> None:
    _, updates = finish(work.train(ask(epochs=12), never))
    told = [update for update in updates if isinstance(update, Progress)]
    last = told[-1]
    assert last.unit == "steps"
    assert last.total == 12 * round(120 / 16)
    assert last.rate is not None
    assert last.left_s is not None
    assert {"epoch", "epochs", "loss", "accuracy", "auc", "val_auc", "val_loss"} <= set(last.values)


def test_the_same_seed_gives_the_same_run(ask: Ask, tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b", tmp_path / "c"]
    for folder, seed in zip(folders, (5, 5, 6), strict=True):
        finish(work.train(ask(folder=folder, seed=seed), never))
    first, same, other = map(history_of, folders)
    assert first == same
    assert first != other


def test_cancelling_before_the_first_epoch_keeps_nothing(ask: Ask) -> None:
    request = ask()
    with pytest.raises(JobCancelled):
        finish(work.train(request, lambda: True))
    assert list(request.folder.parent.glob("run*")) == []


def test_cancelling_later_keeps_the_best_model_so_far(ask: Ask) -> None:
    request = ask(epochs=500)
    body = work.train(request, never)
    while not isinstance(next(body), CurvePoint):
        pass
    result, _ = cancel(body)
    assert result.cancelled
    assert result.metrics["epochs"] < 500
    assert (request.folder / "model.keras").is_file()


def test_cancelling_in_the_middle_of_validation_gives_up_that_epoch(ask: Ask) -> None:
    request = ask(epochs=50)
    asked = count()
    # One epoch has 8 steps, each asking once, as does each of the validation's batches.
    body = work.train(request, lambda: next(asked) >= 18)
    result, _ = finish(body)
    assert result.cancelled
    assert result.metrics["epochs"] == 1


def test_leaving_the_generator_ends_its_threads(ask: Ask) -> None:
    body = work.train(ask(epochs=500), never)
    while not isinstance(next(body), CurvePoint):
        pass
    body.close()  # the fixture that looks for leaked threads is the assertion


def test_a_time_limit_ends_the_run_in_time_with_a_model(ask: Ask) -> None:
    request = ask(epochs=100_000, max_seconds=6)
    result, updates = finish(work.train(request, never))
    assert result.metrics["seconds"] < 7.5
    assert not result.cancelled
    assert any(isinstance(update, Note) and "as asked" in update.text for update in updates)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow tunes pipelines")
def test_no_tuner_sleeps_while_a_run_wants_to_end(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a plain generator Keras makes a pipeline that ends up to a minute after the last epoch."""
    fit, fed = keras.Model.fit, []

    def watched(model: keras.Model, given: Any, **settings: Any) -> Any:
        fed.append(given)
        return fit(model, given, **settings)

    monkeypatch.setattr(keras.Model, "fit", watched)
    finish(work.train(ask(epochs=1), never))
    assert [given.options().autotune.enabled for given in fed] == [False]


def test_training_stops_early_when_nothing_improves(ask: Ask, tiny: Recipe) -> None:
    recipe = replace(tiny, stopping=Stopping(monitor="auc", patience=2))
    result, updates = finish(work.train(ask(recipe=recipe, epochs=200), never))
    assert result.metrics["epochs"] == result.metrics["best_epoch"] + 2
    assert any(isinstance(update, Note) and "not improved" in update.text for update in updates)


def test_a_plateau_lowers_the_rate_and_says_so(ask: Ask, tiny: Recipe) -> None:
    plateau = Plateau(monitor="auc", patience=1, factor=0.5, min_delta=1.0)
    recipe = replace(tiny, plateau=plateau, optimiser=Optimiser(learning_rate=0.01))
    _, updates = finish(work.train(ask(recipe=recipe, epochs=3), never))
    notes = [update.text for update in updates if isinstance(update, Note)]
    assert notes == ["Learning rate lowered to 0.005.", "Learning rate lowered to 0.0025."]


def test_divergence_is_one_sentence_and_leaves_nothing(ask: Ask) -> None:
    steep = 'kind = "sgd"\nlearning_rate = 10.0'
    text = TINY.replace('kind = "adamw"\nlearning_rate = 1e-2', steep)
    wild = read_recipe(text.replace('norm = "before"', 'activation = "linear"'), "wild")
    request = ask(recipe=replace(wild, input=Input(preprocessing="raw")), epochs=50)
    with pytest.raises(InputError, match="diverged"):
        finish(work.train(request, never))
    assert list(request.folder.parent.glob("run*")) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"train": np.empty(0, np.int64)}, "no labelled training tiles"),
        ({"validation": np.empty(0, np.int64)}, "no labelled validation tiles"),
        ({"train": np.array([0, 3, 6])}, "All 3 training tiles are positive"),
        ({"validation": np.array([121, 122])}, "All 2 validation tiles are negative"),
        ({"train": np.arange(100, 125)}, "both for training and for validation"),
        ({"extra": np.array([130])}, "both for training and for validation"),
        ({"train": np.array([0, 1, 9999])}, "do not exist"),
        ({"epochs": 0}, "0 epochs"),
        ({"max_seconds": 0.0}, "0 seconds"),
    ],
)
def test_impossible_requests_are_refused(ask: Ask, changes: dict, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        finish(work.train(ask(**changes), never))


def test_unlabelled_training_tiles_are_refused(ask: Ask) -> None:
    tiles, labels = make_tiles()
    labels[7] = -1
    with pytest.raises(InputError, match="no label"):
        finish(work.train(ask(tiles=tiles, labels=labels), never))


def test_fewer_tiles_than_a_batch_are_trained_in_one_batch(ask: Ask) -> None:
    result, updates = finish(work.train(ask(train=np.arange(6), epochs=2), never))
    assert result.metrics["epochs"] == 2
    notes = [update.text for update in updates if isinstance(update, Note)]
    assert notes == ["A batch is 6 tiles, not 16: there are no more."]


def test_scores_that_are_all_the_same_are_told(ask: Ask) -> None:
    tiles, labels = make_tiles()
    alike = ArrayTiles(np.broadcast_to(tiles.pixels[:1], tiles.shape).copy())
    result, updates = finish(work.train(ask(tiles=alike, labels=labels, epochs=1), never))
    assert result.metrics["val_auc"] == 0.5
    notes = [update.text for update in updates if isinstance(update, Note)]
    assert len(notes) == 1
    assert "the same score" in notes[0]


def test_a_taken_folder_is_refused(ask: Ask) -> None:
    request = ask()
    request.folder.mkdir()
    with pytest.raises(InputError, match="exists already"):
        finish(work.train(request, never))


def test_a_full_disk_is_said_and_leaves_nothing(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    request = ask(epochs=1)

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("histoviewer.ml.runs.os.fsync", full)
    with pytest.raises(StorageError, match="no space left"):
        finish(work.train(request, never))
    assert list(request.folder.parent.glob("run*")) == []


def test_a_part_left_by_a_killed_run_is_no_obstacle(ask: Ask) -> None:
    request = ask(epochs=1)
    rubbish = request.folder.with_name("run.part")
    rubbish.mkdir()
    (rubbish / "model.keras").write_bytes(b"half")
    finish(work.train(request, never))
    assert not rubbish.exists()
