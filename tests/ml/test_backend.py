"""Choosing and describing what computes."""

import os
import subprocess
import sys

import numpy as np
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


def test_what_fit_is_fed_comes_whole_and_in_order() -> None:
    made = (
        (np.full((2, 4, 4, 3), number, np.uint8), np.full((2, 1), number, np.float32))
        for number in range(9)
    )
    got = [tuple(np.asarray(part) for part in batch) for batch in backend.fed(made)]
    assert [int(tiles.min()) for tiles, _ in got] == list(range(9))
    assert all(tiles.dtype == np.uint8 and tiles.shape == (2, 4, 4, 3) for tiles, _ in got)
    assert [float(labels[1, 0]) for _, labels in got] == list(range(9))


def test_an_error_of_making_batches_comes_out_of_what_fit_is_fed() -> None:
    def failing():
        yield (np.zeros(1, np.uint8),)
        raise ValueError("no more of it")

    with pytest.raises(Exception, match="no more of it"):
        list(backend.fed(failing()))


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


@pytest.mark.parametrize(
    "words",
    [
        "RESOURCE_EXHAUSTED: Out of memory while trying to allocate 1 bytes.",
        "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
    ],
)
def test_what_is_said_without_memory_is_known(words: str) -> None:
    assert backend.is_out_of_memory(RuntimeError(words))


def test_another_error_is_not_one_of_memory() -> None:
    assert not backend.is_out_of_memory(RuntimeError("CUDA error: misaligned address"))
