"""What the command line says of the machine."""

import importlib.util

import pytest

from histoviewer.ml.requests import BACKENDS
from tests.cli.documents import documented_keys


def test_devices_prints_the_documented_json(run) -> None:
    found = run("devices", "--json").json

    assert set(found) == documented_keys("devices")
    assert found["processor"]["memory"] > 0


def test_a_backend_that_is_not_installed_is_one_sentence(run) -> None:
    missing = [name for name in BACKENDS if importlib.util.find_spec(name) is None]
    if not missing:
        pytest.skip("every backend is installed")
    outcome = run("devices", "--backend", missing[0])

    assert outcome.code == 2
    assert f"'{missing[0]}' is not installed" in outcome.err
