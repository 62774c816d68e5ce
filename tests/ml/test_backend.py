"""Choosing and describing what computes."""

import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from histoviewer.errors import InputError
from histoviewer.ml import backend, work
from histoviewer.services.backends import environment_of
from tests.ml.conftest import PutTorch


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
        (
            np.stack([np.full((2, 4, 4, 3), number + more, np.uint8) for more in range(3)]),
            np.stack([np.full((2, 1), number + more, np.float32) for more in range(3)]),
        )
        for number in range(0, 9, 3)
    )
    got = [tuple(np.asarray(part) for part in batch) for batch in backend.fed(made)]
    assert [int(tiles.min()) for tiles, _ in got] == list(range(9))
    assert all(tiles.dtype == np.uint8 and tiles.shape == (2, 4, 4, 3) for tiles, _ in got)
    assert [float(labels[1, 0]) for _, labels in got] == list(range(9))


def test_an_error_of_making_batches_comes_out_of_what_fit_is_fed() -> None:
    def failing():
        yield (np.zeros((1, 1), np.uint8),)
        raise ValueError("no more of it")

    with pytest.raises(Exception, match="no more of it"):
        list(backend.fed(failing()))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("tensorflow", "Install it with: pip install tensorflow"),
        ("torch", "Install it with: pip install 'histoviewer[torch]'"),
    ],
)
def test_an_operation_refuses_a_backend_that_is_not_installed_as_its_job_would(
    monkeypatch: pytest.MonkeyPatch, name: str, hint: str
) -> None:
    monkeypatch.setattr(backend.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setenv("KERAS_BACKEND", name)
    for ask in (backend.select, lambda: environment_of(None), lambda: environment_of(name)):
        with pytest.raises(InputError) as refused:
            ask()
        assert refused.value.hint == hint


@pytest.mark.parametrize(
    ("asked", "is_said", "at_once"),
    [(None, "false", False), ("0", "0", False), ("true", "true", True)],
)
def test_jax_takes_memory_as_it_needs_it_unless_it_was_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, asked: str | None, is_said: str, *, at_once: bool
) -> None:
    variable = "XLA_PYTHON_CLIENT_PREALLOCATE"
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setenv(variable, asked or "")
    if asked is None:
        monkeypatch.delenv(variable)
    monkeypatch.setattr(backend.importlib.util, "find_spec", lambda name: name)

    assert backend.select() == "jax"

    assert os.environ[variable] == is_said
    assert backend.takes_memory_at_once() is at_once


@pytest.mark.parametrize(
    ("cards", "in_use"),
    [((), None), (("GPU:0",), None), (("GPU:0", "GPU:1"), None), (("GPU:0", "GPU:1"), "GPU:0")],
)
def test_tensorflow_is_asked_to_take_the_memory_of_each_gpu_as_it_needs_it(
    monkeypatch: pytest.MonkeyPatch, cards: tuple[str, ...], in_use: str | None
) -> None:
    asked = []

    def grow(card: str, *, enable: bool) -> None:
        asked.append((card, enable))
        if card == in_use:
            raise RuntimeError("Physical devices cannot be modified after being initialized")

    experimental = SimpleNamespace(
        set_memory_growth=grow, enable_op_determinism=lambda: asked.append("repeat")
    )
    config = SimpleNamespace(
        list_physical_devices=lambda kind: {"GPU": cards}[kind], experimental=experimental
    )
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    monkeypatch.setattr(backend, "library", lambda: SimpleNamespace(config=config))

    backend.configure.__wrapped__()

    assert asked == [*((card, True) for card in cards), "repeat"]


@pytest.mark.parametrize("found", ["mps", "cuda", "xpu", "cpu"])
def test_under_torch_the_gpu_is_the_one_that_keras_takes(put_torch: PutTorch, found: str) -> None:
    put_torch(found)

    assert backend.torch_device() == found
    assert backend.accelerator.__wrapped__() == (None if found == "cpu" else "GPU")


def test_under_torch_the_device_is_as_the_environment_says(
    put_torch: PutTorch, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_torch("cuda", count=2)
    monkeypatch.setenv("KERAS_TORCH_DEVICE", "cpu")
    assert backend.accelerator.__wrapped__() is None
    monkeypatch.setenv("KERAS_TORCH_DEVICE", "cuda:1")
    assert backend.torch_device() == "cuda"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("gpu", "'gpu', which is no device that torch computes on here. Unset it, or set it to"),
        ("", "'', which is no device"),
        ("cuda:x", "no device"),
        ("meta", "no device"),
        ("cuda:2", "'cuda:2', but torch finds only cuda:0 to cuda:1. Unset it, or .* cuda:0"),
        ("cpu:1", "finds only cpu:0"),
        ("xpu", "'xpu', but torch finds no such GPU. Unset it, or set it to cpu"),
        ("mps", "no such GPU"),
    ],
)
def test_a_device_that_torch_cannot_use_is_refused_before_anything_is_computed(
    put_torch: PutTorch, monkeypatch: pytest.MonkeyPatch, asked: str, said: str
) -> None:
    put_torch("cuda", count=2)
    monkeypatch.setenv("KERAS_TORCH_DEVICE", asked)

    with pytest.raises(InputError, match=f"KERAS_TORCH_DEVICE is .*{said}"):
        next(work.devices(None, lambda: False))


def test_a_device_of_torch_means_nothing_to_another_backend(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    monkeypatch.setenv("KERAS_TORCH_DEVICE", "gpu")

    assert backend.select() == "tensorflow"


@pytest.mark.parametrize(
    ("found", "policy"), [("cuda", "mixed_bfloat16"), ("mps", "float32"), ("xpu", "float32")]
)
def test_a_gpu_that_may_not_compute_in_bfloat16_is_left_at_float32(
    put_torch: PutTorch, monkeypatch: pytest.MonkeyPatch, found: str, policy: str
) -> None:
    put_torch(found)
    monkeypatch.setattr(backend, "accelerator", lambda: "GPU")
    monkeypatch.setattr(backend, "cpu_computes_bfloat16", lambda: True)
    assert backend.dtype_policy("auto") == policy


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
