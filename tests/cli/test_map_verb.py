"""The embedding map from the command line."""

import csv

import cv2
import pytest

from histoviewer.project.project import Project
from tests.cli.documents import documented_keys
from tests.ui.conftest import add_model, embed_on_circle
from tests.ui.map.lattice import write_map


@pytest.fixture
def mapped(project):
    """A project whose champion has a map."""
    with Project.open(project) as opened:
        add_model(opened, 1)
        opened.set_champion("001-test", reason="test")
        embed_on_circle(opened)
    write_map(project)
    return project


def test_map_prints_the_documented_json_and_writes_table_and_picture(run, mapped, tmp_path) -> None:
    table, picture = tmp_path / "map.csv", tmp_path / "map.png"

    found = run("map", mapped, "--csv", table, "--png", picture, "--json").json

    assert set(found) == documented_keys("map")
    assert (found["model"], found["layout"], found["tiles"]) == ("001-test", "umap", 96)
    assert sum(entry["tiles"] for entry in found["legend"]) == 96
    with table.open(newline="", encoding="utf-8") as stream:
        assert len(list(csv.DictReader(stream))) == 96
    assert cv2.imread(str(picture)).shape == (1200, 1600, 3)


def test_people_get_the_legend(run, mapped) -> None:
    outcome = run("map", mapped, "--colour-by", "split")

    assert outcome.out.startswith("96 tiles are laid out by umap as 001-test sees them")
    assert "validation" in outcome.out


def test_without_a_model_one_sentence_says_what_to_do(run, project) -> None:
    outcome = run("map", project)

    assert outcome.code == 2
    assert "no model" in outcome.err
