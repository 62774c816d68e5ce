"""Networks that look at a tile in all its orientations, pooled before the head."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from histoviewer.domain.explanation import MapSettings, Method
from histoviewer.domain.recipe import Recipe, read_recipe
from histoviewer.domain.recipe_rules import HALF_TURN, ORIENTATIONS
from histoviewer.ml import explain_work, explained_model, work
from histoviewer.ml.building import build, logit_model
from histoviewer.ml.explain_requests import ExplainedFile, FeaturesRequest, FeaturesResult
from histoviewer.ml.explained_model import ExplainedModel
from histoviewer.ml.mapping import iterate_maps
from histoviewer.ml.orientations import orientations_of, turned, turned_back
from histoviewer.ml.predicting import load_model, score_tiles, with_symmetries
from histoviewer.ml.requests import TrainResult
from tests.ml.helpers import finish, make_request, make_tiles

POOLED = """
title = "Pooled"

[[blocks]]
kind = "conv"
filters = 8
norm = "before"
repeat = 2

[head]
dense = [{ units = 5 }]

[training]
symmetry = "pooled"
epochs = 2
batch = 16
precision = "float32"
"""


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    return read_recipe(POOLED, "pooled")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pooled") / "run"


@pytest.fixture(scope="module")
def trained(recipe: Recipe, folder: Path) -> TrainResult:
    result, _ = finish(work.train(make_request(recipe=recipe, folder=folder), lambda: False))
    return result


@pytest.fixture(scope="module")
def model(trained: TrainResult, folder: Path) -> keras.Model:
    return load_model(folder / "model.keras")


def maps_of(model: keras.Model, tiles: np.ndarray, settings: MapSettings) -> np.ndarray:
    parts = iterate_maps(ExplainedModel(model), tiles, settings)
    return np.concatenate([part[1] for part in parts if part is not None])


def features_of(model: keras.Model, tile: np.ndarray, folder: Path) -> FeaturesResult:
    path = folder / "model.keras"
    model.save(path)
    explained_model._kept.clear()
    file = ExplainedFile(path=path, digest="one of a test")
    request = FeaturesRequest(file=file, pixels=tile, layer=None, top=8)
    try:
        return finish(explain_work.look_at_features(request, lambda: False))[0]
    finally:
        explained_model._kept.clear()


def test_a_tile_is_scored_alike_in_all_orientations(model: keras.Model) -> None:
    tiles = make_tiles(8)[0].pixels
    scores = [
        np.asarray(model(np.rot90(view, turns, (1, 2))))
        for view in (tiles, tiles[:, ::-1])
        for turns in range(4)
    ]
    assert np.ptp(scores, axis=0).max() < 1e-5
    assert np.ptp(scores[0]) > 1e-3


def test_the_figures_are_those_of_the_network_that_is_kept(
    model: keras.Model, trained: TrainResult, recipe: Recipe, folder: Path
) -> None:
    request = make_request(recipe=recipe, folder=folder)
    judged, _ = finish(
        work.evaluate(
            work.EvaluateRequest(
                labels=request.labels[request.validation],
                scores=score_tiles(model, request.tiles, request.validation),
                threshold=0.5,
            ),
            lambda: False,
        )
    )
    assert trained.metrics["val_loss"] == pytest.approx(judged.log_loss, rel=1e-5)


def test_a_network_trained_further_is_pooled_again(
    trained: TrainResult, recipe: Recipe, folder: Path, tmp_path: Path
) -> None:
    start = folder / "model.keras"
    request = make_request(recipe=recipe, folder=tmp_path / "run", start_from=start, epochs=1)
    finish(work.train(request, lambda: False))
    assert orientations_of(load_model(tmp_path / "run" / "model.keras")) == 8


def test_one_that_sees_a_half_turn_scores_a_tile_upside_down_alike(
    recipe: Recipe, tmp_path: Path
) -> None:
    halved = replace(recipe, training=replace(recipe.training, symmetry="half-turn"))
    finish(work.train(make_request(recipe=halved, folder=tmp_path / "run"), lambda: False))

    model = load_model(tmp_path / "run" / "model.keras")

    tiles = make_tiles(8)[0].pixels
    upright, over, aside = (np.asarray(model(np.rot90(tiles, n, (1, 2)))) for n in (0, 2, 1))
    assert orientations_of(model) == HALF_TURN
    np.testing.assert_allclose(upright, over, atol=1e-5)
    assert np.abs(upright - aside).max() > 1e-4


def test_a_tile_has_no_three_orientations() -> None:
    with pytest.raises(ValueError, match="3 orientations"):
        turned(make_tiles(1)[0].pixels, 3)


def test_one_that_is_cancelled_keeps_what_was_validated(recipe: Recipe, tmp_path: Path) -> None:
    epochs = []

    def asked() -> bool:
        return len(epochs) > 0

    def note(update: object) -> None:
        if type(update).__name__ == "CurvePoint":
            epochs.append(update)

    from histoviewer.ml.training import run_training

    result = run_training(make_request(recipe=recipe, folder=tmp_path / "run"), note, asked)
    assert result.cancelled
    assert orientations_of(load_model(tmp_path / "run" / "model.keras")) == 1


def test_what_a_pixel_does_to_the_score_turns_with_the_tile(model: keras.Model) -> None:
    settings = MapSettings(method=Method.SALIENCY, noise=0.0)
    tiles = make_tiles(2)[0].pixels
    upright = maps_of(model, tiles, settings)
    turned = maps_of(model, np.ascontiguousarray(np.rot90(tiles, 1, (1, 2))), settings)
    np.testing.assert_allclose(turned, np.rot90(upright, 1, (1, 2)), rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("views", [1, HALF_TURN, ORIENTATIONS])
def test_what_was_turned_is_turned_back(views: int) -> None:
    tiles = make_tiles(3)[0].pixels
    seen = np.asarray(turned(tiles, views)).reshape(views, *tiles.shape)
    for view in turned_back(seen):
        np.testing.assert_array_equal(view, tiles)


@pytest.mark.parametrize(
    ("views", "move"),
    [
        (HALF_TURN, lambda tiles: np.rot90(tiles, 2, (1, 2))),
        (ORIENTATIONS, lambda tiles: np.rot90(tiles, 1, (1, 2))),
        (ORIENTATIONS, lambda tiles: tiles[:, ::-1]),
    ],
)
def test_grad_cam_and_feature_maps_turn_with_the_tile(
    recipe: Recipe, tmp_path: Path, views: int, move: Callable[[np.ndarray], np.ndarray]
) -> None:
    """What the network sees in one orientation alone is not what it scores the tile by."""
    keras.utils.set_random_seed(0)
    model = build(recipe, tile_size=32, policy="float32", views=views)
    tiles = make_tiles(3)[0].pixels
    moved = np.ascontiguousarray(move(tiles))

    upright, aside = (maps_of(model, each, MapSettings()) for each in (tiles, moved))
    inside, beside = (features_of(model, each[:1], tmp_path) for each in (tiles, moved))

    tolerance = 1e-4 * np.abs(upright).max()
    np.testing.assert_allclose(aside, move(upright), atol=tolerance)
    assert np.abs(aside - upright).max() > 100 * tolerance
    assert beside.channels.tolist() == inside.channels.tolist()
    np.testing.assert_allclose(beside.contributions, inside.contributions, rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(beside.maps, move(inside.maps), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("views", [1, HALF_TURN, ORIENTATIONS])
def test_all_of_the_logit_is_explained(recipe: Recipe, tmp_path: Path, views: int) -> None:
    """Without a layer between pooling and logit, and without bias, nothing else makes it."""
    keras.utils.set_random_seed(0)
    linear = replace(recipe, head=replace(recipe.head, dense=()))
    model = build(linear, tile_size=32, policy="float32", views=views)
    tiles = make_tiles(2)[0].pixels
    logits = np.asarray(logit_model(model)(tiles))[:, 0]

    maps = maps_of(model, tiles, MapSettings())
    inside = features_of(model, tiles[:1], tmp_path)

    # A map weighs with the mean gradient over its cells, which is that of each of them here.
    np.testing.assert_allclose(maps.sum(axis=(1, 2)), logits, rtol=1e-4)
    np.testing.assert_allclose(inside.contributions.sum(), logits[0], rtol=1e-4)


def test_pooling_adds_no_weight_and_is_what_averaging_of_logits_gives(recipe: Recipe) -> None:
    keras.utils.set_random_seed(0)
    plain = build(recipe, tile_size=32, policy="float32")
    whole = build(recipe, tile_size=32, policy="float32", views=8)
    whole.set_weights(plain.get_weights())
    assert whole.count_params() == plain.count_params()
    tiles = make_tiles(4)[0].pixels
    # The two agree only roughly: one takes the mean before the head, the other after it.
    averaged = np.asarray(with_symmetries(plain)(tiles))
    np.testing.assert_allclose(np.asarray(whole(tiles)), averaged, atol=0.02)
