"""embed and similar: what they print, their JSON, and what they refuse."""

import csv
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from histoviewer.cli import main
from histoviewer.domain.models import ModelRecord
from histoviewer.project.project import Project
from histoviewer.resources import resource
from tests.cli.documents import documented_keys


@pytest.fixture(scope="module")
def made(dataset, tmp_path_factory):
    """A project whose champion is the network that comes with the program, embedded by it."""
    path = tmp_path_factory.mktemp("embed") / "p.histo"
    assert main(["import", str(dataset), str(path)]) == 0
    add_network(path)
    assert main(["embed", str(path)]) == 0
    return path


def add_network(path: Path) -> None:
    with Project.open(path) as project:
        record = ModelRecord(
            id="001-histo-fast",
            number=1,
            recipe="histo-fast",
            created=datetime.now(UTC),
            seed=0,
            parent=None,
            learned_through=0,
            data_fingerprint=project.info.data_fingerprint,
        )
        file = project.model_folder(record.id) / "model.keras"
        file.parent.mkdir(parents=True)
        with zipfile.ZipFile(resource("models", "starter.histomodel")) as bundle:
            file.write_bytes(bundle.read("model.keras"))
        np.save(project.learned_path(record.id), np.full(project.tile_count, -1, np.int8))
        project.add_model(record)
        project.set_champion(record.id, reason="test")


@pytest.fixture
def embedded(made, tmp_path):
    """The project of the test's own."""
    return Path(shutil.copytree(made, tmp_path / "p.histo"))


def first_id(run, project) -> str:
    return run("list", project, "--sort", "dataset", "--limit", 1).out.strip()


def test_embedding_again_finds_everything_done(run, embedded) -> None:
    outcome = run("embed", embedded, "--json")
    assert set(outcome.json) == documented_keys("embed")
    assert outcome.json["kept"] == outcome.json["count"] == 96
    assert outcome.json["model"] == "001-histo-fast"


def test_similar_tiles_are_printed_nearest_first(run, embedded) -> None:
    tile = first_id(run, embedded)
    lines = run("similar", embedded, tile, "--count", 5).out.splitlines()
    distances = [float(line.split()[0]) for line in lines]
    assert len(lines) == 5
    assert distances == sorted(distances)
    assert tile not in {line.split()[1] for line in lines}


def test_similar_prints_the_documented_json(run, embedded) -> None:
    tile = first_id(run, embedded)
    told = run("similar", embedded, tile, "--count", 2, "--json").json
    assert set(told) == documented_keys("similar") - {"path"}
    assert set(told["tiles"][0]) >= {"id", "distance", "score", "label"}
    assert told["asked"] == [tile]


def test_similar_writes_a_table(run, embedded, tmp_path) -> None:
    out = tmp_path / "similar.csv"
    told = run("similar", embedded, first_id(run, embedded), "--out", out, "--json").json
    assert set(told) == documented_keys("similar") - {"tiles"}
    with out.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 95


def test_similar_needs_embeddings_and_says_how(run, embedded) -> None:
    (embedded / "models" / "001-histo-fast" / "embeddings.npy").unlink()
    outcome = run("similar", embedded, first_id(run, embedded))
    assert outcome.code == 2
    assert "not embedded by model 1 yet" in outcome.err
    assert f"histoviewer embed {embedded} --model 1" in outcome.err


def test_without_a_model_nothing_is_embedded(run, project) -> None:
    outcome = run("embed", project)
    assert outcome.code == 2
    assert "has no model yet" in outcome.err


def test_a_tile_that_is_not_there_is_said(run, embedded) -> None:
    outcome = run("similar", embedded, "nobody")
    assert outcome.code == 2
    assert "has no tile nobody" in outcome.err
