"""Verdicts as files, by the verbs."""

import csv
import json
from pathlib import Path

import pytest

from tests.cli.test_verbs import documented_keys


@pytest.fixture
def names(dataset):
    return sorted(path.stem for path in (dataset / "train").iterdir())


@pytest.fixture
def reviewed(run, project, names, tmp_path):
    """A project in which AB has relabelled two tiles."""
    file = tmp_path / "list.csv"
    file.write_text(f"id,action,label\n{names[0]},relabel,1\n{names[1]},relabel,0\n")
    assert run("review", project, "--verdicts", file, "--reader", "AB").code == 0
    return project


def test_a_history_is_exported_and_merged(run, reviewed, dataset, names, tmp_path):
    file, other = tmp_path / "v.csv", tmp_path / "other.histo"
    written = run("export-verdicts", reviewed, file, "--json")
    assert set(written.json) == documented_keys("export-verdicts")
    assert written.json["rows"] == 2
    assert run("import", dataset, other).code == 0
    merged = run("review", other, "--verdicts", file, "--json")
    assert set(merged.json) == documented_keys("review")
    assert (merged.json["kind"], merged.json["applied"]) == ("history", 2)
    again = run("review", other, "--verdicts", file, "--json")
    assert (again.json["applied"], again.json["known"]) == (0, 2)
    assert run("undo", other, "--json").json["step"] == "merge 2 verdicts"


def test_conflicts_are_listed(run, reviewed, names, tmp_path):
    file = tmp_path / "v.csv"
    file.write_text(
        f"sequence,time,reader,id,action,after\n1,2020-01-01T00:00:00Z,Ann,{names[0]},relabel,0\n"
    )
    outcome = run("review", reviewed, "--verdicts", file, "--json")
    (conflict,) = outcome.json["conflicts"]
    assert (conflict["id"], conflict["stands"]) == (names[0], "1")
    assert [each["reader"] for each in conflict["opinions"]] == ["Ann", "AB"]
    assert f"Conflict on {names[0]}: Ann says 0 (2020-01-01 00:00), AB says 1" in outcome.err


@pytest.mark.parametrize("form", ["json", "label-studio", "fiftyone"])
def test_the_other_forms_are_written(run, reviewed, tmp_path, form):
    written = run("export-verdicts", reviewed, tmp_path / "out", "--format", form, "--json")
    assert (written.code, written.json["rows"]) == (0, 2)
    assert Path(written.json["path"]).exists()


def test_all_tiles_can_be_exported(run, reviewed, tmp_path):
    out = tmp_path / "fo"
    written = run("export-verdicts", reviewed, out, "--format", "fiftyone", "--all-tiles", "--json")
    assert written.json["rows"] == 96
    assert len(json.loads((out / "samples.json").read_text())["samples"]) == 96


def test_a_history_is_plain_csv(run, reviewed, names, tmp_path):
    run("export-verdicts", reviewed, tmp_path / "v.csv")
    with (tmp_path / "v.csv").open(newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert [(line["id"], line["reader"], line["after"]) for line in lines] == [
        (names[0], "AB", "1"),
        (names[1], "AB", "0"),
    ]


def test_what_is_no_verdict_file_gives_one_sentence(run, project, tmp_path):
    file = tmp_path / "picture.csv"
    file.write_bytes(b"\x89PNG\0")
    outcome = run("review", project, "--verdicts", file)
    assert outcome.code == 2
    assert len(outcome.err.strip().splitlines()) == 1
    assert "not text in UTF-8" in outcome.err
