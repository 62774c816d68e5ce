"""duplicates and outliers: what is like another tile, or like no other."""

import shutil

import numpy as np
import pytest

from histoviewer.cli import main
from histoviewer.project.project import Project
from histoviewer.tiles.store import DATA_NAME, PackedTiles
from tests.cli.documents import documented_keys


@pytest.fixture(scope="module")
def made(dataset, tmp_path_factory):
    """A packed project in whose store a validation tile was planted among the training tiles."""
    path = tmp_path_factory.mktemp("duplicates") / "p.histo"
    assert main(["import", str(dataset), str(path)]) == 0
    with Project.open(path) as project:
        splits = project.tiles().splits
    source, copy = np.flatnonzero(splits == 1)[0], np.flatnonzero(splits == 0)[0]
    packed = np.memmap(path / DATA_NAME, np.uint8, "r+", shape=PackedTiles.open(path).shape)
    packed[copy] = packed[source][::-1] // 2 + 60
    packed.flush()
    return path


@pytest.fixture
def project(made, tmp_path):
    """The project; it may be written to."""
    return shutil.copytree(made, tmp_path / "p.histo")


def test_duplicates_tells_pairs_and_leaks_and_changes_nothing(run, project) -> None:
    before = (project / "project.db").read_bytes()

    found = run("duplicates", project, "--json").json

    assert set(found) == documented_keys("duplicates")
    assert [sorted(pair["splits"]) for pair in found["pairs"]] == [["train", "validation"]]
    assert found["leaks"][0]["splits"] == ["train", "validation"]
    assert len(found["regrouping"]["to_validation"]) == 1
    assert (project / "project.db").read_bytes() == before


def test_duplicates_keeps_them_on_one_side_where_wanted(run, project) -> None:
    first = run("duplicates", project, "--group")
    assert "1 training tile went to validation" in first.out

    again = run("duplicates", project, "--json").json

    assert again["leaks"] == []
    assert again["regrouping"]["to_validation"] == []
    assert ["train", "validation"] in [move["splits"] for move in again["moves"]]


def test_what_was_kept_on_one_side_is_parted_again(run, project) -> None:
    with Project.open(project) as opened:
        before = opened.tiles()
    run("duplicates", project, "--group")

    parted = run("duplicates", project, "--ungroup", "--json").json

    assert parted["ungrouped"] > 0
    assert len(parted["leaks"]) == 1
    with Project.open(project) as opened:
        assert opened.tiles().splits.tolist() == before.splits.tolist()
        assert opened.tiles().groups.tolist() == before.groups.tolist()
    again = run("duplicates", project, "--ungroup")
    assert again.code == 2
    assert "nothing to part" in again.err


def test_grouping_and_parting_at_once_is_refused(run, project) -> None:
    outcome = run("duplicates", project, "--group", "--ungroup")

    assert outcome.code == 2
    assert "contradict" in outcome.err


def test_outliers_come_strangest_first(run, project) -> None:
    found = run("outliers", project, "--limit", 3, "--json").json

    assert set(found) == documented_keys("outliers")
    scores = [tile["score"] for tile in found["tiles"]]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 3


def test_a_model_that_is_not_there_is_one_sentence(run, project) -> None:
    outcome = run("duplicates", project, "--model", "9")

    assert outcome.code == 2
    assert "no model" in outcome.err
