"""Models on the validation tiles: assessed, compared, listed."""

import csv
import math
from dataclasses import replace

import numpy as np
import pytest

from histoviewer.domain.models import Blend, ExportRecord, ModelKind
from histoviewer.domain.tiles import Split
from histoviewer.errors import InputError
from histoviewer.services.assessment_tables import tables_of
from histoviewer.services.csv_tables import write_tables
from histoviewer.services.evaluating import assess, compare_models
from histoviewer.services.model_csv import model_tables
from histoviewer.services.model_table import read_curves, read_model_table
from tests.operations import perform


@pytest.fixture
def scored(workspace, add_scored_model):
    """Two models that have scored every tile, one better than the other."""
    given = workspace.session.tiles.given
    rng = np.random.default_rng(1)
    for noise in (0.2, 1.0):
        add_scored_model(workspace, np.clip(given + rng.normal(0, noise, len(given)), 0, 1))
    return workspace


def validation(workspace):
    return np.flatnonzero(workspace.session.tiles.splits == Split.VALIDATION)


def learn(project, tiles, *, model="002-test") -> None:
    """Let a model have been trained on some tiles, as one from elsewhere may be."""
    learned = np.full(project.tile_count, -1, np.int8)
    learned[tiles] = 1
    np.save(project.learned_path(model), learned)


def test_a_model_is_assessed_on_the_validation_tiles_as_labelled_now(scored) -> None:
    rows = validation(scored)
    scored.session.label(rows[:1], 1 - int(scored.session.tiles.given[rows[0]]))

    (found,) = perform(assess(workspace=scored, models=["1"]))

    assert found.model == "001-test"
    assert found.rows.tolist() == rows.tolist()
    assert (found.labels == scored.session.effective[rows]).all()
    ahead = np.subtract.outer(found.scores[found.labels == 1], found.scores[found.labels == 0])
    assert found.auc.value == pytest.approx(((ahead > 0) + (ahead == 0) / 2).mean())
    assert found.resampled == "group"


def test_tiles_that_a_model_was_trained_on_are_left_out_for_all(scored) -> None:
    rows = validation(scored)
    learn(scored.project, rows[:2])

    found = perform(assess(workspace=scored, models=["1", "2"]))
    match = perform(compare_models(workspace=scored, first="1", second="2"))

    assert [each.rows.tolist() for each in found] == [rows[2:].tolist()] * 2
    for each in (*found, match):
        assert (each.left_out, each.learned_by) == (2, ("002-test",))
    assert match.comparison.n == len(rows) - 2
    (alone,) = perform(assess(workspace=scored, models=["1"]))
    assert (len(alone.rows), alone.left_out, alone.learned_by) == (len(rows), 0, ())


def test_it_is_told_which_scores_are_means_over_eight_views(scored, add_scored_model) -> None:
    add_scored_model(scored, np.linspace(0, 1, scored.project.tile_count), tta=True)

    found = perform(assess(workspace=scored, models=["1", "3"]))
    match = perform(compare_models(workspace=scored, first="1", second="3"))

    assert [each.tta for each in found] == [False, True]
    assert (match.first_tta, match.second_tta) == (False, True)


@pytest.mark.parametrize("how", ["mean", "ranks"])
def test_mean_ranks_are_not_judged_as_probabilities(scored, add_scored_model, how) -> None:
    scores = np.linspace(0, 1, scored.project.tile_count)
    blend = Blend(members=("001-test", "002-test"), how=how)
    judged = {"val_auc": 0.9, "val_loss": 0.5, "val_accuracy": 0.8}
    add_scored_model(scored, scores, kind=ModelKind.ENSEMBLE, blend=blend, metrics=judged)

    known = perform(assess(workspace=scored, models=["3"]))
    found = perform(assess(workspace=scored, models=["1", "3"], known=known))[1]
    row = read_model_table(scored.project)[2]

    is_mean = how == "mean"
    assert (found.calibration is not None) is (known[0].calibration is not None) is is_mean
    assert math.isnan(row.val_loss) is not is_mean
    point = found.points.at_threshold(0.5)
    tables = tables_of(found, scored.session.tiles.group_names, point)
    figures = [name for name, *_ in tables[f"{found.model}-figures"].rows]
    assert figures[:2] == ["auc", "average_precision"]
    assert ("log_loss" in figures) is ("temperature" in figures) is is_mean
    assert (len(tables[f"{found.model}-reliability"].rows) > 0) is is_mean
    assert not math.isnan(found.auc.value)
    assert (row.val_auc, row.val_accuracy) == (0.9, 0.8)


def test_only_what_is_not_known_yet_is_assessed(scored) -> None:
    rows, session = validation(scored), scored.session
    known = perform(assess(workspace=scored, models=["1"]))

    beside = assess(workspace=scored, models=["2", "1"], known=known)
    assert [request.model for request in next(beside).request] == ["002-test"]
    beside.close()
    with pytest.raises(StopIteration) as same:
        next(assess(workspace=scored, models=["1"], known=known))
    assert same.value.value[0].roc is known[0].roc

    session.label(rows[:1], 1 - int(session.effective[rows[0]]))
    again = assess(workspace=scored, models=["1"], known=known)
    assert [request.model for request in next(again).request] == ["001-test"]
    again.close()


def test_where_too_much_was_learned_the_refusal_names_the_model(scored) -> None:
    rows = validation(scored)
    learn(scored.project, rows[:1], model="001-test")
    learn(scored.project, rows[scored.session.effective[rows] == 1])

    with pytest.raises(InputError, match=r"^Model 002-test cannot be measured: .* trained on"):
        perform(assess(workspace=scored, models=["2"]))
    with pytest.raises(InputError, match=r"beside each other: .* that 002-test was .*Leave 002-t"):
        perform(assess(workspace=scored, models=["1", "2"]))


def test_two_models_are_compared_on_the_same_tiles(scored) -> None:
    found = perform(compare_models(workspace=scored, first="1", second="2")).comparison

    assert (found.first, found.second) == ("001-test", "002-test")
    assert found.difference.value == pytest.approx(found.first_auc - found.second_auc)
    assert found.resampled == "group"
    assert found.units < 5
    assert math.isnan(found.p)  # so few groups tell nothing


def test_a_model_is_not_compared_with_itself(scored) -> None:
    with pytest.raises(InputError, match="compared with itself"):
        perform(compare_models(workspace=scored, first="1", second="001-test"))


def test_a_model_without_scores_is_named(scored) -> None:
    scored.project.scores_path("002-test").unlink()

    with pytest.raises(
        InputError,
        match=r"Model 2 has not scored.*on the page Models, or.*score .* --model 002-test",
    ):
        perform(assess(workspace=scored, models=["2"]))


def test_every_number_leaves_as_csv(scored, tmp_path) -> None:
    (found,) = perform(assess(workspace=scored, models=["1"]))

    point = found.points.at_threshold(0.7)
    tables = tables_of(found, scored.session.tiles.group_names, point)
    files = write_tables(tmp_path / "out", tables)

    assert {path.stem.removeprefix("001-test-") for path in files} == {
        "figures", "roc", "precision-recall", "histogram", "reliability", "thresholds", "by-group",
        "operating-point",
    }  # fmt: skip
    with (tmp_path / "out" / "001-test-operating-point.csv").open() as file:
        chosen = {row["figure"]: float(row["value"]) for row in csv.DictReader(file)}
    assert (chosen["threshold"], chosen["tp"]) == (0.7, point.tp)
    assert chosen["negative_f1"] == point.negative.f1
    with (tmp_path / "out" / "001-test-figures.csv").open() as file:
        values = {row["figure"]: row["value"] for row in csv.DictReader(file)}
    assert float(values["auc"]) == found.auc.value
    with (tmp_path / "out" / "001-test-by-group.csv").open() as file:
        groups = list(csv.DictReader(file))
    assert sum(int(row["tiles"]) for row in groups) == len(found.rows)
    assert {row["threshold"] for row in groups} == {"0.7"}
    right = sum(int(row["tiles"]) * float(row["accuracy"]) for row in groups)
    assert round(right) == point.tp + point.tn


def test_the_table_of_models_tells_training_and_validation_apart(scored) -> None:
    project = scored.project
    history = "epoch,loss,accuracy,auc,val_loss,val_accuracy,val_auc\n"
    history += "1,0.5,0.8,0.85,0.6,0.7,0.8\n2,0.25,0.9,0.95,0.5,0.75,0.85\n"
    (project.model_folder("001-test") / "history.csv").write_text(history)
    project.note_metrics("001-test", {"best_epoch": 2, "val_auc": 0.85, "val_loss": 0.5})

    first, second = read_model_table(project)

    assert (first.train_auc, first.val_auc, first.is_champion) == (0.95, 0.85, False)
    assert first.auc_gap == pytest.approx(0.1)
    assert first.loss_gap == 0.25
    assert second.is_champion
    assert math.isnan(second.train_loss)
    (run,) = read_curves(project, ["001-test", "002-test"])
    assert run.curves["val_auc"].tolist() == [0.8, 0.85]
    tables = model_tables([first, second], [run])
    listed = list(csv.DictReader(tables["models"].as_csv().splitlines()))
    assert [(row["id"], row["loss_gap"]) for row in listed] == [
        ("001-test", "0.25"),
        ("002-test", ""),
    ]
    assert [row["val_tta"] for row in listed] == ["False", "False"]
    assert tables["learning"].as_csv().splitlines() == [
        "model,epoch,loss,accuracy,auc,val_loss,val_accuracy,val_auc",
        "001-test,1,0.5,0.8,0.85,0.6,0.7,0.8",
        "001-test,2,0.25,0.9,0.95,0.5,0.75,0.85",
    ]


def test_the_table_of_models_tells_what_kaggle_said(scored) -> None:
    project = scored.project
    made = project.models()[0].created
    export = ExportRecord(
        path="a.csv", model="001-test", created=made, rows=9, hard=False, sha256="0"
    )
    for _ in range(2):
        project.add_export(replace(export))
    project.note_kaggle_scores(1, public=0.95, private=0.94)

    first, second = read_model_table(project)

    assert first.export == 2
    assert math.isnan(first.public_score)  # what Kaggle said of another export is not of this one
    project.note_kaggle_scores(2, public=0.96, private=None)
    first = read_model_table(project)[0]
    assert first.public_score == 0.96
    assert math.isnan(first.private_score)
    assert second.export is None
    assert math.isnan(second.public_score)
