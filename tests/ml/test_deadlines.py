"""A time limit holds for all of a run: what is begun anew, and what follows the last step.

Time is that of a clock which moves with each tile read or judged, so that no machine is too slow.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from histoviewer.domain.recipe import Recipe, load_recipe
from histoviewer.domain.recipe_tables import Sampling
from histoviewer.jobs.messages import Note
from histoviewer.ml import callbacks, training, work
from histoviewer.ml.judging import Judge
from histoviewer.ml.orientations import orientations_of
from histoviewer.ml.requests import Evaluation, TrainRequest
from histoviewer.ml.schedule import Deadline
from tests.ml.helpers import ArrayTiles, RepeatedTiles, finish, make_tiles
from tests.ml.test_devices import NO_MEMORY

Ask = Callable[..., TrainRequest]

_READING_S = 0.03  # a tile
_JUDGING_S = 0.4  # and orientation: 40 tiles, three times as fast as in training


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class SlowTiles:
    """Tiles to learn from that take their time to be read."""

    tiles: ArrayTiles | RepeatedTiles
    clock: Clock
    training: int

    @property
    def shape(self) -> tuple[int, ...]:
        return self.tiles.shape

    def gather(self, index: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        if out is not None and index[0] < self.training:  # else no batch, or for validation
            self.clock.now += _READING_S * len(index)
        return self.tiles.gather(index, out)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock that runs go by; a validation takes its time by it, too."""
    made, judge = Clock(), Judge.__call__

    def slowly(self: Judge, model: keras.Model) -> Evaluation | None:
        made.now += _JUDGING_S * orientations_of(model)
        return judge(self, model)

    monkeypatch.setattr(training, "Deadline", partial(Deadline, clock=made))
    monkeypatch.setattr(callbacks, "time", SimpleNamespace(monotonic=made))
    monkeypatch.setattr(Judge, "__call__", slowly)
    return made


def test_the_last_validation_in_all_orientations_is_in_time_and_counted(
    ask: Ask, tiny: Recipe, clock: Clock
) -> None:
    recipe = replace(tiny, training=replace(tiny.training, symmetry="pooled"))
    request = ask(recipe=recipe, epochs=1000, max_seconds=30.0)
    request = replace(request, tiles=SlowTiles(request.tiles, clock, training=120))

    result, said = finish(work.train(request, lambda: False))

    assert 26 < clock.now < 30
    assert result.metrics["seconds"] == clock.now
    assert Note(f"Ended after {clock.now:.0f} s, as asked.") in said


def test_what_was_lost_to_a_batch_too_large_counts(
    ask: Ask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit, begun = training.train_epochs, []

    def tight(trainee, run, plan, request, *, until):
        begun.append(plan.batch)
        if plan.batch > 8:
            clock.now += 60
            raise NO_MEMORY
        fit(trainee, run, plan, request, until=until)

    monkeypatch.setattr(training, "train_epochs", tight)
    request = ask(epochs=1, max_seconds=100.0)

    result, _ = finish(work.train(request, lambda: False))

    assert begun == [16, 8]
    assert result.metrics["seconds"] == clock.now == 60 + _JUDGING_S


def limited_baseline(ask: Ask, clock: Clock, *, max_seconds: float | None) -> TrainRequest:
    few, labels = make_tiles()
    many = RepeatedTiles(few, 16_000)
    return ask(
        recipe=replace(load_recipe("brightness-logreg"), sampling=Sampling()),
        tiles=SlowTiles(many, clock, training=15_000),
        labels=np.tile(labels, 100),
        train=np.arange(15_000),
        validation=np.arange(15_000, 15_100),
        max_seconds=max_seconds,
    )


def test_logistic_regression_learns_from_as_many_tiles_as_there_is_time_for(
    ask: Ask, clock: Clock
) -> None:
    request = limited_baseline(ask, clock, max_seconds=300.0)

    result, said = finish(work.train(request, lambda: False))

    assert 210 < result.metrics["seconds"] == clock.now < 300
    assert 5_000 < len(result.used) == result.metrics["train_tiles"] < 10_000
    assert abs(request.labels[result.used].mean() - request.labels.mean()) < 0.03
    assert np.ptp(result.used) > 14_000, "the first tiles are no sample of all"
    learned = f"it learned from {len(result.used):,} of 15,000 tiles"
    assert Note(f"Ended after {clock.now:.0f} s, as asked: {learned}.") in said


def test_logistic_regression_with_time_enough_learns_what_it_would_without_a_limit(
    ask: Ask, clock: Clock, tmp_path: Path
) -> None:
    free = limited_baseline(ask, clock, max_seconds=None)
    ample = replace(limited_baseline(ask, clock, max_seconds=1e6), folder=tmp_path / "ample")

    results = [finish(work.train(request, lambda: False))[0] for request in (free, ample)]

    assert [len(result.used) for result in results] == [15_000, 15_000]
    first, second = (result.metrics["val_loss"] for result in results)
    assert first == pytest.approx(second, rel=1e-5)
