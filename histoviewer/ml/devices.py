"""What the selected backend computes on, and why not on more."""

import contextlib
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import keras
import psutil

from histoviewer.domain.devices import Accelerator, DeviceReport, Processor
from histoviewer.jobs.nvidia import Card, driver_cards, visible_cards, visible_memory
from histoviewer.ml import backend
from histoviewer.ml.asked_device import consequence
from histoviewer.ml.hidden_gpus import what_is_hidden, why_hidden

_CPUINFO: Final = Path("/proc/cpuinfo")
_FEATURES: Final = {
    "AVX2": ("avx2",),
    "AVX-512": ("avx512f",),
    "bfloat16": ("avx512_bf16", "amx_bf16"),
    "AMX": ("amx_tile",),
}


def describe_devices() -> DeviceReport:
    """Return what jobs of this process compute on.

    Raises:
        InputError: The backend that KERAS_BACKEND names is not installed, or what
            KERAS_TORCH_DEVICE names cannot be used.
    """
    name = backend.select()
    backend.configure()
    cards = driver_cards()
    found = tuple(_accelerators(name))
    return DeviceReport(
        backend=name,
        backend_version=version(name),
        keras_version=keras.__version__,
        processor=_processor(),
        accelerators=found,
        precision=backend.dtype_policy("auto"),
        reasons=tuple(_reasons(name, found, cards)),
    )


def _processor() -> Processor:
    memory = psutil.virtual_memory()
    facts = _cpuinfo()
    flags = set(facts.get("flags", facts.get("Features", "")).split())
    return Processor(
        name=facts.get("model name") or platform.processor() or platform.machine(),
        cores=psutil.cpu_count(logical=False),
        threads=psutil.cpu_count() or 1,
        features=tuple(name for name, any_of in _FEATURES.items() if flags.intersection(any_of)),
        memory=memory.total,
        free_memory=memory.available,
    )


def _cpuinfo() -> dict[str, str]:
    """Return what Linux says of the first processor; empty elsewhere."""
    with contextlib.suppress(OSError):
        first = _CPUINFO.read_text(encoding="utf-8").split("\n\n")[0]
        pairs = (line.split(":", 1) for line in first.splitlines() if ":" in line)
        return {name.strip(): value.strip() for name, value in pairs}
    return {}


def _accelerators(name: str) -> Iterator[Accelerator]:
    """Yield what the backend uses, with memory where it or the driver tells it."""
    if backend.accelerator() is None:
        return
    library = backend.library()
    match name:
        case "tensorflow":
            sizes = dict(enumerate(visible_memory("memory.total")))
            for device in library.config.list_physical_devices("GPU"):
                details = library.config.experimental.get_device_details(device)
                memory = sizes.get(int(device.name.rpartition(":")[2]))
                yield Accelerator(name=details.get("device_name", device.name), memory=memory)
        case "torch":
            yield from _torch_accelerators(library)
        case _:
            for device in library.devices():
                yield Accelerator(name=device.device_kind, memory=_jax_memory(device))


def _torch_accelerators(torch: ModuleType) -> Iterator[Accelerator]:
    kind = backend.torch_device()
    if kind == "mps":
        yield Accelerator(name="GPU of this Mac", memory=None)  # it has that of the processor
        return
    cards = getattr(torch, kind)
    for place in range(cards.device_count()):
        facts = cards.get_device_properties(place)
        yield Accelerator(name=facts.name, memory=facts.total_memory)


def _jax_memory(device: Any) -> int | None:  # noqa: ANN401 - jax is optional and untyped here
    stats = device.memory_stats() or {}
    limit = stats.get("bytes_limit")
    return None if limit is None else int(limit)


def _reasons(name: str, found: tuple[Accelerator, ...], cards: list[Card]) -> Iterator[str]:
    asked = consequence(found, cards) if name == "torch" else None
    if found:
        yield from _of_gpus(name, len(found))
        hidden = what_is_hidden(cards, visible_cards())
        if hidden is not None:
            yield hidden
    elif asked is None:
        yield _why_no_gpu(name, cards)
    if asked is not None:
        yield asked
    if found and not backend.gpu_computes_bfloat16():
        yield "Recipes compute in float32: what bfloat16 gains on this GPU is not known."
    elif backend.dtype_policy("auto") == "float32":
        yield "Recipes compute in float32: there is no bfloat16 arithmetic to make use of."
    else:
        yield "Recipes compute in bfloat16 where they leave it open: the hardware has it."


def _of_gpus(name: str, count: int) -> Iterator[str]:
    if backend.takes_memory_at_once():
        yield "Most of the GPU's memory is taken at once, as XLA_PYTHON_CLIENT_PREALLOCATE asks."
    else:
        yield "GPU memory is taken as it is needed, not all at once."
    if count > 1 and name == "jax":
        yield f"Each batch is divided among {count} devices."
    elif count > 1:
        yield f"Keras spreads a training over several GPUs under jax only, not under {name}."


def _why_no_gpu(name: str, cards: list[Card]) -> str:
    if sys.platform == "darwin" and name == "torch":
        return "torch finds no GPU of this Mac that it can use: that takes Apple's own and Metal."
    if sys.platform == "darwin":
        return (
            f"{name} makes no use of the GPU of a Mac here: the torch backend does "
            "(pip install 'histoviewer[torch]')."
        )
    if sys.platform == "win32" and name == "tensorflow":
        return (
            "TensorFlow has no GPU on native Windows since 2.11: use WSL2, or the torch backend "
            "(pip install 'histoviewer[torch]')."
        )
    hidden = why_hidden(name, cards)
    if hidden is not None:
        return hidden
    if not cards:
        if name == "torch":
            return "No GPU is used: neither NVIDIA's driver nor torch finds one on this machine."
        return "No GPU is used: NVIDIA's driver finds none on this machine."
    if name == "tensorflow":
        return (
            f"The driver knows {cards[0].name}, but TensorFlow cannot use it: its CUDA libraries "
            "are missing (pip install 'histoviewer[gpu]')."
        )
    return f"The driver knows {cards[0].name}, but the installed {name} is built without CUDA."
