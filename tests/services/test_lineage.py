"""Which tiles a model proves nothing on, since it or what it was made of was trained on them."""

from dataclasses import replace

import numpy as np
import pytest

from histoviewer.cli.challenges import challenge_text
from histoviewer.domain.models import ModelRecord
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.ml.requests import ScoreResult, TrainResult
from histoviewer.services.challenging import Arena, Challenge, challenge, judge
from histoviewer.services.ensembles import make_ensemble
from histoviewer.services.gate_files import read_gate
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import read_ever_learned, unlearned
from histoviewer.services.retraining import retrain
from tests.ml.helpers import TINY
from tests.operations import perform


@pytest.fixture
def taught(workspace, add_scored_model) -> tuple[ModelRecord, np.ndarray]:
    """A champion, as from elsewhere, that was trained on all validation tiles but the first six."""
    count = workspace.project.tile_count
    model = add_scored_model(workspace, np.random.default_rng(0).random(count))
    validation = np.flatnonzero(workspace.session.tiles.splits == Split.VALIDATION)
    given = workspace.session.tiles.given
    by_class = [validation[given[validation] == label] for label in (0, 1)]
    fresh = np.concatenate([rows[:3] for rows in by_class])
    learned = np.full(count, -1, np.int8)
    seen = np.setdiff1d(validation, fresh)
    learned[seen] = given[seen]
    np.save(workspace.project.learned_path(model.id), learned)
    folder = workspace.project.model_folder(model.id)
    (folder / "recipe.toml").write_text(TINY, encoding="utf-8")
    return model, np.sort(fresh)


def add_child(workspace: Workspace, parent: ModelRecord) -> ModelRecord:
    """Enter a model that was trained further from another, on nothing of its own."""
    project = workspace.project
    child = replace(parent, id="009-child", number=9, parent=parent.id)
    project.model_folder(child.id).mkdir()
    np.save(project.learned_path(child.id), np.full(project.tile_count, -1, np.int8))
    project.add_model(child)
    return child


def test_what_a_model_was_trained_further_from_counts(workspace, taught) -> None:
    model, fresh = taught
    child = add_child(workspace, model)
    validation = np.flatnonzero(workspace.session.tiles.splits == Split.VALIDATION)
    assert unlearned(workspace.project, validation, [child]).tolist() == fresh.tolist()
    ever = read_ever_learned(workspace.project, child)
    assert (ever == read_ever_learned(workspace.project, model)).all()


def test_what_one_member_was_trained_on_counts(workspace, taught, add_scored_model) -> None:
    _, fresh = taught
    add_scored_model(workspace, np.random.default_rng(1).random(workspace.project.tile_count))
    outcome = perform(make_ensemble(workspace=workspace, members=["1", "2"]))
    validation = np.flatnonzero(workspace.session.tiles.splits == Split.VALIDATION)
    assert unlearned(workspace.project, validation, [outcome.model]).tolist() == fresh.tolist()
    assert outcome.left_out == len(validation) - len(fresh)


def test_training_further_is_judged_by_tiles_that_the_champion_never_saw(workspace, taught) -> None:
    _, fresh = taught
    rows = np.flatnonzero(workspace.session.tiles.splits == Split.TRAIN)
    workspace.session.label(rows[:4], 1)
    (workspace.project.model_folder("001-test") / "model.keras").touch()
    operation = retrain(workspace=workspace, margin=1.0)
    job = next(operation)
    assert job.request.validation.tolist() == fresh.tolist()
    outcome = _finish(workspace, operation, job)
    validation = np.flatnonzero(workspace.session.tiles.splits == Split.VALIDATION)
    assert outcome.left_out == len(validation) - len(fresh)
    assert read_gate(workspace.project, outcome.model).left_out == outcome.left_out


def _finish(workspace: Workspace, operation, job) -> Challenge:
    """Hand a training what its job would, then the scores; what is measured is measured."""
    job.request.folder.mkdir()
    (job.request.folder / "model.keras").touch()
    scoring = operation.send(TrainResult(metrics={}, used=job.request.train))
    scores = np.random.default_rng(1).random(workspace.project.tile_count, np.float32)
    np.save(scoring.request.out, scores)
    measuring = operation.send(ScoreResult(count=len(scores), seconds=0.0, tiles_per_second=0.0))

    def rest():
        job = measuring
        while True:
            try:
                job = operation.send((yield job))
            except StopIteration as ended:
                return ended.value

    return perform(rest())


def test_where_the_champion_saw_them_all_training_further_is_refused(workspace, taught) -> None:
    model, _ = taught
    learned = workspace.session.tiles.given
    np.save(workspace.project.learned_path(model.id), learned)
    rows = np.flatnonzero(workspace.session.tiles.splits == Split.TRAIN)
    workspace.session.label(rows[:4], 1 - learned[rows[0]])
    with pytest.raises(InputError, match="nothing would tell whether"):
        next(retrain(workspace=workspace))


def test_models_that_cannot_be_compared_change_nothing(workspace, taught, add_scored_model) -> None:
    model, _ = taught
    np.save(workspace.project.learned_path(model.id), workspace.session.tiles.given)
    other = add_scored_model(workspace, np.full(workspace.project.tile_count, 0.5))
    workspace.project.set_champion(model.id, reason="test")
    (workspace.project.model_folder(other.id) / "model.keras").touch()
    arena = Arena.of(workspace)
    operation = challenge(project=workspace.project, model=other, arena=arena, environment={})
    next(operation)
    with pytest.raises(StopIteration) as ended:
        operation.send(ScoreResult(count=0, seconds=0.0, tiles_per_second=0.0))
    outcome = ended.value.value
    assert not outcome.is_compared
    assert not outcome.promoted
    assert workspace.project.champion() == model.id
    assert "cannot be compared with 001-test, since both together were" in challenge_text(outcome)


def test_without_labels_of_both_classes_it_is_said_that_these_lack(
    workspace, add_scored_model
) -> None:
    session = workspace.session
    session.tiles.given[session.tiles.splits == Split.VALIDATION] = 1
    first = add_scored_model(workspace, np.full(workspace.project.tile_count, 0.5))
    other = add_scored_model(workspace, np.full(workspace.project.tile_count, 0.5))
    workspace.project.set_champion(first.id, reason="test")

    outcome = perform(judge(workspace.project, other, Arena.of(workspace), {}))

    assert outcome.gate is None
    assert "no labelled validation tiles of both classes" in challenge_text(outcome)
