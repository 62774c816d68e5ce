"""Models made of others: their scores, what they have learned, how they are judged."""

import json

import numpy as np
import pytest

from histoviewer.domain.models import Blend, ModelKind
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError, JobCancelled
from histoviewer.jobs.messages import Cancelled, Finished
from histoviewer.jobs.runner import drive
from histoviewer.services.ensembles import make_ensemble
from histoviewer.services.ranking import (
    read_learned,
    read_note_of,
    read_score_note,
    read_scores,
)
from histoviewer.services.retraining import promote, retrain
from tests.operations import perform


@pytest.fixture
def members(workspace, add_scored_model):
    """Two models: one right about all labels but sure of nothing, one at random."""
    given = workspace.session.tiles.given
    rng = np.random.default_rng(0)
    good = add_scored_model(workspace, np.where(given == 1, 0.6, 0.4))
    return add_scored_model(workspace, rng.random(len(given))), good


def test_an_ensemble_scores_by_its_members_and_is_judged_like_any_model(workspace, members) -> None:
    project = workspace.project
    random, good = members

    outcome = perform(make_ensemble(workspace=workspace, members=["1", "2"]))

    mean = (read_scores(project, random) + read_scores(project, good)) / 2
    np.testing.assert_allclose(read_scores(project, outcome.model), mean, atol=1e-6)
    assert outcome.model.kind is ModelKind.ENSEMBLE
    assert outcome.model.blend == Blend(members=(good.id, random.id))
    assert outcome.model.val_auc == outcome.challenger_auc
    assert project.models()[-1] == outcome.model
    assert outcome.promoted == outcome.gate.passed


def test_its_note_says_what_it_is_made_of(workspace, members) -> None:
    outcome = perform(make_ensemble(workspace=workspace, members=["1", "2"], how="ranks"))

    project = workspace.project
    assert read_score_note(project, outcome.model).fingerprint == project.info.data_fingerprint
    note = json.loads(project.scores_path(outcome.model.id).with_suffix(".json").read_text())
    assert note["blend"] == {"members": ["001-test", "002-test"], "how": "ranks", "tta": False}
    assert "val_auc" in outcome.model.metrics
    assert "val_loss" not in outcome.model.metrics  # places in an order are no probabilities


def test_damaged_scores_of_a_member_are_made_anew(workspace, members, model_file) -> None:
    project = workspace.project
    for member in members:
        (project.model_folder(member.id) / "model.keras").write_bytes(model_file)
    project.scores_path("001-test").write_bytes(b"")

    outcome = perform(make_ensemble(workspace=workspace, members=["1", "2"]))

    assert project.member_scores_path(outcome.model.id, "001-test").exists()
    assert np.isfinite(read_scores(project, outcome.model)).all()


def test_a_label_counts_as_learned_where_every_member_learned_it(workspace, members) -> None:
    project = workspace.project
    for member, labels in zip(members, ([0, 1, 1, -1], [0, 1, 0, 1]), strict=True):
        learned = read_learned(project, member)
        learned[:4] = labels
        np.save(project.learned_path(member.id), learned)

    outcome = perform(make_ensemble(workspace=workspace, members=["1", "2"]))

    assert read_learned(project, outcome.model)[:5].tolist() == [0, 1, -1, -1, -1]


@pytest.mark.parametrize(
    ("names", "why"),
    [(["1"], "two models or more"), (["1", "1"], "named twice"), (["1", "9"], "no model '9'")],
)
def test_an_ensemble_that_makes_no_sense_is_refused(workspace, members, names, why) -> None:
    with pytest.raises(InputError, match=why):
        make_ensemble(workspace=workspace, members=names)

    assert len(workspace.project.models()) == 2


def test_an_ensemble_is_no_member_and_cannot_be_trained_further(workspace, members) -> None:
    outcome = perform(make_ensemble(workspace=workspace, members=["1", "2"]))
    workspace.session.rank_by(promote(project=workspace.project, model_id=outcome.model.id))
    workspace.session.label(np.flatnonzero(workspace.session.tiles.splits == Split.TRAIN)[:1], 1)

    with pytest.raises(InputError, match="an ensemble"):
        make_ensemble(workspace=workspace, members=["1", "3"])
    with pytest.raises(InputError, match=r"Model 3 is an ensemble.*001-test, 002-test"):
        perform(retrain(workspace=workspace))


def test_test_time_augmentation_scores_anew_and_leaves_the_member_alone(workspace, members) -> None:
    """The scoring itself is cancelled here: what was asked of it is looked at."""
    jobs = []
    operation = make_ensemble(workspace=workspace, members=["2"], tta=True)
    (workspace.project.model_folder("002-test") / "model.keras").touch()

    def run(job, _on_update):
        jobs.append(job)
        return Finished(np.zeros(8)) if job.target.endswith(":probe") else Cancelled()

    with pytest.raises(JobCancelled):
        drive(operation, run=run)

    request = jobs[-1].request
    assert request.tta
    assert request.out.parent.name == "003-ensemble"
    assert workspace.project.champion() == "002-test"


def test_members_that_scored_in_another_way_score_anew_for_it(
    workspace, members, add_scored_model, model_file, process
) -> None:
    """A member ranks by means over eight views, the other by plain scores: neither is mixed in."""
    project = workspace.project
    third = add_scored_model(workspace, np.full(project.tile_count, 0.5), tta=True)
    (project.model_folder(third.id) / "model.keras").write_bytes(model_file)

    outcome = drive(make_ensemble(workspace=workspace, members=["1", "3"]), run=process.run)

    own = read_scores(project, third)
    beside = np.load(project.member_scores_path(outcome.model.id, third.id))
    mean = (read_scores(project, members[1]) + beside) / 2
    np.testing.assert_allclose(read_scores(project, outcome.model), mean, atol=1e-6)
    assert not read_note_of(project.member_scores_path(outcome.model.id, third.id)).tta
    assert (own == 0.5).all()
    assert read_score_note(project, third).tta


def test_an_ensemble_of_means_against_a_plain_champion_says_so(
    workspace, members, model_file, process
) -> None:
    project = workspace.project
    (project.model_folder("002-test") / "model.keras").write_bytes(model_file)
    operation = make_ensemble(workspace=workspace, members=["2"], tta=True)

    outcome = drive(operation, run=process.run)

    assert (outcome.gate.tta, outcome.gate.is_mixed) == ((True, False), True)
    assert outcome.model.val_tta


def test_an_ensemble_that_could_never_be_scored_is_not_made(
    workspace, members, model_file, process
) -> None:
    """One member has scores of its own only, the other a damaged network."""
    project = workspace.project
    second, first = (project.model_folder(each.id) / "model.keras" for each in members)
    second.write_bytes(model_file[:10_000])

    with pytest.raises(InputError, match="The file of model 1 is missing"):
        drive(make_ensemble(workspace=workspace, members=["1", "2"], tta=True), run=process.run)
    first.write_bytes(model_file)
    with pytest.raises(InputError, match="damaged"):
        drive(make_ensemble(workspace=workspace, members=["1", "2"], tta=True), run=process.run)

    assert [model.id for model in project.models()] == ["001-test", "002-test"]
    assert {folder.name for folder in project.models_folder.iterdir()} == {"001-test", "002-test"}
