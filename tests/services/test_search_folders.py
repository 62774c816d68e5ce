"""Which searches are the same one, and which have failed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.recipe import load_recipe, read_recipe
from histoviewer.domain.search import SearchOutcome, Trial, space_of
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.services.queue import weigh
from histoviewer.services.searching import NoTrialError, search_folder, tune
from tests.ml.helpers import TINY

RECIPE = read_recipe(TINY, "tiny")
ADAPTING = read_recipe(
    TINY.replace("[training]\n", '[training]\nstatistics = "unlabelled"\n'), "tiny"
)


def folder_of(workspace, recipe=RECIPE, **changes):
    given = {"method": "random", "seed": 0, "epochs": None, **changes}
    return search_folder(workspace, recipe, space_of(recipe), **given)


def test_a_verdict_on_a_tile_that_is_learned_or_judged_makes_another_search(workspace) -> None:
    session = workspace.session
    sides = (Split.TRAIN, Split.VALIDATION)
    tiles = [int(np.flatnonzero(session.tiles.splits == side)[0]) for side in sides]
    folders = [folder_of(workspace)]
    for tile in tiles:
        session.label([tile], 1 - int(session.tiles.given[tile]))
        folders.append(folder_of(workspace))

    assert len(set(folders)) == 3

    session.label(tiles, 1)
    session.undo()
    assert folder_of(workspace) == folders[-1]


def test_a_verdict_that_changes_no_label_is_the_same_search(workspace) -> None:
    session = workspace.session
    before = folder_of(workspace)

    session.label([0], int(session.tiles.given[0]))

    assert folder_of(workspace) == before


def test_a_tile_on_the_other_side_makes_another_search(workspace) -> None:
    tiles, before = workspace.session.tiles, folder_of(workspace)
    other = np.flatnonzero(tiles.splits == Split.TRAIN)[0]
    splits = tiles.splits.copy()
    splits[other] = Split.VALIDATION

    workspace.session.replace_tiles(replace(tiles, splits=splits))

    assert folder_of(workspace) != before


def test_a_tile_that_is_left_out_of_training_makes_another_search(workspace) -> None:
    session, before = workspace.session, folder_of(workspace)
    tile = np.flatnonzero(session.tiles.splits == Split.TRAIN)[:1]
    session.label(tile, int(session.tiles.given[tile[0]]))  # a verdict lets it wait, no more
    assert folder_of(workspace) == before

    weigh(session, tile, 0.0)
    left_out = folder_of(workspace)
    weigh(session, tile, 2.0)

    assert left_out != before
    assert folder_of(workspace) == before  # a search shows no tile more often than others


@pytest.mark.parametrize(("recipe", "is_same"), [(RECIPE, True), (ADAPTING, False)])
def test_labelling_a_tile_makes_another_search_where_it_was_adapted_to(
    workspace, recipe, is_same
) -> None:
    session, before = workspace.session, folder_of(workspace, recipe)
    tested = np.flatnonzero(session.tiles.splits == Split.TEST)[:1]

    session.label(tested, 1)

    assert (folder_of(workspace, recipe) == before) is is_same


def test_the_tiles_without_a_label_reach_every_trial(workspace) -> None:
    job = next(tune(workspace=workspace, recipe=ADAPTING, trials=1))

    tested = np.flatnonzero(workspace.session.tiles.splits == Split.TEST)
    assert job.request.unlabelled.tolist() == tested.tolist()


def test_another_backend_or_file_of_weights_makes_another_search(workspace, monkeypatch) -> None:
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    changes = ({"backend": "torch"}, {"weights": Path("a.h5")}, {"weights": Path("b.h5")})
    folders = {folder_of(workspace, **change) for change in ({}, *changes)}

    assert len(folders) == 4
    assert folder_of(workspace, backend="tensorflow") == folder_of(workspace)
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert folder_of(workspace) == folder_of(workspace, backend="torch")


def test_the_file_of_weights_reaches_every_trial(workspace) -> None:
    weights = Path("vgg16_notop.h5")
    job = next(
        tune(workspace=workspace, recipe=load_recipe("vgg16-transfer"), trials=1, weights=weights)
    )

    assert job.request.weights == weights


def test_a_recipe_of_which_all_trials_would_be_the_same_is_refused(workspace) -> None:
    with pytest.raises(InputError, match=r"nothing to search around .* 'brightness-logreg'"):
        tune(workspace=workspace, recipe=load_recipe("brightness-logreg"), trials=1)


@pytest.mark.parametrize("is_done", [True, False])
def test_a_search_has_failed_only_where_no_trial_is_left_to_run(workspace, is_done) -> None:
    """One that was cancelled, or out of time, can be gone on with."""
    failed = Trial(number=1, values={}, epochs=1, fault="No.")
    operation = tune(workspace=workspace, recipe=RECIPE, trials=2)
    next(operation)

    with pytest.raises(NoTrialError if is_done else StopIteration) as ended:
        operation.send(SearchOutcome(trials=(failed,), is_done=is_done))

    found = ended.value.found if is_done else ended.value.value
    assert (found.outcome.trials, found.best) == ((failed,), None)
