"""What is computed on, and what happens where its memory is too small."""

import os
import re
from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

from histoviewer.domain.devices import Accelerator
from histoviewer.errors import InputError
from histoviewer.jobs.messages import Note
from histoviewer.jobs.nvidia import Card
from histoviewer.ml import backend, devices, training, work
from histoviewer.ml.predicting import load_model, score_tiles
from histoviewer.ml.requests import TrainRequest
from tests.ml.conftest import PutTorch
from tests.ml.helpers import finish, make_tiles

CARD = Card("NVIDIA RTX 9999", "GPU-1234")
OTHERS = [
    *(Card("NVIDIA RTX 8888", f"GPU-{number}") for number in range(3)),
    Card("NVIDIA RTX 7777", "GPU-7"),
]
# What hides GPUs here would tell of this machine.
HIDING = (
    "CUDA_VISIBLE_DEVICES",
    "ROCR_VISIBLE_DEVICES",
    "HIP_VISIBLE_DEVICES",
    "ONEAPI_DEVICE_SELECTOR",
    "JAX_PLATFORMS",
    "JAX_PLATFORM_NAME",
)
NO_MEMORY = tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")


@pytest.fixture(autouse=True)
def nothing_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in HIDING:
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def small_memory(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return what makes training run out of memory with larger batches than some size."""
    fit = training.train_epochs

    def limit(most: int) -> None:
        def tight(trainee, run, plan, request, *, until):
            if plan.batch > most:
                raise NO_MEMORY
            fit(trainee, run, plan, request, until=until)

        monkeypatch.setattr(training, "train_epochs", tight)

    return limit


def test_the_report_is_of_this_machine() -> None:
    found, _ = finish(work.devices(None, lambda: False))

    assert found.backend == "tensorflow"
    assert found.backend_version == tf.__version__
    assert found.processor.threads == os.cpu_count()
    assert 0 < found.processor.free_memory <= found.processor.memory
    assert found.accelerators == ()
    assert any("no GPU" in reason.replace("No", "no") for reason in found.reasons)


def test_a_card_that_the_backend_cannot_use_is_told(driver) -> None:
    driver("echo 'NVIDIA RTX 9999, 24576'")

    found, _ = finish(work.devices(None, lambda: False))

    assert any("knows NVIDIA RTX 9999, but TensorFlow cannot use it" in r for r in found.reasons)


def test_a_card_that_is_hidden_is_told_with_what_hides_it(driver, monkeypatch) -> None:
    driver(f"echo '{CARD.name}, {CARD.uuid}'")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")

    found, _ = finish(work.devices(None, lambda: False))

    assert found.reasons[0] == (
        "The driver knows NVIDIA RTX 9999, but CUDA_VISIBLE_DEVICES is '-1', which hides every GPU "
        "of NVIDIA: unset it and start the program again."
    )


@pytest.mark.parametrize(
    ("variable", "value", "backend", "cards", "said"),
    [
        ("CUDA_VISIBLE_DEVICES", "", "torch", [CARD], "hides every GPU of NVIDIA"),
        ("CUDA_VISIBLE_DEVICES", "1", "torch", [CARD], "hides every GPU of NVIDIA"),
        ("CUDA_VISIBLE_DEVICES", "-1,0", "jax", [CARD], "hides every GPU of NVIDIA"),
        ("CUDA_VISIBLE_DEVICES", "GPU-4", "torch", [CARD], "hides every GPU of NVIDIA"),
        ("CUDA_VISIBLE_DEVICES", "0,-1", "torch", [CARD], "built without CUDA"),
        ("CUDA_VISIBLE_DEVICES", "GPU-12", "torch", [CARD], "built without CUDA"),
        ("CUDA_VISIBLE_DEVICES", "MIG-4/1/0", "torch", [CARD], "built without CUDA"),
        ("CUDA_VISIBLE_DEVICES", "", "torch", [], "neither NVIDIA's driver nor torch"),
        ("HIP_VISIBLE_DEVICES", "-1", "torch", [], "of AMD: .* again if there is one"),
        ("ROCR_VISIBLE_DEVICES", "", "tensorflow", [], "of AMD"),
        ("ROCR_VISIBLE_DEVICES", "", "torch", [CARD], "built without CUDA"),
        ("HIP_VISIBLE_DEVICES", "3", "torch", [], "neither NVIDIA's driver nor torch"),
        ("ONEAPI_DEVICE_SELECTOR", "opencl:cpu", "torch", [], "of Intel"),
        ("ONEAPI_DEVICE_SELECTOR", "*:cpu,fpga", "torch", [], "of Intel"),
        ("ONEAPI_DEVICE_SELECTOR", "!*:gpu", "torch", [], "of Intel"),
        ("ONEAPI_DEVICE_SELECTOR", "level_zero:0;opencl:cpu", "torch", [], "neither"),
        ("ONEAPI_DEVICE_SELECTOR", "!opencl:cpu", "torch", [], "neither"),
        ("ONEAPI_DEVICE_SELECTOR", "opencl:cpu", "jax", [], "driver finds none"),
        (
            "JAX_PLATFORMS",
            "cpu",
            "jax",
            [CARD],
            "but JAX_PLATFORMS is 'cpu', which hides every GPU",
        ),
        ("JAX_PLATFORMS", "cuda,cpu", "jax", [CARD], "built without CUDA"),
        ("JAX_PLATFORM_NAME", "cpu", "jax", [], "No GPU is used: JAX_PLATFORM_NAME is 'cpu'"),
        ("JAX_PLATFORMS", "cpu", "torch", [CARD], "built without CUDA"),
    ],
)
def test_what_hides_every_gpu_is_named(monkeypatch, variable, value, backend, cards, said) -> None:
    monkeypatch.setattr(devices.sys, "platform", "linux")
    monkeypatch.setenv(variable, value)

    assert re.search(said, devices._why_no_gpu(backend, cards))


@pytest.mark.parametrize(
    ("variable", "shown", "named"),
    [
        ("GPU-12", [CARD], "3 x NVIDIA RTX 8888, NVIDIA RTX 7777"),
        ("2", [OTHERS[0], CARD], "2 x NVIDIA RTX 8888, NVIDIA RTX 7777"),
        ("0,1,2,3,4", [CARD, *OTHERS], None),
        (None, [CARD], None),  # who else leaves some out is not known
        ("MIG-4/1/0", [Card("", "GPU-of-a-part")], None),
    ],
)
def test_gpus_that_are_hidden_beside_others_are_named(
    put_torch: PutTorch,
    monkeypatch: pytest.MonkeyPatch,
    variable: str | None,
    shown: list[Card],
    named: str | None,
) -> None:
    put_torch("cuda", count=len(shown))
    if variable is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", variable)
    monkeypatch.setattr(devices, "visible_cards", lambda: [card.uuid for card in shown])
    monkeypatch.setattr(backend, "accelerator", lambda: "GPU")

    found = tuple(devices._accelerators("torch"))
    reasons = list(devices._reasons("torch", found, [CARD, *OTHERS]))

    said = (
        f"CUDA_VISIBLE_DEVICES is '{variable}', which hides {named}: unset it and start the "
        "program again to have every GPU."
    )
    expected = [] if named is None else [said]
    assert [reason for reason in reasons if "hides" in reason] == expected


@pytest.mark.parametrize(
    ("asked", "count", "said"),
    [
        (
            "cuda:1",
            2,
            "'cuda:1': torch computes on GPU 1, counted from 0 (Card 1), and on no other.",
        ),
        ("cuda", 2, "'cuda': torch computes on GPU 0, counted from 0 (Card 0), and on no other."),
        ("cuda:0", 1, "'cuda:0': torch computes on Card."),
        ("cpu", 1, "'cpu': torch computes on the processor and leaves NVIDIA RTX 9999 idle."),
    ],
)
def test_the_device_that_torch_is_asked_to_take_is_told_with_what_comes_of_it(
    put_torch: PutTorch, monkeypatch: pytest.MonkeyPatch, asked: str, count: int, said: str
) -> None:
    put_torch("cuda", name="Card", count=count)
    monkeypatch.setenv("KERAS_TORCH_DEVICE", asked)
    monkeypatch.setattr(backend, "accelerator", backend.accelerator.__wrapped__)

    found = tuple(devices._accelerators("torch"))
    reasons = list(devices._reasons("torch", found, [CARD]))

    assert f"KERAS_TORCH_DEVICE is {said}" in reasons
    assert not any("built without" in reason for reason in reasons)


def test_a_processor_that_torch_is_asked_to_take_is_told_where_there_is_no_card(
    put_torch: PutTorch, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_torch("cpu")
    monkeypatch.setenv("KERAS_TORCH_DEVICE", "cpu")
    monkeypatch.setattr(backend, "accelerator", lambda: None)

    first, *_ = devices._reasons("torch", (), [])

    assert (
        first
        == "KERAS_TORCH_DEVICE is 'cpu': torch computes on the processor and looks for no GPU."
    )


@pytest.mark.parametrize(
    ("kind", "found", "said"),
    [
        ("mps", ("GPU of this Mac", None), "not known"),
        ("xpu", ("Intel Arc", 16 << 30), "not known"),
        ("cuda", ("NVIDIA RTX 9999", 16 << 30), "in bfloat16"),
    ],
)
def test_every_gpu_that_torch_computes_on_is_described(
    put_torch: PutTorch, monkeypatch: pytest.MonkeyPatch, kind: str, found: tuple, said: str
) -> None:
    put_torch(kind, name=found[0])
    monkeypatch.setattr(backend, "accelerator", lambda: "GPU")

    cards = tuple(devices._accelerators("torch"))
    reasons = list(devices._reasons("torch", cards, []))

    assert cards == (Accelerator(name=found[0], memory=found[1]),)
    assert reasons[0].startswith("GPU memory is taken as it is needed")
    assert said in reasons[-1]


@pytest.mark.parametrize(
    ("system", "name", "said"),
    [
        ("darwin", "tensorflow", r"of a Mac here: the torch backend does .*histoviewer\[torch\]"),
        ("darwin", "torch", "finds no GPU of this Mac"),
        ("linux", "torch", "neither NVIDIA's driver nor torch finds one"),
    ],
)
def test_why_there_is_no_gpu_is_said_for_system_and_backend(
    monkeypatch: pytest.MonkeyPatch, system: str, name: str, said: str
) -> None:
    monkeypatch.setattr(devices.sys, "platform", system)
    assert re.search(said, devices._why_no_gpu(name, []))


def test_memory_that_jax_was_told_to_take_at_once_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setenv("XLA_PYTHON_CLIENT_PREALLOCATE", "true")
    monkeypatch.setattr(backend.importlib.util, "find_spec", lambda name: name)
    assert list(devices._of_gpus("jax", 2)) == [
        "Most of the GPU's memory is taken at once, as XLA_PYTHON_CLIENT_PREALLOCATE asks.",
        "Each batch is divided among 2 devices.",
    ]


def test_a_run_out_of_memory_goes_on_with_smaller_batches(ask, small_memory) -> None:
    small_memory(4)
    request: TrainRequest = ask(epochs=1)

    result, said = finish(work.train(request, lambda: False))

    notes = [update.text for update in said if isinstance(update, Note)]
    assert [note for note in notes if "Out of memory" in note] == [
        "Out of memory with batches of 16 tiles: begun anew with 8.",
        "Out of memory with batches of 8 tiles: begun anew with 4.",
    ]
    assert result.metrics["epochs"] == 1
    assert result.metrics["batch"] == 4
    assert (request.folder / "model.keras").exists()


def test_a_net_that_never_fits_is_refused_in_one_sentence(ask, small_memory) -> None:
    small_memory(0)
    request: TrainRequest = ask(epochs=1)

    with pytest.raises(InputError, match="does not fit into memory, not even with one tile"):
        finish(work.train(request, lambda: False))

    assert not request.folder.exists()


def test_another_error_is_no_reason_for_smaller_batches(ask, monkeypatch) -> None:
    def broken(*_args, **_kwargs):
        raise RuntimeError("planted")

    monkeypatch.setattr(training, "train_epochs", broken)

    with pytest.raises(RuntimeError, match="planted"):
        finish(work.train(ask(epochs=1), lambda: False))


def test_scoring_out_of_memory_goes_on_with_smaller_batches(trained) -> None:
    model, tiles = load_model(trained / "model.keras"), make_tiles(50)[0]
    sizes = []

    class Tight:
        """The model on a device that holds four tiles."""

        def predict_on_batch(self, pixels: np.ndarray) -> np.ndarray:
            sizes.append(len(pixels))
            if len(pixels) > 4:
                raise NO_MEMORY
            return model.predict_on_batch(pixels)

    scores = score_tiles(Tight(), tiles, np.arange(50), batch=32)

    np.testing.assert_allclose(scores, score_tiles(model, tiles, np.arange(50)), atol=1e-5)
    assert sizes[:4] == [32, 16, 8, 4]
