"""The verb about one tile."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from histoviewer.cli import main
from histoviewer.project.project import Project
from histoviewer.tiles.adjusting import Adjustments, Channel, adjust
from histoviewer.tiles.decode import read_rgb
from tests.cli.documents import documented_keys
from tests.project import samples


@pytest.fixture(scope="module")
def made(dataset, tmp_path_factory):
    """A packed project with two models, made once. Never write to it."""
    path = tmp_path_factory.mktemp("tile") / "p.histo"
    assert main(["import", str(dataset), str(path)]) == 0
    with Project.open(path) as project:
        for number in (1, 2):
            record = samples.model(number)
            project.add_model(record)
            project.model_folder(record.id).mkdir(parents=True)
            scores = np.full(project.tile_count, number / 10, np.float32)
            np.save(project.scores_path(record.id), scores)
            np.save(project.learned_path(record.id), np.full(len(scores), -1, np.int8))
        project.set_champion("001-histo-fast", reason="test")
    return path


@pytest.fixture
def file(dataset):
    return min((dataset / "train").iterdir())


def test_the_json_is_as_documented(run, made, file):
    found = run("tile", made, file.stem, "--json").json

    assert set(found) == documented_keys("tile")
    assert (found["id"], found["file"]) == (file.stem, f"train/{file.name}")
    assert found["scores"] == [
        {"model": "001-histo-fast", "score": pytest.approx(0.1), "champion": True},
        {"model": "002-histo-fast", "score": pytest.approx(0.2), "champion": False},
    ]
    assert found["duplicates"] == []


def test_it_reads_as_lines(run, made, file):
    lines = run("tile", made, file.stem).out.splitlines()

    assert lines[0].split() == ["id", file.stem]
    assert lines[-2].split() == ["score", "0.100", "001-histo-fast", "(champion)"]


def test_the_picture_is_that_of_the_file(run, made, file, tmp_path):
    out = tmp_path / "tile.png"

    assert run("tile", made, file.stem, "--out", out, "--json").json["picture"] == str(out)

    assert (read_rgb(out) == read_rgb(file)).all()


def test_the_picture_is_adjusted_as_in_the_window(run, made, file, tmp_path):
    out = tmp_path / "tile.png"
    look = ("--channel", "eosin", "--brightness", -10, "--contrast", 20)

    assert run("tile", made, file.stem, "--out", out, *look).code == 0

    wanted = Adjustments(channel=Channel.EOSIN, brightness=-10, contrast=20)
    assert (read_rgb(out) == adjust(read_rgb(file), wanted)).all()


def test_a_tile_that_is_not_there_is_said(run, made):
    refused = run("tile", made, "nobody")

    assert refused.code == 2
    assert "has no tile nobody" in refused.err


def test_a_tile_without_its_file_is_said(run, dataset, file, tmp_path):
    copy, path = shutil.copytree(dataset, tmp_path / "tiles"), tmp_path / "p.histo"
    assert run("import", copy, path).code == 0
    (copy / "train" / file.name).unlink()

    refused = run("tile", path, file.stem, "--out", tmp_path / "tile.png")

    assert refused.code == 2
    assert "cannot be read" in refused.err


def test_a_picture_that_cannot_be_written_is_said(run, made, file, tmp_path):
    refused = run("tile", made, file.stem, "--out", tmp_path / "none" / "tile.png")

    assert refused.code in (1, 2)
    assert "the picture" in refused.err


@pytest.mark.expected_log("the scores of model 1 cannot be read")
def test_verdicts_stay_reachable_where_the_champions_scores_are_damaged(run, made, file, tmp_path):
    path = Path(shutil.copytree(made, tmp_path / "p.histo"))
    scores = path / "models" / "001-histo-fast" / "scores.npy"
    scores.write_bytes(scores.read_bytes()[:-40])

    verdicts = tmp_path / "verdicts.csv"
    verdicts.write_text(f"id,action,label\n{file.stem},relabel,1\n")
    recorded = run("review", path, "--verdicts", verdicts, "--json")

    assert recorded.code == 0
    assert "scores of model 1 are damaged" in recorded.err
    assert f"histoviewer score {path}" in recorded.err
    assert run("status", path, "--json").json["scored"] == 0
