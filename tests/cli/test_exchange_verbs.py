"""Ensembles, bundles and ONNX from the command line."""

import pytest

from tests.cli.documents import documented_keys
from tests.ml.helpers import TINY


@pytest.fixture
def trained(run, project, tmp_path):
    """The project with a model of the smallest recipe."""
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(TINY)
    assert run("train", project, "--recipe", recipe, "--epochs", 1).code == 0
    assert run("score", project).code == 0
    return project


@pytest.mark.slow
def test_a_model_goes_out_as_bundle_and_onnx_and_comes_back(run, trained, tmp_path) -> None:
    bundle, network = tmp_path / "m.histomodel", tmp_path / "m.onnx"

    written = run("bundle", "export", trained, bundle, "--json").json
    exported = run("export-onnx", trained, network, "--json").json
    imported = run("bundle", "import", trained, bundle, "--json").json
    blended = run("ensemble", trained, "1", "2", "--how", "ranks", "--json").json

    assert set(written) == documented_keys("bundle export")
    assert written["size"] == bundle.stat().st_size
    assert set(exported) == documented_keys("export-onnx")
    assert exported["size"] == network.stat().st_size
    assert set(imported) == documented_keys("bundle import")
    assert imported["challenger_auc"] == pytest.approx(imported["champion_auc"])
    assert set(blended) == documented_keys("ensemble")
    assert blended["members"] == ["001-tiny", "002-tiny"]
    assert len(run("status", trained, "--json").json["models"]) == 3


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["bundle", "import", "{project}"], "Name a bundle, or say --starter"),
        (["bundle", "import", "{project}", "b", "--starter"], "Name a bundle, or say --starter"),
        (["bundle", "import", "{project}", "{tmp}/b.histomodel"], "cannot be read"),
        (["bundle", "export", "{project}", "{tmp}/b.histomodel"], "no model yet"),
        (["bundle", "export", "{project}", "{tmp}/b.zip"], "does not end in .histomodel"),
        (["bundle", "export", "{project}", "."], "Call it model.histomodel"),
        (["list", "{project}", "--out", "."], "Is a directory"),
        (["export-onnx", "{project}", "{tmp}/m.onnx"], "no model yet"),
        (["ensemble", "{project}", "1", "2"], "no model yet"),
    ],
)
def test_wrong_input_is_one_sentence(run, project, tmp_path, words, sentence) -> None:
    outcome = run(*[word.format(project=project, tmp=tmp_path) for word in words])

    assert outcome.code == 2
    assert sentence in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
