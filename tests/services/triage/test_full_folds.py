"""Label errors by whole networks, and which judgement counts where there are two."""

from collections.abc import Callable

import numpy as np
import pytest

from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.jobs.job import Job
from histoviewer.jobs.messages import Finished
from histoviewer.jobs.runner import drive
from histoviewer.ml.requests import ScoreRequest, ScoreResult, TrainRequest, TrainResult
from histoviewer.services.opening import Workspace
from histoviewer.services.suspects import Full, find_suspects, read_suspects
from tests.ml.helpers import TINY
from tests.operations import perform_here


class Networks:
    """Runs trainings and scorings of folds as if: network k gives every tile the score k / 10."""

    def __init__(self) -> None:
        self.trained: list[TrainRequest] = []

    def __call__(self, job: Job, on_update: Callable[[object], None]) -> Finished:
        if isinstance(job.request, TrainRequest):
            self.trained.append(job.request)
            return Finished(TrainResult(metrics={}, used=job.request.train))
        if isinstance(job.request, ScoreRequest):
            count = job.request.tiles.shape[0]
            np.save(job.request.out, np.full(count, len(self.trained) / 10, np.float32))
            return Finished(ScoreResult(count=count, seconds=1, tiles_per_second=count))
        return Finished(perform_here(iter_job(job)))


def iter_job(job: Job):
    return (yield job)


def test_whole_networks_judge_what_they_did_not_learn(workspace: Workspace) -> None:
    networks, groups = Networks(), workspace.session.tiles.groups
    adapting = TINY.replace("[training]\n", '[training]\nstatistics = "unlabelled"\n')
    (workspace.project.model_folder("001-test") / "recipe.toml").write_text(adapting)

    found = drive(find_suspects(workspace=workspace, full=Full(epochs=2), folds=3), run=networks)

    assert [request.epochs for request in networks.trained] == [2, 2, 2]
    for number, request in enumerate(networks.trained, start=1):
        assert found.probability[request.validation] == pytest.approx(number / 10)
        assert not set(groups[request.train]) & set(groups[request.validation])
        assert request.recipe.stopping.keep == "last"
        assert request.recipe.plateau.patience is None
        assert request.recipe.training.statistics == "training"
        # Where it goes at the next opening, should the program be killed meanwhile.
        assert request.folder.parent.suffix == ".part"
        assert request.folder.parent.parent == workspace.project.path / "triage"
    assert read_suspects(workspace.project, workspace.packed).model == ""


def by_networks(workspace: Workspace, networks: Networks):
    (workspace.project.model_folder("001-test") / "recipe.toml").write_text(TINY)
    return drive(find_suspects(workspace=workspace, full=Full(epochs=2), folds=2), run=networks)


def test_whole_networks_see_verdicts_more_often(workspace: Workspace) -> None:
    networks, tiles = Networks(), workspace.session.tiles
    decided = np.flatnonzero((tiles.splits == Split.TRAIN) & (tiles.given == 1))[:6]
    workspace.session.label(decided, 1)

    by_networks(workspace, networks)

    for request in networks.trained:
        assert set(request.extra) == set(decided) & set(request.train)
    assert {tile for request in networks.trained for tile in request.extra} == set(decided)


def test_folds_of_one_class_are_refused_before_any_network(workspace: Workspace) -> None:
    networks, tiles = Networks(), workspace.session.tiles
    tiles.groups[:] = tiles.given

    with pytest.raises(InputError, match="one class only"):
        by_networks(workspace, networks)

    assert not networks.trained


def test_what_knows_more_verdicts_counts_and_networks_where_both_know_the_same(
    workspace: Workspace,
) -> None:
    project, packed = workspace.project, workspace.packed
    by_networks(workspace, Networks())
    perform_here(find_suspects(workspace=workspace, folds=3))
    assert read_suspects(project, packed).model == ""

    workspace.session.label(np.array([0]), 1)
    perform_here(find_suspects(workspace=workspace, folds=3))

    assert read_suspects(project, packed).model == "001-test"
