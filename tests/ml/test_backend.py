"""Choosing and describing what computes."""

import os
import subprocess
import sys

import pytest

from histoviewer.errors import InputError
from histoviewer.ml import backend


def test_tensorflow_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    assert backend.select() == "tensorflow"
    assert os.environ["KERAS_BACKEND"] == "tensorflow"


def test_an_unknown_backend_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "theano")
    with pytest.raises(InputError, match=r"no backend 'theano'.*tensorflow, torch, jax"):
        backend.select()


def test_a_backend_that_is_not_installed_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setattr(backend.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(InputError, match=r"'jax' is not installed.*histoviewer\[jax\]"):
        backend.select()


def test_bfloat16_is_chosen_only_where_something_computes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backend, "accelerator", lambda: None)
    for has_it, policy in ((True, "mixed_bfloat16"), (False, "float32")):
        monkeypatch.setattr(backend, "cpu_computes_bfloat16", lambda has_it=has_it: has_it)
        assert backend.dtype_policy("auto") == policy
    assert backend.dtype_policy("mixed_bfloat16") == "mixed_bfloat16"


def test_asking_for_a_job_imports_nothing_heavy() -> None:
    code = (
        "import sys, histoviewer.ml.work, histoviewer.ml.requests\n"
        "heavy = {'tensorflow', 'keras', 'sklearn', 'pandas', 'torch', 'jax'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
