"""Searching with real oracles, real runs and a real kill."""

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.recipe import read_recipe
from histoviewer.domain.search import METHODS, Choice, Range
from histoviewer.jobs.compute import ComputeProcess
from histoviewer.jobs.job import Job
from histoviewer.jobs.messages import Failed, Note, Progress
from histoviewer.ml import work
from histoviewer.ml.requests import SearchRequest
from tests.ml.helpers import finish, make_request

SPACE = (
    Choice(key="filters1", values=(8.0, 16.0)),
    Range(key="learning_rate", low=1e-3, high=3e-2),
    Choice(key="batch", values=(8.0, 16.0)),
)


@pytest.fixture
def request_of(tiny, tmp_path):
    """Return a maker of searches around the tiny recipe."""

    def make(**changes):
        run = make_request(recipe=tiny, folder=tmp_path / "unused")
        given = SearchRequest(
            tiles=run.tiles,
            labels=run.labels,
            train=run.train,
            validation=run.validation,
            recipe=tiny,
            space=SPACE,
            method="random",
            trials=2,
            folder=tmp_path / "search",
            epochs=2,
        )
        return replace(given, **changes)

    return make


@pytest.mark.parametrize("method", METHODS)
def test_trials_are_runs_of_changed_recipes(request_of, method) -> None:
    outcome, said = finish(work.search(request_of(method=method), lambda: False))

    assert [trial.number for trial in outcome.trials] == [1, 2]
    assert all(0 <= trial.val_auc <= 1 and trial.parameters > 0 for trial in outcome.trials)
    best = max(outcome.trials, key=lambda trial: trial.val_auc)
    recipe = read_recipe(outcome.recipe, "best")
    assert recipe.optimiser.learning_rate == pytest.approx(best.values["learning_rate"])
    assert recipe.training.batch == best.values["batch"]
    assert {update.phase for update in said if isinstance(update, Progress)} == {"searching"}


def test_a_search_goes_further_where_it_was(request_of) -> None:
    first, _ = finish(work.search(request_of(), lambda: False))
    second, _ = finish(work.search(request_of(trials=3), lambda: False))
    again, said = finish(work.search(request_of(trials=3), lambda: False))

    assert second.trials[:2] == first.trials
    assert len(second.trials) == 3
    assert second.trials[2].values != second.trials[1].values
    assert (again, said) == (second, [])


def test_a_trial_that_fails_is_a_row_with_its_reason(request_of) -> None:
    """A rate beyond all measure leads to a loss that is no number."""
    space = (Choice(key="learning_rate", values=(1e30,)),)
    recipe = replace(request_of().recipe)

    outcome, _ = finish(
        work.search(request_of(space=space, trials=1, recipe=recipe), lambda: False)
    )

    assert outcome.best is None
    assert outcome.recipe == ""
    assert outcome.trials[0].fault


def test_a_cancelled_search_keeps_what_it_has(request_of) -> None:
    outcome, _ = finish(work.search(request_of(), lambda: True))

    assert outcome.trials == ()
    assert not outcome.is_done


def test_a_trial_cut_by_the_time_limit_counts_for_nothing(request_of, tmp_path) -> None:
    cut, said = finish(
        work.search(request_of(trials=1, epochs=10_000, max_seconds=2), lambda: False)
    )
    later, _ = finish(work.search(request_of(trials=1), lambda: False))
    unlimited, _ = finish(
        work.search(request_of(trials=1, folder=tmp_path / "unlimited"), lambda: False)
    )

    assert (cut.trials, cut.is_done) == ((), False)
    notes = [update.text for update in said if isinstance(update, Note)]
    assert any("Time was up in the middle of trial 1" in text for text in notes)
    (row,), (expected,) = later.trials, unlimited.trials
    assert row == replace(expected, seconds=row.seconds)


@pytest.mark.parametrize("method", METHODS)
def test_a_search_with_the_same_seed_tries_the_same(request_of, tmp_path, method) -> None:
    """Zero, the seed by default, included. Labels of one class let each trial fail at once."""
    one_class = np.zeros_like(request_of().labels)
    tried = []
    for name in ("once", "again"):
        request = request_of(method=method, labels=one_class, folder=tmp_path / name)
        outcome, _ = finish(work.search(request, lambda: False))
        tried.append([trial.values for trial in outcome.trials])

    assert len(tried[0]) == 2
    assert tried[0] == tried[1]


def test_a_killed_search_goes_on_with_the_trial_it_was_at(request_of) -> None:
    request = request_of(trials=3)
    rows = request.folder / "trials.json"
    process = ComputeProcess()

    def kill_in_the_second(_update: object) -> None:
        if rows.exists():
            os.kill(process.pid, signal.SIGKILL)

    job = Job(title="search", target="histoviewer.ml.work:search", request=request)
    ending = process.run(job, kill_in_the_second)
    process.close()

    assert isinstance(ending, Failed)
    kept = json.loads(Path(rows).read_text())
    outcome, _ = finish(work.search(request, lambda: False))
    assert len(outcome.trials) == 3
    assert outcome.trials[0].values == kept[0]["values"]
