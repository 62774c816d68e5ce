"""Model files that must not be used: damaged, foreign, from the future."""

import contextlib
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from histoviewer.errors import InputError
from histoviewer.ml.model_files import check_plain
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


def with_config(source: Path, target: Path, content: bytes) -> Path:
    """Copy a model file with another configuration, which need not be JSON."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == "config.json" else old.read(name))
    return target


def with_layer(**layer: object) -> Callable[[Any], Any]:
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


@pytest.mark.parametrize(
    "layer",
    [
        {"module": "keras.layers", "class_name": "StringLookup"},
        {"module": "keras.layers", "class_name": "TextVectorization"},
        {"module": "keras.src.layers.preprocessing.string_lookup", "class_name": "StringLookup"},
        {"module": None, "class_name": "StringLookup"},
        {"module": "keras.utils", "class_name": "get_file"},
        {"module": "keras.saving", "class_name": "function", "config": "load_model"},
    ],
)
def test_parts_of_keras_that_no_classifier_of_images_needs_are_refused(
    trained, tmp_path, layer
) -> None:
    """Some of them read a file that the model names."""
    secret = tmp_path / "secret.txt"
    secret.write_text("known to nobody\n")
    config = {"config": {"name": "lookup", "vocabulary": str(secret)}}
    bad = changed(
        trained / "model.keras", tmp_path / "bad.keras", "config.json", with_layer(**config | layer)
    )

    with pytest.raises(InputError, match="which no classifier of images needs"):
        load_model(bad)


def test_a_layer_of_a_form_from_before_keras_3_is_refused(trained, tmp_path) -> None:
    """Without its module Keras looks it up in another way, by its name alone."""

    def change(config: Any) -> Any:
        layer = config["config"]["layers"][1]
        del layer["module"]
        return config

    bad = changed(trained / "model.keras", tmp_path / "bad.keras", "config.json", change)

    with pytest.raises(InputError, match="which no classifier of images needs"):
        load_model(bad)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[]",
        b"\xff",
        b'{"module": ["keras"], "class_name": "Functional"}',
        b'{"n": ' + b"9" * 5000 + b"}",
        b'{"a": 1' + b" " * (16 << 20) + b"}",
    ],
    ids=["deep list", "deep table", "list", "no text", "module", "number", "large"],
)
def test_a_configuration_that_cannot_be_is_called_damaged(trained, tmp_path, content) -> None:
    bad = with_config(trained / "model.keras", tmp_path / "bad.keras", content)

    with pytest.raises(InputError, match="damaged or no Keras model"):
        load_model(bad)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place in a configuration as its table or list and the key there."""
    keys = value if isinstance(value, dict) else range(len(value) if isinstance(value, list) else 0)
    for key in keys:
        yield value, key
        yield from places(value[key])


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.integers(0, 10_000),
    st.none() | st.integers() | st.text(max_size=5) | st.lists(st.booleans(), max_size=2),
)
def test_a_configuration_is_checked_whatever_it_holds(trained, tmp_path, number, value) -> None:
    def change(config: Any) -> Any:
        known = list(places(config))
        table, key = known[number % len(known)]
        table[key] = value
        return config

    bad = changed(trained / "model.keras", tmp_path / "bad.keras", "config.json", change)

    with contextlib.suppress(InputError):
        check_plain(bad)


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
