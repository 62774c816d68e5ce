"""The verbs, their JSON and their exit codes."""

import re
import shutil
from pathlib import Path

import pytest

from histoviewer.cli.verbs import VERBS
from histoviewer.project.project import Project
from tests.cli.documents import DOCS, documented_keys

LONG = "x" * 300  # more letters than a name can have


def test_every_verb_is_in_the_docs():
    text = DOCS.read_text(encoding="utf-8")
    verbs = set(re.findall(r"^histoviewer ([a-z-]+(?: [a-z-]+)*)", text, re.MULTILINE))
    assert verbs == set(VERBS) - {"open"}


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_option_of_a_verb_is_in_its_line_of_the_docs(verb, run):
    if verb == "open":
        pytest.skip("its only argument is PATH")
    line = re.search(rf"^histoviewer {verb} .*$", DOCS.read_text("utf-8"), re.MULTILINE)
    columns = re.findall(r"^  (-\S.*?)(?=  |$)", run(*verb.split(), "--help").out, re.MULTILINE)
    options = set(re.findall(r"--[a-z-]+", " ".join(columns)))
    assert line is not None
    shown = set(re.findall(r"--[a-z-]+", line[0]))
    assert options - {"--help", "--window"} == shown  # the window is what there is without a word


@pytest.mark.parametrize(
    "words",
    [
        ("workload", "--sensitivity", "nan"),
        ("workload", "--sensitivity", "0.9", "--sensitivity", "inf"),
        ("next", "--random-share", "nan"),
        ("plan", "--find", "nan"),
        ("train", "--margin", "nan"),
    ],
)
def test_what_is_no_finite_number_is_refused(words, run):
    verb, *options = words
    outcome = run(verb, "p.histo", *options)
    assert outcome.code == 2
    assert f"Invalid value for '{words[-2]}'" in outcome.err


def test_import_and_status_print_the_documented_json(run, dataset, tmp_path):
    path = tmp_path / "p.histo"
    imported = run("import", dataset, path, "--json")
    assert imported.code == 0
    assert set(imported.json) == documented_keys("import") | {"project"}
    status = run("status", path, "--json")
    assert set(status.json) == documented_keys("status")
    assert (status.json["tiles"], status.json["packed"], status.json["champion"]) == (
        96,
        True,
        None,
    )


def test_inspect_prints_the_documented_json(run, dataset):
    outcome = run("inspect", dataset, "--json")
    assert set(outcome.json) == documented_keys("inspect")
    assert outcome.json["layout"] == "kaggle"


def test_review_undo_and_redo_move_the_queue(run, project, tmp_path, dataset):
    status = run("status", project, "--json").json
    assert status["queue"] == 0
    names = [path.stem for path in sorted((dataset / "train").iterdir())]
    file = tmp_path / "v.csv"
    file.write_text("id,action,label\n" + "".join(f"{name},relabel,1\n" for name in names))
    reviewed = run("review", project, "--verdicts", file, "--reader", "AB", "--json")
    assert reviewed.json["applied"] == len(names)
    assert reviewed.json["queue"] > 0
    assert run("undo", project, "--json").json["queue"] == 0
    assert run("redo", project, "--json").json["queue"] == reviewed.json["queue"]


def test_bad_verdict_lines_give_exit_code_2_and_keep_the_good_ones(run, project, dataset, tmp_path):
    name = min(path.stem for path in (dataset / "train").iterdir())
    file = tmp_path / "v.csv"
    file.write_text(f"id,action,label\nnobody,skip,\n{name},relabel,1\n")
    outcome = run("review", project, "--verdicts", file, "--json")
    assert outcome.code == 2
    assert "line 2: there is no tile 'nobody'" in outcome.err
    assert (outcome.json["applied"], run("status", project, "--json").json["decided"]) == (1, 1)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["train", "{project}", "--recipe", "nothing"], "no recipe 'nothing'"),
        (["train", "{project}", "--backend", "abacus"], "no backend 'abacus'"),
        (["score", "{project}"], "no model yet"),
        (["evaluate", "{project}"], "no model yet"),
        (["retrain", "{project}"], "no model yet"),
        (["export", "{project}", "{tmp}/s.csv"], "no model yet"),
        (["status", "{tmp}/nowhere.histo"], "not a HistoViewer project"),
        (["inspect", "{tmp}"], "found"),
        (["inspect", "{tmp}/nowhere"], "nowhere"),
        (["check-submission", "{tmp}/nowhere.csv"], "cannot be read"),
        (["import", "{tmp}/nowhere", "{tmp}/x.histo"], "nowhere"),
    ],
)
def test_wrong_input_gives_one_sentence_and_exit_code_2(run, project, tmp_path, words, sentence):
    words = [word.format(project=project, tmp=tmp_path) for word in words]
    outcome = run(*words)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert "Traceback" not in outcome.err


def test_damaged_store_keeps_nobody_out_and_update_packs_it_again(run, project, expected_log):
    expected_log("the packed tiles cannot be used")
    (project / "tiles.u8").write_bytes(b"")
    assert run("status", project, "--json").json["packed"] is False
    training = run("train", project)
    assert training.code == 2
    assert f"histoviewer update {project}" in training.err
    assert run("update", project).code == 0
    assert run("status", project, "--json").json["packed"] is True


def test_unknown_option_gives_exit_code_2(run, project):
    assert run("status", project, "--nothing").code == 2


def test_our_own_fault_gives_exit_code_1_and_the_log(run, project, monkeypatch, expected_log):
    expected_log("unexpected error")

    def fail(**_kwargs):
        raise RuntimeError("planted")

    monkeypatch.setattr("histoviewer.cli.data_verbs.status_service.status", fail)
    outcome = run("status", project)
    assert outcome.code == 1
    log = Path(outcome.err.strip().splitlines()[-1].split()[-1])
    assert "planted" in log.read_text(encoding="utf-8")
    assert "Traceback" not in outcome.err


def test_check_submission_judges_by_exit_code(run, tmp_path):
    file = tmp_path / "s.csv"
    file.write_text("id,label\na,0.5\n")
    assert run("check-submission", file, "--json").json["valid"] is True
    file.write_text("id,label\na,7\n")
    outcome = run("check-submission", file, "--json")
    assert (outcome.code, outcome.json["valid"]) == (2, False)
    assert set(outcome.json) == documented_keys("check-submission")


def test_version(run):
    assert run("--version").out.startswith("histoviewer ")


def test_status_can_be_read_while_the_project_is_open_elsewhere(run, project):
    with Project.open(project):
        assert run("status", project, "--json").json["tiles"] == 96
        assert "open in another window" in run("undo", project).err


def test_new_tiles_without_a_group_beside_known_groups_are_refused(run, dataset, tmp_path):
    copy, path = tmp_path / "tiles", tmp_path / "p.histo"
    shutil.copytree(dataset, copy)
    held = min((copy / "train").iterdir())
    held.rename(tmp_path / held.name)
    (copy / "groups.csv").rename(tmp_path / "groups.csv")
    assert run("import", copy, path, "--groups", tmp_path / "groups.csv").code == 0
    (tmp_path / held.name).rename(held)
    refused = run("update", path)
    assert refused.code == 2
    assert "Give them with --groups" in refused.err
    assert run("update", path, "--groups", tmp_path / "groups.csv", "--json").json["added"] == 1


@pytest.mark.parametrize(
    "words", [["history", LONG], ["import", f"/tmp/{LONG}", "{tmp}/p.histo"], ["review", LONG]]
)
def test_a_path_that_the_system_refuses_is_one_sentence(run, tmp_path, words) -> None:
    more = ["--verdicts", tmp_path / "v.csv"] if words[0] == "review" else []

    outcome = run(*[word.format(tmp=tmp_path) for word in words], *more)

    assert outcome.code == 2
    assert "cannot be reached: File name too long." in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
