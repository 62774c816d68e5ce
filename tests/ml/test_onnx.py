"""Models as ONNX: the same scores without Keras."""

import importlib.util
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from histoviewer.domain.golden import golden_tiles
from histoviewer.domain.recipe import read_recipe
from histoviewer.errors import InputError, StorageError
from histoviewer.ml import work
from histoviewer.ml.building import build
from histoviewer.ml.predicting import load_model
from histoviewer.ml.requests import OnnxRequest
from tests.ml.helpers import finish, make_tiles


def ask(trained: Path, out: Path, size: int = 32) -> OnnxRequest:
    return OnnxRequest(
        model=trained / "model.keras", out=out, tiles=golden_tiles(size), facts={"positive": "1"}
    )


@pytest.fixture(scope="module")
def exported(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("onnx") / "model.onnx"
    finish(work.export_onnx(ask(trained, out), lambda: False))
    return out


def test_onnx_gives_the_scores_of_the_model_for_any_number_of_tiles(trained, exported) -> None:
    tiles = make_tiles(37)[0].pixels
    session = onnxruntime.InferenceSession(exported)

    (scores,) = session.run(["probability"], {"tile": tiles})

    expected = load_model(trained / "model.keras").predict_on_batch(tiles)
    np.testing.assert_allclose(scores, expected, atol=1e-4)
    assert np.ptp(scores) > 0.1


def test_gelu_which_onnx_has_not_is_spelled_out(tiny, tmp_path) -> None:
    text = tiny.source.replace('norm = "before"', 'norm = "before"\nactivation = "gelu"')
    model = build(read_recipe(text, "gelu"), tile_size=32, policy="float32")
    model.save(tmp_path / "model.keras")

    result, _ = finish(work.export_onnx(ask(tmp_path, tmp_path / "gelu.onnx"), lambda: False))

    assert result.largest_difference < 1e-4


def test_the_file_says_what_it_is(exported) -> None:
    facts = {entry.key: entry.value for entry in onnx.load(exported).metadata_props}

    assert facts == {"positive": "1"}


def test_tiles_of_another_size_are_refused(trained, tmp_path) -> None:
    with pytest.raises(InputError, match="takes tiles of 32 x 32 x 3, these are 48 x 48 x 3"):
        finish(work.export_onnx(ask(trained, tmp_path / "no.onnx", 48), lambda: False))
    assert not (tmp_path / "no.onnx").exists()


def test_a_missing_library_is_named(trained, tmp_path, monkeypatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "tf2onnx" else find(name)
    )

    with pytest.raises(InputError, match=r"tf2onnx.*histoviewer\[onnx\]"):
        finish(work.export_onnx(ask(trained, tmp_path / "no.onnx"), lambda: False))


def test_a_place_that_cannot_be_written_is_said(trained, tmp_path) -> None:
    with pytest.raises(StorageError, match="ONNX file"):
        finish(work.export_onnx(ask(trained, tmp_path / "gone" / "no.onnx"), lambda: False))
