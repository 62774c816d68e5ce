"""Instant retraining on the network that comes with the program."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest

from histoviewer.domain.models import ModelKind
from histoviewer.domain.recipe import read_recipe
from histoviewer.domain.tiles import Split
from histoviewer.errors import JobCancelled, NotEmbeddedError
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.messages import Cancelled
from histoviewer.jobs.runner import drive
from histoviewer.ml.requests import TrainResult
from histoviewer.services.challenging import compare_again
from histoviewer.services.model_table import read_model_table
from histoviewer.services.promotion import read_promotions
from histoviewer.services.quick import retrain_quick
from histoviewer.services.ranking import find_model, read_learned, read_ranking, read_scores
from histoviewer.services.retraining import promote, train
from histoviewer.services.scoring import score
from histoviewer.services.training import Lesson, Run, learn
from tests.ml.helpers import TINY


def test_a_head_learns_the_verdicts_and_scores_every_tile(workspace, model, ask) -> None:
    session, project = workspace.session, workspace.project
    session.rank_by(read_ranking(project))
    tiles = np.flatnonzero(session.tiles.splits == Split.TRAIN)[:3]
    session.label(tiles, 1)

    outcome = ask(retrain_quick(workspace=workspace, margin=1.0))

    head = outcome.model
    assert (head.kind, head.parent) == (ModelKind.HEAD, model.id)
    assert np.isfinite(read_scores(project, head)).all()
    learned = read_learned(project, head)
    assert (learned[tiles] == 1).all()
    assert (learned[session.tiles.splits != Split.TRAIN] == -1).all()
    assert [job.target.rpartition(":")[2] for job in ask.jobs][:3] == [
        "embed",
        "find_neighbours",
        "retrain_head",
    ]


def test_its_own_network_gives_the_scores_it_ranks_by(workspace, model, ask) -> None:
    outcome = ask(retrain_quick(workspace=workspace))
    from_embeddings = read_scores(workspace.project, outcome.model)

    ask(score(workspace=workspace, model_id=outcome.model.id))

    from_pixels = read_scores(workspace.project, outcome.model)
    np.testing.assert_allclose(from_embeddings, from_pixels, atol=0.02)


def test_it_is_compared_with_plain_scores_of_a_champion_that_has_means_over_orientations(
    workspace, model, ask
) -> None:
    """The champion's network is that of the head before, so its plain scores are known too."""
    first = ask(retrain_quick(workspace=workspace)).model
    promote(project=workspace.project, model_id=first.id)
    plain = read_scores(workspace.project, first)
    ask(score(workspace=workspace, tta=True))
    assert np.abs(read_scores(workspace.project, first) - plain).max() > 0

    outcome = ask(retrain_quick(workspace=workspace))

    asked = next(job.request for job in ask.jobs if job.target.endswith(":compare"))
    validation = np.flatnonzero(workspace.session.tiles.splits == Split.VALIDATION)
    assert (asked.first == read_scores(workspace.project, outcome.model)[validation]).all()
    np.testing.assert_allclose(asked.second, plain[validation], atol=1e-6)


def test_scores_that_are_made_anew_are_noticed_and_compared_as_what_they_are(
    workspace, model, ask
) -> None:
    """A head that has means over eight views by now against a champion that has none."""
    project = workspace.project

    def rescored():
        return read_promotions(project, workspace.session.validation_labels()).rescored[head.id]

    outcome = ask(retrain_quick(workspace=workspace))
    head = outcome.model
    assert project.champion() == model.id
    assert (rescored(), outcome.gate.tta, head.val_tta) == ((), (False, False), False)

    ask(score(workspace=workspace, model_id=head.id, tta=True))
    assert rescored() == (head.id,)
    assert not find_model(project, head.id).val_tta  # its figures are still those of before
    again = ask(compare_again(workspace=workspace, model_id=head.id))

    assert (rescored(), again.gate.tta, again.gate.is_mixed) == ((), (True, False), True)
    assert find_model(project, head.id).val_tta
    assert [row.val_tta for row in read_model_table(project)] == [False, True]


def test_plain_scores_that_stood_in_for_means_are_not_called_old(workspace, model, ask) -> None:
    ask(score(workspace=workspace, tta=True))

    outcome = ask(retrain_quick(workspace=workspace))

    found = read_promotions(workspace.project, workspace.session.validation_labels())
    assert found.rescored[outcome.model.id] == ()
    assert not outcome.gate.is_mixed
    ask(score(workspace=workspace, model_id=model.id, tta=False))
    found = read_promotions(workspace.project, workspace.session.validation_labels())
    assert found.rescored[outcome.model.id] == (model.id,)


def test_without_embeddings_it_is_refused_where_asked_to(workspace, model) -> None:
    with pytest.raises(NotEmbeddedError, match="not embedded by model 1"):
        next(retrain_quick(workspace=workspace, embeds=False))


def test_what_is_cancelled_leaves_neither_folder_nor_entry(workspace, model, ask) -> None:
    ask(retrain_quick(workspace=workspace))
    folders = set(workspace.project.models_folder.iterdir())
    champion = workspace.project.champion()

    with pytest.raises(JobCancelled):
        drive(retrain_quick(workspace=workspace), run=lambda _job, _on_update, **_: Cancelled())

    assert set(workspace.project.models_folder.iterdir()) == folders
    assert (len(workspace.project.models()), workspace.project.champion()) == (2, champion)


def test_a_head_says_to_what_its_network_is_adapted(
    workspace, add_scored_model, model_file, ask
) -> None:
    scores = np.zeros(workspace.project.tile_count)
    network = add_scored_model(workspace, scores, metrics={"unlabelled_tiles": 512.0})
    (workspace.project.model_folder(network.id) / "model.keras").write_bytes(model_file)

    head = ask(retrain_quick(workspace=workspace)).model

    assert head.metrics["unlabelled_tiles"] == 512


# -- beside a training


def begin_training(workspace):
    """Return a training that has asked for its one job, and the folder of its model."""
    recipe = read_recipe(TINY, "tiny")
    training = learn(
        project=workspace.project,
        lesson=Lesson.of(workspace),
        run=Run(recipe=recipe, seed=0, environment={}),
    )
    return training, next(training).request.folder


def end_training(training, folder):
    """Hand a training what its job would; return the model."""
    folder.mkdir()
    with pytest.raises(StopIteration) as ended:
        training.send(TrainResult(metrics={"val_auc": 0.5}, used=np.arange(2)))
    return ended.value.value


def test_a_training_that_it_overtakes_is_entered_all_the_same(workspace, model, ask) -> None:
    training, folder = begin_training(workspace)

    head = ask(retrain_quick(workspace=workspace)).model
    trained = end_training(training, folder)

    assert (trained.number, head.number) == (2, 3)
    assert [each.id for each in workspace.project.models()] == ["001-test", "002-tiny", "003-head"]


def test_a_training_that_begins_within_it_gets_a_number_of_its_own(
    workspace, model, process
) -> None:
    begun = []

    def begin(job) -> None:
        if job.target.endswith(":retrain_head"):
            begun.append(begin_training(workspace))

    head = drive(retrain_quick(workspace=workspace), run=process.run, on_job=begin).model
    trained = end_training(*begun[0])

    assert (head.number, trained.number) == (2, 3)


def test_both_are_made_at_the_same_time(workspace, model, ask) -> None:
    """Two lanes, two threads, two processes, as in the window."""
    recipe = read_recipe(TINY, "tiny")
    training = train(workspace=workspace, recipe=recipe, epochs=1, margin=1.0)
    has_begun = Event()

    with LaneProcess() as other, ThreadPoolExecutor(1) as lane:

        def run(job, on_update):
            has_begun.set()
            return other.run(job, on_update)

        trained = lane.submit(drive, training, run=run)
        has_begun.wait()
        head = ask(retrain_quick(workspace=workspace, margin=1.0)).model
        outcome = trained.result()

    assert (outcome.model.number, head.number) == (2, 3)
    made = workspace.project.models()
    assert [each.id for each in made] == ["001-test", "002-tiny", "003-head"]
    assert all(np.isfinite(read_scores(workspace.project, each)).all() for each in made)
