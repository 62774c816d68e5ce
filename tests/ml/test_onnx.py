"""Models as ONNX: the same scores without Keras."""

import errno
import importlib.util
from pathlib import Path

import keras
import numpy as np
import onnx
import onnxruntime
import pytest

from histoviewer.domain.golden import golden_tiles
from histoviewer.domain.recipe import load_recipe, read_recipe
from histoviewer.errors import InputError, JobError, StorageError
from histoviewer.ml import onnx_export, work
from histoviewer.ml.building import LOGIT, build
from histoviewer.ml.orientations import kept_views
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


def test_a_network_that_resizes_its_tiles_is_exported_as_it_scores(tiny, tmp_path) -> None:
    """Such a layer made Keras export what normalises by the batch at hand, as in training."""
    text = tiny.source + "\n[input]\nsize = 40\n"
    model = build(read_recipe(text, "resized"), tile_size=32, policy="float32")
    model.save(tmp_path / "model.keras")

    result, _ = finish(work.export_onnx(ask(tmp_path, tmp_path / "out.onnx"), lambda: False))

    assert result.largest_difference < 1e-5


@pytest.mark.parametrize("name", ["histo-fast", "histo-best"])
def test_a_network_of_a_shipped_recipe_is_exported_as_it_is_kept(name, tmp_path) -> None:
    recipe = load_recipe(name)
    keras.utils.set_random_seed(1)
    model = build(recipe, tile_size=32, policy="float32", views=kept_views(recipe))
    kernel, bias = model.get_layer(LOGIT).get_weights()
    model.get_layer(LOGIT).set_weights([10 * kernel, bias])  # scores that differ, untrained
    model.save(tmp_path / "model.keras")

    result, _ = finish(work.export_onnx(ask(tmp_path, tmp_path / "out.onnx"), lambda: False))

    assert result.largest_difference < 1e-5
    assert np.ptp(model.predict_on_batch(golden_tiles(32))) > 100 * onnx_export.TOLERANCE


@pytest.mark.parametrize(
    ("value", "why"),
    [(np.nan, "scores that are not numbers"), (1.0, r"other scores than the model, by up to 0\.")],
)
def test_a_conversion_that_computes_something_else_is_not_kept(
    trained, tmp_path, monkeypatch, value, why
) -> None:
    convert = onnx_export._convert

    def wrong(*given) -> bytes:
        converted = onnx.load_model_from_string(convert(*given))
        (bias,) = (
            array
            for array in converted.graph.initializer
            if LOGIT in array.name and list(array.dims) == [1]
        )
        moved = onnx.numpy_helper.to_array(bias) + np.float32(value)
        bias.CopyFrom(onnx.numpy_helper.from_array(moved, bias.name))
        return converted.SerializeToString()

    monkeypatch.setattr(onnx_export, "_convert", wrong)

    with pytest.raises(JobError, match=why):
        finish(work.export_onnx(ask(trained, tmp_path / "no.onnx"), lambda: False))
    assert not (tmp_path / "no.onnx").exists()


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


def test_a_temporary_folder_that_is_full_is_said(trained, tmp_path, monkeypatch) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(onnx_export, "TemporaryDirectory", full)

    with pytest.raises(StorageError, match="There is no space left to write the ONNX file"):
        finish(work.export_onnx(ask(trained, tmp_path / "no.onnx"), lambda: False))


def test_a_place_that_cannot_be_written_is_said(trained, tmp_path) -> None:
    with pytest.raises(StorageError, match="ONNX file"):
        finish(work.export_onnx(ask(trained, tmp_path / "gone" / "no.onnx"), lambda: False))
