"""How good models are, from the command line."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.tiles import Split
from histoviewer.project.project import Project
from tests.cli.documents import documented_keys
from tests.ui.conftest import add_model


@pytest.fixture
def scored(project):
    """The project with two models that scored every tile at random."""
    with Project.open(project) as opened:
        for number in (1, 2):
            add_model(opened, number)
        opened.set_champion("001-test", reason="test")
    return project


def test_evaluate_prints_the_documented_json_and_writes_tables(run, scored, tmp_path) -> None:
    found = run("evaluate", scored, "--sensitivity", 0.9, "--csv", tmp_path / "out", "--json").json

    assert set(found) == documented_keys("evaluate")
    assert found["sensitivity"] >= 0.9
    assert found["tp"] + found["fp"] + found["tn"] + found["fn"] == found["n"]
    assert len(list((tmp_path / "out").iterdir())) == len(found["files"]) == 8
    assert [row["name"] for row in found["classes"]] == ["0", "1"]
    assert found["classes"][1]["recall"] == found["sensitivity"]
    assert sum(row["tiles"] for row in found["groups"]) == found["n"]


def test_several_models_are_evaluated_on_the_same_tiles(run, scored) -> None:
    alone = run("evaluate", scored, "--model", 2, "--json").json

    both = run("evaluate", scored, "--model", 2, "--model", "001-test", "--json").json
    text = run("evaluate", scored, "--model", 2, "--model", 1).out

    assert [found["model"] for found in both["models"]] == ["002-test", "001-test"]
    assert both == alone | {"models": both["models"]}
    assert both["models"][0] == alone["models"][0]
    assert text.index("002-test on") < text.index("001-test on")
    assert text.count("precision ") == 6  # the average one, and that of each class
    assert text.count("By group, with the accuracy at 0.5000:") == 2


def test_models_and_their_learning_curves_leave_as_csv(run, scored, tmp_path) -> None:
    with Project.open(scored) as project:
        history = project.model_folder("002-test") / "history.csv"
    history.write_text("epoch,loss,val_auc\n1,0.5,0.8\n2,0.4,0.9\n", encoding="utf-8")

    files = run("models", scored, "--csv", tmp_path / "out", "--json").json["files"]

    assert [Path(path).name for path in files] == ["models.csv", "learning.csv"]
    lines = Path(files[1]).read_text(encoding="utf-8").splitlines()
    assert lines == ["model,epoch,loss,val_auc", "002-test,1,0.5,0.8", "002-test,2,0.4,0.9"]
    assert len(Path(files[0]).read_text(encoding="utf-8").splitlines()) == 3


def test_compare_and_models_print_the_documented_json(run, scored) -> None:
    compared = run("compare", scored, "1", "2", "--json").json
    listed = run("models", scored, "--json").json

    assert set(compared) == documented_keys("compare")
    assert set(listed) == documented_keys("models")
    assert [row["is_champion"] for row in listed["models"]] == [True, False]
    assert json.dumps(listed, allow_nan=False)


def test_models_say_what_the_gate_found_and_whether_labels_have_changed_since(
    run, scored, tmp_path
) -> None:
    run("challenge", scored, "2")
    before = run("models", scored, "--json").json["models"]
    with Project.open(scored) as project:
        tiles = project.tiles()
    tile = np.flatnonzero(tiles.splits == Split.VALIDATION)[0]

    verdicts = tmp_path / "v.csv"
    verdicts.write_text(f"id,action,label\n{tiles.ids[tile]},relabel,{1 - tiles.given[tile]}\n")
    assert run("review", scored, "--verdicts", verdicts, "--reader", "AB").code == 0

    after = run("models", scored, "--json").json["models"]
    assert before[0]["gate"] is None
    assert before[1]["gate"]["against"] == "001-test"
    assert before[1]["gate"]["relabelled"] == 0
    assert after[1]["gate"] == before[1]["gate"] | {"relabelled": 1}
    assert "have come or have gone: 1" in run("models", scored).out


def test_models_say_whose_scores_are_others_since_the_comparison(run, scored) -> None:
    run("challenge", scored, "2")
    before = run("models", scored, "--json").json["models"][1]["gate"]
    with Project.open(scored) as project:
        path = project.scores_path("001-test")
        np.save(path, np.load(path)[::-1])

    after = run("models", scored, "--json").json["models"][1]["gate"]

    assert before["rescored"] == []
    assert (before["challenger_tta"], before["champion_tta"]) == (False, False)
    assert after == before | {"rescored": ["001-test"]}
    assert "scores have changed since: those of 001-test" in run("models", scored).out


def test_figures_that_rest_on_means_are_marked_in_the_list_of_models(run, scored, tmp_path) -> None:
    with Project.open(scored) as project:
        project.note_metrics("002-test", {"val_tta": 1.0})

    listed = run("models", scored, "--csv", tmp_path / "out", "--json").json["models"]
    lines = run("models", scored).out.splitlines()
    status = run("status", scored)

    assert [row["val_tta"] for row in listed] == [False, True]
    assert ["(mean of 8 views)" in line for line in lines] == [False, True]
    with (tmp_path / "out" / "models.csv").open(encoding="utf-8") as file:
        assert [row["val_tta"] for row in csv.DictReader(file)] == ["False", "True"]
    assert "002-test  validation AUC 0.9200 (mean of 8 views)" in status.out
    assert status.out.count("8 views") == 1


def test_a_comparison_of_means_with_plain_scores_says_so(run, scored) -> None:
    with Project.open(scored) as project:
        note = project.scores_path("002-test").with_suffix(".json")
    note.write_text(note.read_text().replace("false", "true"))

    said = run("challenge", scored, "2").out
    figures = run("challenge", scored, "2", "--json").json

    assert "(mean of 8 views), champion before 0." in said
    assert said.count("Not all of them were scored on 8 views") == 1
    assert (figures["challenger_tta"], figures["champion_tta"]) == (True, False)
    assert "Not all of them were scored on 8 views" in run("models", scored).out


def test_people_get_sentences(run, scored) -> None:
    assert "groups are too few for an interval" in run("evaluate", scored).out
    compared = run("compare", scored, 1, 2).out
    assert "too few to tell chance from a difference, on " in compared
    assert run("models", scored).out.startswith("* 001-test")


def test_what_a_model_learned_is_left_out_and_told(run, scored) -> None:
    with Project.open(scored) as project:
        path = project.learned_path("002-test")
        learned = np.load(path)
        validation = np.flatnonzero(project.tiles().splits == Split.VALIDATION)
        learned[validation[:3]] = 1
        np.save(path, learned)

    alone = run("evaluate", scored, "--model", 1, "--json").json
    assert (alone["left_out"], alone["learned_by"]) == (0, [])
    both = run("evaluate", scored, "--model", 1, "--model", 2, "--json").json
    for found in (run("evaluate", scored, "--model", 2, "--json").json, *both["models"]):
        assert (found["n"], found["left_out"]) == (len(validation) - 3, 3)
        assert found["learned_by"] == ["002-test"]
    assert f"{len(validation) - 3} validation tiles (3 left out: 002-test learned from them)" in (
        run("compare", scored, 1, 2).out
    )


def test_means_over_eight_views_are_named(run, scored) -> None:
    with Project.open(scored) as project:
        note = project.scores_path("002-test").with_suffix(".json")
    note.write_text(note.read_text().replace("false", "true"))

    assert run("evaluate", scored, "--model", 2).out.startswith("002-test (mean of 8 views) on")
    compared = run("compare", scored, 1, 2).out
    assert "002-test (mean of 8 views) 0." in compared
    assert "Not all of them were scored on 8 views" in compared
    both = run("evaluate", scored, "--model", 1, "--model", 2).out
    assert "Not all of them were scored on 8 views" in both


def test_mean_ranks_are_said_to_be_no_probabilities(run, scored) -> None:
    run("ensemble", scored, 1, 2, "--how", "ranks")

    asked = ("evaluate", scored, "--model", 1, "--model", 3)
    plain, ranks = run(*asked, "--json").json["models"]
    first, second = run(*asked).out.split("\n\n")
    listed = run("models", scored, "--json").json["models"]
    lines = run("models", scored).out.splitlines()[:3]

    presuming = ("log_loss", "brier", "ece", "temperature", "calibrated_ece")
    assert all(ranks[key] is None and plain[key] is not None for key in presuming)
    assert [key for key in ranks if ranks[key] is None and plain[key] is not None] == [*presuming]
    assert "cannot be told: the scores are mean ranks, no probabilities" in second
    assert "no probabilities" not in first
    for name in ("log loss", "Brier score", "calibration error"):
        assert name in first
        assert name not in second
    assert listed[2]["val_loss"] is None
    assert ["(mean ranks, no probabilities)" in line for line in lines] == [False, False, True]


def test_the_threshold_that_is_printed_finds_what_was_asked_for(run, scored) -> None:
    found = run("evaluate", scored, "--sensitivity", 0.9)
    printed = found.out.partition("At the threshold of ")[2].partition(":")[0]

    again = run("evaluate", scored, "--threshold", printed)

    assert again.out == found.out


def test_threshold_and_sensitivity_exclude_each_other(run, scored) -> None:
    outcome = run("evaluate", scored, "--threshold", 0.5, "--sensitivity", 0.9)

    assert outcome.code == 2
    assert "exclude each other" in outcome.err
