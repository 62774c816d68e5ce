"""Model files that must not be used: damaged, foreign, from the future."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from histoviewer.errors import InputError
from histoviewer.ml.predicting import load_model


def changed(source: Path, target: Path, member: str, change: Callable[[Any], Any]) -> Path:
    """Copy a model file with one of its JSON members changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == member:
                content = json.dumps(change(json.loads(content))).encode()
            new.writestr(name, content)
    return target


def with_layer(**layer: str) -> Callable[[Any], Any]:
    def change(config: Any) -> Any:
        config["config"]["layers"][1] |= layer
        return config

    return change


@pytest.mark.parametrize(
    "layer",
    [
        {"module": "keras.layers", "class_name": "Lambda"},
        {"module": "keras.layers", "class_name": "TFSMLayer"},
        {"module": "os", "class_name": "system"},
    ],
)
def test_code_in_a_model_file_is_refused(trained, tmp_path, layer) -> None:
    bad = changed(
        trained / "model.keras", tmp_path / "bad.keras", "config.json", with_layer(**layer)
    )

    with pytest.raises(InputError, match="holds code of its own"):
        load_model(bad)


def test_a_model_of_a_newer_keras_is_named_as_such(trained, tmp_path) -> None:
    newer = changed(
        trained / "model.keras",
        tmp_path / "newer.keras",
        "metadata.json",
        lambda facts: facts | {"keras_version": "99.1.0"},
    )
    odd = changed(
        newer, tmp_path / "odd.keras", "config.json", with_layer(class_name="NotYetInvented")
    )

    with pytest.raises(InputError, match=r"written by Keras 99\.1; this is 3\."):
        load_model(odd)


@pytest.mark.parametrize("size", [0, 10, 5_000])
def test_a_file_cut_short_is_called_damaged(trained, tmp_path, size) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes((trained / "model.keras").read_bytes()[:size])

    with pytest.raises(InputError, match="damaged or no Keras model"):
        load_model(path)


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(InputError, match=r"no model file .*gone\.keras"):
        load_model(tmp_path / "gone.keras")
