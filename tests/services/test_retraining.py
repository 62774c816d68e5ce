"""Training, retraining and who is champion, with real Keras on a few tiles."""

import numpy as np
import pytest

from histoviewer.domain.recipe import load_recipe
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError, JobCancelled
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.messages import Cancelled
from histoviewer.jobs.runner import drive
from histoviewer.ml.requests import TrainResult
from histoviewer.services.ranking import read_learned, read_ranking
from histoviewer.services.retraining import promote, retrain, train


def _run(operation):
    with LaneProcess() as process:  # as the command line does
        return drive(operation, run=process.run)


def _first_model(workspace):
    outcome = _run(train(workspace=workspace, recipe=load_recipe("histo-fast"), epochs=1))
    workspace.session.rank_by(read_ranking(workspace.project))
    return outcome


@pytest.mark.slow
def test_first_model_scores_every_tile_and_learns_the_effective_labels(workspace):
    session, project = workspace.session, workspace.project
    chosen = np.flatnonzero((session.tiles.splits == Split.TRAIN) & (session.tiles.given == 0))[:3]
    session.label(chosen, 1)
    outcome = _first_model(workspace)
    assert outcome.promoted
    assert project.champion() == outcome.model.id
    assert np.isfinite(session.scores).all()
    learned = read_learned(project, outcome.model)
    assert (learned[chosen] == 1).all()
    assert (learned[session.tiles.splits != Split.TRAIN] == -1).all()
    assert session.queue_length == 0


@pytest.mark.slow
def test_retraining_starts_from_the_champion_and_empties_the_queue_if_promoted(workspace):
    session = workspace.session
    first = _first_model(workspace)
    chosen = np.flatnonzero(session.tiles.splits == Split.TRAIN)[:4]
    session.label(chosen, 1)
    assert session.queue_length == 4
    outcome = _run(retrain(workspace=workspace, epochs=1))
    session.rank_by(read_ranking(workspace.project))
    assert outcome.model.parent == first.model.id
    assert outcome.promoted == outcome.gate.passed
    assert session.queue_length == (0 if outcome.promoted else 4)
    assert (read_learned(workspace.project, outcome.model)[chosen] == 1).all()


def test_promoting_an_earlier_model_brings_its_queue_back(workspace, add_scored_model):
    count = workspace.project.tile_count
    first = add_scored_model(workspace, np.full(count, 0.2))
    add_scored_model(workspace, np.full(count, 0.8))
    ranking = promote(project=workspace.project, model_id="1")
    workspace.session.rank_by(ranking)
    assert workspace.project.champion() == first.id
    assert np.allclose(workspace.session.scores, 0.2)


def test_nothing_in_the_queue_is_said(workspace, add_scored_model):
    add_scored_model(workspace, np.full(workspace.project.tile_count, 0.2))
    with pytest.raises(InputError, match="Nothing waits"):
        _run(retrain(workspace=workspace))


def test_cancelled_training_leaves_no_model(workspace):
    operation = train(workspace=workspace, recipe=load_recipe("histo-fast"))
    with pytest.raises(JobCancelled):
        drive(operation, run=lambda _job, _on_update, **_rest: Cancelled())
    assert workspace.project.models() == []
    assert workspace.project.champion() is None


def test_a_folder_left_by_a_kill_does_not_stop_the_next_run(workspace, add_scored_model):
    add_scored_model(workspace, np.full(workspace.project.tile_count, 0.2))
    workspace.project.model_folder("002-histo-fast").mkdir()
    operation = train(workspace=workspace, recipe=load_recipe("histo-fast"))
    assert next(operation).request.folder.name == "003-histo-fast"
    operation.close()


@pytest.mark.parametrize("scores_first", [True, False])
def test_the_first_model_is_scored_at_once_only_where_it_is_to_be(workspace, scores_first):
    recipe = load_recipe("histo-fast")
    operation = train(workspace=workspace, recipe=recipe, scores_first=scores_first)
    folder = next(operation).request.folder
    folder.mkdir()
    (folder / "model.keras").touch()
    learned = TrainResult(metrics={"val_auc": 0.5}, used=np.arange(2))

    if scores_first:
        assert operation.send(learned).target == "histoviewer.ml.work:score"
        operation.close()
    else:
        with pytest.raises(StopIteration) as ended:
            operation.send(learned)
        assert ended.value.value.promoted
        assert workspace.project.champion() == "001-histo-fast"


def test_a_lost_list_of_learned_labels_keeps_nobody_out(workspace, add_scored_model, expected_log):
    expected_log("what model 1 learned is not known any more")
    model = add_scored_model(workspace, np.full(workspace.project.tile_count, 0.2))
    workspace.project.learned_path(model.id).unlink()
    assert read_ranking(workspace.project).learned is None


def test_a_first_training_replaces_nobody_who_became_champion_meanwhile(
    workspace, add_scored_model
):
    training = train(workspace=workspace, recipe=load_recipe("histo-fast"), scores_first=False)
    folder = next(training).request.folder
    scores = np.full(workspace.project.tile_count, 0.2)
    other = add_scored_model(workspace, scores, id="007-test", number=7)
    folder.mkdir()
    (folder / "model.keras").touch()

    scoring = training.send(TrainResult(metrics={"val_auc": 0.5}, used=np.arange(2)))

    assert scoring.target == "histoviewer.ml.work:score"
    assert workspace.project.champion() == other.id
    training.close()


def test_challenger_is_scored_as_the_champion_was(workspace, add_scored_model):
    model = add_scored_model(workspace, np.full(workspace.project.tile_count, 0.2), tta=True)
    recipe = load_recipe("histo-fast")
    operation = train(workspace=workspace, recipe=recipe)
    folder = next(operation).request.folder
    folder.mkdir()
    (folder / "model.keras").touch()
    scoring = operation.send(TrainResult(metrics={"val_auc": 0.5}, used=np.arange(2)))
    assert (scoring.target, scoring.request.tta) == ("histoviewer.ml.work:score", True)
    assert workspace.project.champion() == model.id
    operation.close()


@pytest.mark.parametrize("content", [None, b"title = '\xff'"], ids=["missing", "damaged"])
def test_a_recipe_that_cannot_be_read_is_told_before_anything_is_trained(
    workspace, add_scored_model, content
):
    model = add_scored_model(workspace, np.full(workspace.project.tile_count, 0.2))
    session = workspace.session
    session.rank_by(read_ranking(workspace.project))
    session.label(np.flatnonzero(session.tiles.splits == Split.TRAIN)[:2], 1)
    if content is not None:
        (workspace.project.model_folder(model.id) / "recipe.toml").write_bytes(content)

    with pytest.raises(InputError, match=r"The recipe of model 1 cannot be read: .*recipe.toml"):
        next(retrain(workspace=workspace))
