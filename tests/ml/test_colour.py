"""One tile gives one score on every path, and the wrong colour order gives another."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.recipe import Recipe
from histoviewer.ml import work
from histoviewer.ml.predicting import load_model, score_tiles
from histoviewer.ml.requests import ScoreRequest, TrainRequest
from tests.ml.helpers import ArrayTiles, finish, make_request


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory, tiny: Recipe) -> TrainRequest:
    """Return the request of a finished run on tiles whose class is their colour: red or blue."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(100, 156, (160, 32, 32, 3), np.uint8)
    labels = (np.arange(160) % 2).astype(np.int8)
    pixels[labels == 1, 8:24, 8:24, 0] = 230
    pixels[labels == 0, 8:24, 8:24, 2] = 230
    folder = tmp_path_factory.mktemp("golden") / "run"
    request = make_request(
        recipe=tiny, folder=folder, tiles=ArrayTiles(pixels), labels=labels, epochs=10
    )
    finish(work.train(request, lambda: False))
    return request


def test_feeding_bgr_turns_the_scores_over(golden: TrainRequest) -> None:
    model = load_model(golden.folder / "model.keras")
    swapped = ArrayTiles(golden.tiles.pixels[..., ::-1])  # type: ignore[attr-defined]
    right = score_tiles(model, golden.tiles, golden.validation)
    wrong = score_tiles(model, swapped, golden.validation)
    positive = golden.labels[golden.validation] == 1
    assert (right[positive] > 0.8).all()
    assert (wrong[positive] < 0.2).all()


def test_one_tile_gives_one_score_alone_in_a_batch_and_in_the_scores_file(
    golden: TrainRequest, tmp_path: Path
) -> None:
    out = tmp_path / "scores.npy"
    model_file = golden.folder / "model.keras"
    request = ScoreRequest(tiles=golden.tiles, model=model_file, out=out, fingerprint="")
    finish(work.score(request, lambda: False))
    alone = score_tiles(load_model(model_file), golden.tiles, np.array([17]))
    np.testing.assert_allclose(np.load(out)[17], alone[0], atol=1e-5)


def test_training_and_scoring_see_the_same_colours(
    golden: TrainRequest, ask: Callable[..., TrainRequest]
) -> None:
    """A champion trained further without changes validates as it scores."""
    from histoviewer.ml.metrics import evaluate_scores

    start = golden.folder / "model.keras"
    request = ask(tiles=golden.tiles, labels=golden.labels, start_from=start, epochs=1)
    result, _ = finish(work.train(request, lambda: False))
    scores = score_tiles(load_model(start), golden.tiles, golden.validation)
    expected = evaluate_scores(golden.labels[golden.validation], scores)
    assert result.metrics["start_val_auc"] == pytest.approx(expected.auc)
