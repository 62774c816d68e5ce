"""Searching with real oracles, real runs and a real kill."""

import errno
import os
import signal
import tempfile
from dataclasses import replace

import numpy as np
import pytest

from histoviewer import files
from histoviewer.domain.recipe import read_recipe
from histoviewer.domain.search import METHODS, Choice, Range, read_trials
from histoviewer.errors import InputError, StorageError
from histoviewer.jobs.compute import ComputeProcess
from histoviewer.jobs.job import Job
from histoviewer.jobs.messages import Failed, Note, Progress
from histoviewer.ml import work
from histoviewer.ml.oracles import cuts_of
from histoviewer.ml.requests import SearchRequest
from histoviewer.ml.searching import run_search
from tests.ml.helpers import TINY, finish, make_request

SPACE = (
    Choice(key="filters1", values=(8.0, 16.0)),
    Range(key="learning_rate", low=1e-3, high=3e-2),
    Choice(key="batch", values=(8.0, 16.0)),
)

# Of which each trial fails at once: no recipe may have such a rate.
HOPELESS = (*SPACE[::2], Range(key="learning_rate", low=1e3, high=3e4))


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
    assert all(trial.batch == trial.values["batch"] for trial in outcome.trials)
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
    outcome, _ = finish(work.search(request_of(space=HOPELESS, trials=1), lambda: False))

    assert outcome.best is None
    assert outcome.recipe == ""
    assert "'optimiser.learning_rate' cannot be" in outcome.trials[0].fault


def test_what_a_trial_notes_names_the_trial(request_of) -> None:
    space = (Choice(key="batch", values=(512.0, 1024.0)),)  # more than there are tiles

    _, said = finish(work.search(request_of(space=space, epochs=1), lambda: False))

    notes = [update.text for update in said if isinstance(update, Note)]
    assert [note.partition(" A batch is ")[0] for note in notes] == ["Trial 1:", "Trial 2:"]


def test_trials_get_the_tiles_without_a_label(request_of, tiny) -> None:
    adapting = replace(tiny, training=replace(tiny.training, statistics="unlabelled"))
    few = np.arange(120, 123)  # too few, which each trial notes

    _, said = finish(
        work.search(request_of(recipe=adapting, unlabelled=few, trials=1, epochs=1), lambda: False)
    )

    notes = [update.text for update in said if isinstance(update, Note)]
    assert notes == ["Trial 1: Not adapted to unlabelled tiles: there are 3, and 128 are needed."]


BACKBONE = """
title = "Backbone"
[[blocks]]
kind = "backbone"
name = "MobileNetV3Small"
"""


@pytest.mark.parametrize(
    ("text", "sentence"), [(TINY, "no pretrained weights"), (BACKBONE, "There is no file")]
)
def test_weights_that_no_trial_could_use_are_refused_before_the_first(
    request_of, tmp_path, text, sentence
) -> None:
    """Else each trial fails alike, and the search is done."""
    request = request_of(recipe=read_recipe(text, "one"), weights=tmp_path / "weights.h5")

    with pytest.raises(InputError, match=sentence):
        finish(work.search(request, lambda: False))

    assert read_trials(request.folder) == []


def test_tiles_of_one_class_are_refused_before_the_first_trial(request_of) -> None:
    request = request_of(labels=np.zeros_like(request_of().labels))

    with pytest.raises(InputError, match="training tiles are negative"):
        finish(work.search(request, lambda: False))

    assert read_trials(request.folder) == []


def test_a_network_that_does_not_fit_the_tiles_is_refused_before_the_first_trial(
    request_of,
) -> None:
    deep = TINY + '[[blocks]]\nkind = "conv"\nfilters = 8\nkernel = 31\npadding = "valid"\n'
    request = request_of(recipe=read_recipe(deep, "deep"))

    with pytest.raises(InputError, match="'deep' does not fit tiles of 32 pixels"):
        finish(work.search(request, lambda: False))

    assert read_trials(request.folder) == []


def break_in_the_middle(update: object) -> None:
    assert not isinstance(update, Progress), "broken on purpose"


def test_a_trial_that_ends_the_search_twice_is_a_row_with_its_reason(request_of) -> None:
    request = request_of(trials=2)
    for _ in range(2):
        with pytest.raises(AssertionError, match="on purpose"):
            run_search(request, break_in_the_middle, lambda: False)

    outcome, said = finish(work.search(request, lambda: False))

    assert [trial.val_auc is None for trial in outcome.trials] == [True, False]
    assert "ended 2 times in the middle" in outcome.trials[0].fault
    assert outcome.trials[0].values != outcome.trials[1].values
    assert any(isinstance(update, Note) and "Trial 1 failed" in update.text for update in said)


def test_a_trial_that_is_cancelled_often_is_none_that_fails(request_of) -> None:
    request = request_of(trials=1)
    for _ in range(3):
        said: list[Progress] = []
        outcome = run_search(request, said.append, lambda said=said: len(said) > 0)
        assert outcome.trials == ()

    outcome, _ = finish(work.search(request, lambda: False))

    assert outcome.trials[0].fault == ""


@pytest.mark.parametrize("method", METHODS)
def test_a_search_in_parts_tries_what_it_tries_at_once(request_of, tmp_path, method) -> None:
    request = request_of(method=method, space=HOPELESS, trials=4, folder=tmp_path / "once")
    once, _ = finish(work.search(request, lambda: False))

    for trials in (1, 3, 4):
        request = replace(request, trials=trials, folder=tmp_path / "parts")
        parts, _ = finish(work.search(request, lambda: False))

    assert [trial.values for trial in parts.trials] == [trial.values for trial in once.trials]


@pytest.mark.parametrize("damaged", ["", "[{", "[]", '{"trials": [], "begins": 0, "chooser": {}}'])
def test_a_damaged_file_counts_as_none_which_is_said(request_of, damaged) -> None:
    request = request_of(space=HOPELESS)
    request.folder.mkdir()
    (request.folder / "trials.json").write_text(damaged)

    outcome, said = finish(work.search(request, lambda: False))

    assert len(outcome.trials) == 2
    assert "damaged" in said[0].text


def test_a_disk_without_space_is_said_and_leaves_what_was_there(request_of, monkeypatch) -> None:
    request = request_of(space=HOPELESS, trials=1)
    before, _ = finish(work.search(request, lambda: False))

    def full(_stream: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files, "flush", full)
    with pytest.raises(StorageError, match="no space left to write the search"):
        finish(work.search(replace(request, trials=2), lambda: False))

    assert [path.name for path in request.folder.iterdir()] == ["trials.json"]
    assert read_trials(request.folder) == list(before.trials)


def test_a_trial_that_finds_no_disk_is_none_that_fails(request_of, tmp_path, monkeypatch) -> None:
    request = request_of(trials=1)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    for _ in range(3):
        with pytest.raises(StorageError, match="Writing a trial failed"):
            finish(work.search(request, lambda: False))
    monkeypatch.undo()

    outcome, _ = finish(work.search(request, lambda: False))

    assert outcome.trials[0].fault == ""


def test_hyperband_lets_the_best_of_short_trials_train_longer(request_of) -> None:
    outcome, _ = finish(
        work.search(request_of(method="hyperband", trials=4, epochs=3), lambda: False)
    )

    *short, long = outcome.trials
    best = max(short, key=lambda trial: trial.val_auc)
    assert [trial.epochs for trial in outcome.trials] == [1, 1, 1, 3]
    assert long.values == best.values


@pytest.mark.parametrize(
    ("trials", "epochs", "cuts"),
    [(1, 30, 0), (3, 30, 0), (4, 30, 1), (20, 30, 2), (40, 30, 3), (500, 30, 3), (20, 2, 0)],
)
def test_one_trial_of_the_first_bracket_reaches_the_longest_rung(trials, epochs, cuts) -> None:
    """1 + 3 + 9 trials are 2 cuts, and none of them trains for less than an epoch."""
    assert cuts_of(trials=trials, epochs=epochs) == cuts


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
    """Zero, the seed by default, included."""
    tried = []
    for name in ("once", "again"):
        request = request_of(method=method, space=HOPELESS, folder=tmp_path / name)
        outcome, _ = finish(work.search(request, lambda: False))
        tried.append([trial.values for trial in outcome.trials])

    assert len(tried[0]) == 2
    assert tried[0] == tried[1]


def test_a_killed_search_goes_on_with_the_trial_it_was_at(request_of) -> None:
    request = request_of(trials=3)
    process = ComputeProcess()

    def kill_in_the_second(_update: object) -> None:
        if read_trials(request.folder):
            os.kill(process.pid, signal.SIGKILL)

    job = Job(title="search", target="histoviewer.ml.work:search", request=request)
    ending = process.run(job, kill_in_the_second)
    process.close()

    assert isinstance(ending, Failed)
    kept = read_trials(request.folder)
    outcome, _ = finish(work.search(request, lambda: False))
    assert len(outcome.trials) == 3
    assert outcome.trials[0].values == kept[0].values
