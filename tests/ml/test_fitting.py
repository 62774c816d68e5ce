"""Logistic regression as a model like any other."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from histoviewer.domain.recipe import Recipe, load_recipe
from histoviewer.domain.recipe_tables import Sampling
from histoviewer.errors import JobCancelled
from histoviewer.jobs.messages import CurvePoint
from histoviewer.ml import work
from histoviewer.ml.predicting import load_model, score_tiles
from histoviewer.ml.requests import ScoreRequest, TrainRequest
from tests.ml.helpers import finish, make_tiles

Ask = Callable[..., TrainRequest]


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def baseline() -> Recipe:
    return replace(load_recipe("brightness-logreg"), sampling=Sampling())


def test_it_scores_as_scikit_learn_does(ask: Ask, baseline: Recipe) -> None:
    request = ask(recipe=baseline)
    finish(work.train(request, never))
    tiles, labels = make_tiles()
    mean = tiles.pixels.mean(axis=(1, 2, 3), dtype=np.float64)[:, None]
    mean = (mean - mean[:120].mean()) / mean[:120].std()
    theirs = LogisticRegression().fit(mean[:120], labels[:120]).predict_proba(mean)[:, 1]
    ours = score_tiles(load_model(request.folder / "model.keras"), tiles, np.arange(160))
    np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_its_run_has_the_files_metrics_and_curve_of_any_other(ask: Ask, baseline: Recipe) -> None:
    request = ask(recipe=baseline)
    result, updates = finish(work.train(request, never))
    assert result.metrics["parameters"] == 2
    assert result.metrics["val_auc"] > 0.9
    assert [point.epoch for point in updates if isinstance(point, CurvePoint)] == [1]
    names = {path.name for path in request.folder.iterdir()}
    assert names == {"model.keras", "recipe.toml", "history.csv", "metrics.json"}


def test_the_job_that_scores_takes_its_model(ask: Ask, baseline: Recipe, tmp_path: Path) -> None:
    request = ask(recipe=baseline)
    finish(work.train(request, never))
    wanted = ScoreRequest(
        tiles=request.tiles,
        model=request.folder / "model.keras",
        out=tmp_path / "scores.npy",
        fingerprint="tiles",
    )
    result, _ = finish(work.score(wanted, never))
    assert result.count == 160


def test_it_can_be_retrained_from_the_queue(ask: Ask, baseline: Recipe, tmp_path: Path) -> None:
    first = ask(recipe=baseline, train=np.arange(60))
    finish(work.train(first, never))
    again = ask(
        recipe=baseline,
        folder=tmp_path / "again",
        start_from=first.folder / "model.keras",
        extra=np.arange(60, 70),
    )
    result, _ = finish(work.train(again, never))
    assert "start_val_auc" in result.metrics


def test_cutting_and_the_cap_say_which_tiles_were_learned(ask: Ask, baseline: Recipe) -> None:
    recipe = replace(baseline, sampling=Sampling(kind="cut", cap=20))
    result, _ = finish(work.train(ask(recipe=recipe), never))
    _, labels = make_tiles()
    assert np.bincount(labels[result.used]).tolist() == [10, 10]
    assert result.metrics["train_tiles"] == 20


def test_cancelling_keeps_nothing(ask: Ask, baseline: Recipe) -> None:
    request = ask(recipe=baseline)
    with pytest.raises(JobCancelled):
        finish(work.train(request, lambda: True))
    assert not request.folder.exists()
