"""When a run is stuck, when its learning rate is lowered, and which epoch it keeps."""

from typing import Any

import pytest

from histoviewer.domain.recipe import read_recipe
from histoviewer.domain.recipe_tables import Monitor, Plateau, Stopping
from histoviewer.ml.building import build
from histoviewer.ml.keeping import BestKeeper
from histoviewer.ml.requests import Evaluation
from histoviewer.ml.watching import PlateauRate, Watch
from tests.ml.helpers import TINY


def judged(*, auc: float = 0.5, log_loss: float = 0.7, accuracy: float = 0.5) -> Evaluation:
    rest = {"n": 10, "sensitivity": 0.5, "specificity": 0.5, "hard_auc": 0.5}
    return Evaluation(auc=auc, log_loss=log_loss, accuracy=accuracy, is_flat=False, **rest)


def watched(monitor: Monitor, figures: list[dict[str, float]], **options: Any) -> Watch:
    watch = Watch(monitor, **options)
    for figure in figures:
        watch.see(judged(**figure))
    return watch


@pytest.mark.parametrize(
    ("monitor", "figures"),
    [
        ("auc", [{"auc": 0.8}, {"auc": 0.9}, {"auc": 0.85}]),
        ("loss", [{"log_loss": 0.6}, {"log_loss": 0.4}, {"log_loss": 0.5}]),
        ("accuracy", [{"accuracy": 0.6}, {"accuracy": 0.8}, {"accuracy": 0.7}]),
    ],
)
def test_each_figure_is_watched_in_its_own_direction(
    monitor: Monitor, figures: list[dict[str, float]]
) -> None:
    watch = watched(monitor, figures)
    assert (watch.best_epoch, watch.waited) == (2, 1)


def test_what_is_hardly_better_does_not_count() -> None:
    losses = [{"log_loss": value} for value in (0.60, 0.595, 0.591, 0.58)]
    assert watched("loss", losses, min_delta=0.01).best_epoch == 4
    assert watched("loss", losses[:3], min_delta=0.01).waited == 2


def test_patience_runs_out_and_begins_anew() -> None:
    watch = watched("auc", [{"auc": 0.9}, {"auc": 0.8}, {"auc": 0.8}])
    assert watch.has_waited(2)
    assert not watch.has_waited(None)
    watch.wait_anew()
    assert not watch.has_waited(2)


def test_a_plateau_lowers_the_rate_each_time_down_to_the_lowest() -> None:
    rate = PlateauRate(Plateau(patience=2, factor=0.1, lowest=0.05))
    lowered = [rate.see(judged()) for _ in range(8)]
    assert lowered == [False, False, True, False, True, False, False, False]
    assert rate.factor == pytest.approx(0.05)


def test_without_patience_the_rate_stays() -> None:
    rate = PlateauRate(Plateau())
    assert not any(rate.see(judged()) for _ in range(20))
    assert rate.factor == 1.0


@pytest.mark.parametrize(("keep", "epoch"), [("best", 1), ("last", 3)])
def test_the_best_or_the_last_epoch_becomes_the_model(keep: Any, epoch: int) -> None:
    keeper = BestKeeper(Stopping(monitor="auc", keep=keep, patience=2), keeps_newest=True)
    model = build(read_recipe(TINY, "tiny"), tile_size=16, policy="float32")
    for auc in (0.9, 0.8, 0.7):
        keeper.add({}, judged(auc=auc), model)
    assert keeper.kept is not None
    assert keeper.kept.number == epoch
    assert keeper.newest is not None
    assert keeper.newest.number == len(keeper.history)
    assert keeper.is_stuck
    assert "since epoch 1" in keeper.why_stuck
