"""Training that starts from an earlier model."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.recipe import Recipe, read_recipe
from histoviewer.errors import InputError
from histoviewer.ml import work
from histoviewer.ml.checks import checked
from histoviewer.ml.predicting import load_model
from histoviewer.ml.requests import TrainRequest
from histoviewer.ml.training import recipe_of_run
from tests.ml.helpers import TINY, finish

Ask = Callable[..., TrainRequest]


def never() -> bool:
    return False


def test_retraining_starts_where_the_champion_is(ask: Ask, trained: Path) -> None:
    scratch, _ = finish(work.train(ask(epochs=1), never))
    request = ask(epochs=1, start_from=trained / "model.keras", folder=trained.with_name("again"))
    again, _ = finish(work.train(request, never))
    assert again.metrics["val_loss"] < scratch.metrics["val_loss"]
    assert again.metrics["start_val_auc"] > 0.9


def test_retraining_uses_a_lower_rate_and_its_own_epochs(ask: Ask, tiny: Recipe) -> None:
    recipe = recipe_of_run(ask(start_from=Path("model.keras")))
    assert recipe.optimiser.learning_rate == pytest.approx(
        tiny.optimiser.learning_rate * tiny.retraining.rate_factor
    )
    assert recipe.training.epochs == tiny.retraining.epochs


def test_a_few_steps_change_the_network_that_is_kept(
    ask: Ask, tiny: Recipe, trained: Path, tmp_path: Path
) -> None:
    """Also at the beginning of a warm-up, and in a mean of the weights over many more steps."""
    slow = replace(
        tiny,
        optimiser=replace(tiny.optimiser, warmup=0.05),
        averaging=replace(tiny.averaging, decay=0.999),
    )
    start = trained / "model.keras"
    request = ask(
        recipe=slow, train=np.arange(32), epochs=3, start_from=start, folder=tmp_path / "short"
    )
    finish(work.train(request, never))
    before, after = (
        load_model(path).get_layer("b1_conv").get_weights()[0]
        for path in (start, tmp_path / "short" / "model.keras")
    )
    assert np.abs(after - before).max() > 1e-4


def test_another_architecture_is_refused(ask: Ask, trained: Path) -> None:
    wider = read_recipe(TINY.replace("filters = 16", "filters = 24"), "wider")
    request = ask(recipe=wider, start_from=trained / "model.keras")
    with pytest.raises(InputError, match="not built by the recipe 'wider'"):
        finish(work.train(request, never))


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 not a model"])
def test_a_missing_or_damaged_start_is_refused(
    ask: Ask, tmp_path: Path, content: bytes | None
) -> None:
    start = tmp_path / "model.keras"
    if content is not None:
        start.write_bytes(content)
    with pytest.raises(InputError, match=r"no model file|damaged or no Keras model"):
        finish(work.train(ask(start_from=start), never))


def test_queued_tiles_teach_what_they_say(ask: Ask, trained: Path) -> None:
    """A reader relabels some tiles; after retraining their scores have moved that way."""
    request = ask()
    labels = request.labels.copy()
    queue = np.flatnonzero(labels[:120] == 1)[:5].astype(np.int64)
    labels[queue] = 0
    request = ask(labels=labels, extra=queue, start_from=trained / "model.keras", epochs=15, seed=3)
    finish(work.train(request, never))
    from histoviewer.ml.predicting import load_model, score_tiles

    before = score_tiles(load_model(trained / "model.keras"), request.tiles, queue)
    after = score_tiles(load_model(request.folder / "model.keras"), request.tiles, queue)
    assert (after < before).all()


def test_a_queued_tile_whose_label_was_taken_back_is_left_out(ask: Ask) -> None:
    request = ask()
    labels = request.labels.copy()
    labels[5] = -1
    train = np.setdiff1d(request.train, [5])
    request = checked(ask(labels=labels, train=train, extra=np.array([5, 6])))
    assert request.extra.tolist() == [6]
