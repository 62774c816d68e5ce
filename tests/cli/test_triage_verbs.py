"""list and views: the filters and orders of the window, without it."""

import csv
import shutil

import numpy as np
import pytest

from histoviewer.cli import main
from histoviewer.domain.tiles import Split
from histoviewer.domain.triage import Query
from histoviewer.domain.view_rules import to_rule
from histoviewer.project.project import Project
from histoviewer.services.opening import open_workspace
from histoviewer.tiles.measures import MEASURES_NAME
from tests.cli.documents import documented_keys


@pytest.fixture(scope="module")
def made(dataset, tmp_path_factory):
    """A packed project, made once. Never write to it."""
    path = tmp_path_factory.mktemp("list") / "p.histo"
    assert main(["import", str(dataset), str(path)]) == 0
    return path


@pytest.fixture
def project(made, tmp_path):
    """A packed project without a model."""
    return shutil.copytree(made, tmp_path / "p.histo")


@pytest.fixture
def reviewed(project):
    """A project in which AB relabelled two tiles, CD flagged a third."""
    with open_workspace(project, reader="AB") as opened:
        training = np.flatnonzero(opened.session.tiles.given == 0)
        opened.session.label(training[:2], 1)
        opened.session.reader = "CD"
        opened.session.flag(training[2:3])
    return project


def ids(outcome):
    assert outcome.code == 0, outcome.err
    return outcome.out.split()


def test_without_options_every_tile_is_listed(run, project):
    assert len(ids(run("list", project))) == 96


def test_filters_combine(run, reviewed):
    relabelled = ids(run("list", reviewed, "--state", "relabelled"))

    assert len(relabelled) == 2
    assert ids(run("list", reviewed, "--by", "AB", "--label", 1)) == relabelled
    assert ids(run("list", reviewed, "--by", "AB", "--label", 0)) == []
    assert ids(run("list", reviewed, "--search", relabelled[0][3:30])) == relabelled[:1]


def test_json_says_what_was_asked_and_what_matches(run, reviewed):
    found = run("list", reviewed, "--state", "flagged", "--limit", 0, "--json").json

    assert found["query"]["state"] == "flagged"
    assert (found["matching"], found["tiles"]) == (1, [])


def test_json_describes_each_tile(run, reviewed):
    (tile,) = run("list", reviewed, "--by", "CD", "--json").json["tiles"]

    assert (tile["flagged"], tile["decided"], tile["given"]) == (True, False, 0)
    assert tile["score"] is None
    assert 0 < tile["brightness"] < 1


def test_the_table_has_a_row_a_tile_in_order(run, reviewed, tmp_path):
    out = tmp_path / "list.csv"
    listed = ids(run("list", reviewed, "--split", "test", "--sort", "brightness"))

    assert run("list", reviewed, "--split", "test", "--sort", "brightness", "--out", out).code == 0

    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    brightness = [float(row["brightness"]) for row in rows]
    assert [row["id"] for row in rows] == listed
    assert brightness == sorted(brightness)


def test_the_json_is_as_documented(run, project, tmp_path):
    listed = run("list", project, "--limit", 1, "--json").json
    written = run("list", project, "--limit", 1, "--out", tmp_path / "f.csv", "--json").json

    assert set(listed) | set(written) | set(listed["tiles"][0]) == documented_keys("list")
    assert set(run("views", project, "--json").json) == documented_keys("views")


def test_a_seed_gives_the_same_order_again(run, project):
    once = ids(run("list", project, "--sort", "random", "--seed", 7))

    assert ids(run("list", project, "--sort", "random", "--seed", 7)) == once
    assert ids(run("list", project, "--sort", "random", "--seed", 8)) != once


def test_a_view_keeps_the_rule_and_not_the_tiles(run, reviewed):
    run("list", reviewed, "--state", "relabelled", "--save", "doubtful")
    before = ids(run("list", reviewed, "--view", "doubtful"))
    assert run("undo", reviewed, "--step", 1).code == 0

    assert (len(before), ids(run("list", reviewed, "--view", "doubtful"))) == (2, [])


def test_options_narrow_a_view(run, reviewed):
    run("list", reviewed, "--by", "AB", "--save", "mine")

    assert ids(run("list", reviewed, "--view", "mine", "--state", "flagged")) == []


def test_views_are_listed_renamed_and_deleted(run, project):
    run("list", project, "--split", "test", "--save", "one")
    run("list", project, "--split", "train", "--save", "two")

    renamed = run("views", project, "--rename", "one", "three", "--json").json["views"]
    assert {view["name"]: view["rule"]["split"] for view in renamed} == {
        "three": "test",
        "two": "train",
    }
    assert ids(run("views", project, "--delete", "two")) == ["three"]


def test_tiles_that_were_packed_without_measures_are_measured_first(run, project):
    (project / MEASURES_NAME).unlink()
    listed = ids(run("list", project, "--sort", "brightness"))

    assert (project / MEASURES_NAME).exists()
    assert listed == ids(run("list", project, "--sort", "brightness"))


def test_a_view_of_a_newer_version_is_said(run, project):
    with Project.open(project) as opened:
        opened.save_view("odd", {**to_rule(Query(split=Split.TEST)), "tissue": 0.5})

    outcome = run("list", project, "--view", "odd")

    assert outcome.code == 2
    assert "The view 'odd' cannot be used" in outcome.err


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--group", "none such"], "There is no group called"),
        (["--by", "nobody"], "There is no reader called 'nobody'"),
        (["--label", "maybe"], "There is no label 'maybe'"),
        (["--score", "0.9", "0.1"], "The score range ends before it begins"),
        (["--view", "none such"], "There is no saved view called"),
        (["--out", "/no/such/folder/f.csv"], "Writing the list failed"),
    ],
)
def test_wrong_input_is_one_sentence(run, reviewed, options, sentence):
    outcome = run("list", reviewed, *options)

    assert (outcome.code, sentence in outcome.err) == (2, True)
