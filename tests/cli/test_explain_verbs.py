"""Reasons of a model from the command line."""

import zipfile

import numpy as np
import pytest

from histoviewer.cli import main
from histoviewer.project.project import Project
from histoviewer.resources import resource
from histoviewer.tiles.decode import read_rgb
from tests.cli.documents import documented_keys
from tests.project import samples


@pytest.fixture(scope="module")
def explained(tmp_path_factory, dataset):
    """A packed project with the network that comes with the program. Never write to it."""
    path = tmp_path_factory.mktemp("explained") / "p.histo"
    assert main(["import", str(dataset), str(path)]) == 0
    with Project.open(path) as project:
        record = samples.model(1)
        file = project.model_folder(record.id) / "model.keras"
        file.parent.mkdir(parents=True)
        with zipfile.ZipFile(resource("models", "starter.histomodel")) as bundle:
            file.write_bytes(bundle.read("model.keras"))
        np.save(project.learned_path(record.id), np.full(project.tile_count, -1, np.int8))
        project.add_model(record)
        project.set_champion(record.id, reason="test")
    return path


@pytest.fixture(scope="session")
def ids(dataset):
    return [path.stem for path in sorted((dataset / "train").iterdir())[:3]]


def test_tiles_are_explained_checked_and_drawn(run, explained, ids, tmp_path) -> None:
    out = tmp_path / "maps.png"

    found = run("explain", explained, *ids, "--check", "--out", out, "--json").json

    assert set(found) == documented_keys("explain")
    assert [tile["id"] for tile in found["tiles"]] == ids
    assert found["layer"] is not None
    assert found["sanity"]["passed"] is True
    assert found["sanity"]["steps"][-1]["similarity"] < 0.5
    assert read_rgb(out).shape == (3 * 288 + 4 * 12, 3 * 288 + 4 * 12, 3)


@pytest.mark.slow
def test_an_empty_map_has_no_brightest_point(run, explained, ids) -> None:
    whole = ["--method", "occlusion", "--patch", 96, "--stride", 96]

    told = run("explain", explained, ids[0], *whole).out

    assert "the map is empty" in told


@pytest.mark.slow
def test_a_model_is_looked_into(run, explained, ids, tmp_path) -> None:
    out = tmp_path / "f.png"

    layers = run("look", "layers", explained, "--json").json
    features = run("look", "features", explained, ids[0], "--top", 5, "--out", out, "--json").json
    filters = run("look", "filters", explained, "--json").json

    assert set(layers) == documented_keys("look layers")
    assert set(features) == documented_keys("look features")
    assert set(filters) == documented_keys("look filters")
    assert features["layer"] == layers["default"]
    assert len(features["channels"]) == 5
    assert filters["filters"] == layers["layers"][0]["channels"]
    assert out.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["explain", "{explained}", "nobody"], "has no tile nobody"),
        (["explain", "{explained}", "{id}", "--model", "9"], "no model '9'"),
        (["explain", "{explained}", "{id}", "--backend", "abacus"], "no backend 'abacus'"),
        (["explain", "{project}", "{id}"], "no model yet"),
        (["explain", "{explained}", "{id}", "--percentiles", "95", "5"], "percentiles 95 and 5"),
        (
            ["explain", "{explained}", "{id}", "--method", "saliency", "--side", "negative"],
            "A saliency map has no side",
        ),
    ],
)
def test_wrong_input_is_one_sentence(run, explained, project, ids, words, sentence) -> None:
    places = {"explained": explained, "project": project, "id": ids[0]}

    outcome = run(*(word.format(**places) for word in words))

    assert outcome.code == 2
    assert sentence in outcome.err
    assert "Traceback" not in outcome.err
