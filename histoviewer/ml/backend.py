"""The one adapter that knows which library computes below Keras.

Everything else in this room is written against Keras alone. `select` must have run before Keras is
imported: Keras fixes its backend at import.
"""

import contextlib
import importlib
import importlib.util
import logging
import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from histoviewer.errors import InputError
from histoviewer.jobs.nvidia import visible_memory
from histoviewer.ml.asked_device import asked_device, require_usable
from histoviewer.ml.requests import BACKENDS

Tensors = TypeVar("Tensors", bound=Callable[..., Any])

# What pip installs for each; TensorFlow is no extra.
_PACKAGES = {
    "tensorflow": "tensorflow",
    "torch": "'histoviewer[torch]'",
    "jax": "'histoviewer[jax]'",
}
# Where jax is told not to take most of the GPU's memory at once, and how it is told so.
_JAX_TAKES_ALL = "XLA_PYTHON_CLIENT_PREALLOCATE"
_NO = ("false", "False", "0")
# What is said where no exception says it: by jax, the driver, torch, on Macs and on processors too,
# and the libraries of CUDA.
_NO_MEMORY = (
    "RESOURCE_EXHAUSTED",
    "CUDA_ERROR_OUT_OF_MEMORY",
    "CUDA error: out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
    "MPS backend out of memory",
    "DefaultCPUAllocator: can't allocate memory",
)
# Batches that TensorFlow copies ahead of the step that takes them.
_AHEAD = 2
_CPUINFO = Path("/proc/cpuinfo")


def select() -> str:
    """Choose the backend from KERAS_BACKEND, TensorFlow by default, before Keras is imported.

    Returns:
        Its name.

    Raises:
        InputError: It is not one of ours, or not installed, or KERAS_TORCH_DEVICE names what torch
            cannot compute on.
    """
    name = _selected()
    if name == "torch":
        require_usable(library)
    return name


def _selected() -> str:
    """Return the name of the backend, whatever it is to compute on."""
    os.environ.setdefault(
        "TF_CPP_MIN_LOG_LEVEL", "2"
    )  # its start-up notices are no news to a reader
    name = os.environ.setdefault("KERAS_BACKEND", BACKENDS[0])
    require(name)
    if name == "jax":
        os.environ.setdefault(_JAX_TAKES_ALL, _NO[0])
    return name


def require(name: str) -> None:
    """Make sure that a backend can be used.

    Raises:
        InputError: It is not one of ours, or not installed.
    """
    if name not in BACKENDS:
        raise InputError(f"There is no backend '{name}'.", f"Choose one of: {', '.join(BACKENDS)}.")
    if importlib.util.find_spec(name) is None:
        raise InputError(
            f"The backend '{name}' is not installed.",
            f"Install it with: pip install {_PACKAGES[name]}",
        )


def library() -> ModuleType:
    """Return the module of the selected backend; for adapters only."""
    return importlib.import_module(_selected())


@cache
def configure() -> None:
    """Set the backend up once a process: memory that grows as needed, results that repeat."""
    if select() != "tensorflow":
        return
    tf = library()
    logging.getLogger("tensorflow").addFilter(_is_news)
    for device in tf.config.list_physical_devices("GPU"):
        with contextlib.suppress(RuntimeError):  # already in use: somebody else set it up
            tf.config.experimental.set_memory_growth(device, enable=True)
    tf.config.experimental.enable_op_determinism()


def _is_news(record: logging.LogRecord) -> bool:
    """Drop a warning meant for loops: a process scores with one model after the other here."""
    return "triggered tf.function retracing" not in record.getMessage()


@cache
def accelerator() -> str | None:
    """Return what the backend would compute on besides the processor, None for nothing."""
    computes = library()
    match select():
        case "tensorflow":
            devices = computes.config.list_physical_devices("GPU")
            return "GPU" if devices else None
        case "torch":
            return None if torch_device() == "cpu" else "GPU"
        case _:
            kind = computes.default_backend()
            return None if kind == "cpu" else kind.upper()


def torch_device() -> str:
    """Return the kind of device that Keras computes on under torch.

    Returns:
        'mps' for the GPU of a Mac, 'cuda', 'xpu' for one of Intel, or 'cpu'.
    """
    return _torch_name().partition(":")[0]


def _torch_name() -> str:
    """Return what Keras computes on under torch, chosen as Keras chooses, as 'cuda:1'."""
    asked = asked_device()
    if asked is not None:
        return asked
    torch = library()
    if torch.backends.mps.is_available():
        return "mps"
    if torch.cuda.is_available():
        return "cuda"
    return "xpu" if torch.xpu.is_available() else "cpu"


def _torch_card() -> str | None:
    """Return the name of one of several GPUs; None for the first, as torch has it."""
    name = _torch_name()
    return name if ":" in name else None


def takes_memory_at_once() -> bool:
    """Return whether the backend takes most of the GPU's memory before it needs it."""
    return select() == "jax" and os.environ[_JAX_TAKES_ALL] not in _NO


@cache
def parallel_devices() -> int:
    """Return among how many devices a batch can be divided."""
    return len(library().devices()) if select() == "jax" else 1


def free_accelerator_memory() -> int | None:
    """Return the bytes that could be had on the accelerator that computes; None where it is silent.

    What the backend's own allocator holds and has no use for could be had, too: it takes memory for
    one network and keeps it for the next. Of several that share a batch, the one with the least
    counts.
    """
    match select():
        case "torch":
            free = _free_under_torch()
            return None if free is None else free + kept_by_torch()
        case "jax":
            return _free_under_jax()
        case _:
            return next((free + _kept_by_tensorflow() for free in _of_driver()), None)


def may_share_main_memory() -> bool:
    """Return whether a GPU that does not tell what is free has the memory of the processor.

    That of a Mac does, and of Intel's those that are silent are mostly parts of a processor.
    """
    return select() == "torch" and torch_device() in ("mps", "xpu")


def kept_by_torch() -> int:
    """Return the bytes that torch took from the GPU that computes, and that no tensor has."""
    kind, card = torch_device(), _torch_card()
    cards = getattr(library(), kind)
    if kind == "mps":
        return int(cards.driver_allocated_memory() - cards.current_allocated_memory())
    if not hasattr(cards, "memory_reserved"):  # Intel's, before torch 2.5
        return 0
    return int(cards.memory_reserved(card) - cards.memory_allocated(card))


def _free_under_torch() -> int | None:
    """Return the bytes that the driver has left on torch's GPU; None where torch cannot tell."""
    kind = torch_device()
    cards = getattr(library(), kind)
    if not hasattr(cards, "mem_get_info"):
        return None
    try:
        return int(cards.mem_get_info(_torch_card())[0])
    except RuntimeError:
        if kind != "xpu":
            raise
        return None  # some drivers of Intel do not count


def _free_under_jax() -> int | None:
    """Return what the device with the least has; None where neither jax nor the driver tells."""
    devices = library().devices()
    told = [device.memory_stats() or {} for device in devices]
    cards = _of_driver()
    if not told or any("bytes_limit" not in stats for stats in told):
        return min(cards, default=None)
    places = (device.local_hardware_id for device in devices)
    return min(_below_limit(stats, place, cards) for stats, place in zip(told, places, strict=True))


def _below_limit(stats: Mapping[str, int], place: int, cards: Sequence[int]) -> int:
    """Return what could be had on one device.

    Its limit is a share of the whole card. Unless jax took that at its start, other programs may
    have it by now.

    Args:
        stats: What jax's allocator tells.
        place: Of the card in the order of CUDA.
        cards: What the driver has left on each; empty where it does not tell.
    """
    used = int(stats["bytes_in_use"])
    left = int(stats["bytes_limit"]) - used
    if takes_memory_at_once() or place not in range(len(cards)):
        return left
    # Not every allocator tells how much it has taken; each tells how much was in use at most.
    taken = int(stats.get("pool_bytes", stats["peak_bytes_in_use"]))
    return min(left, cards[place] + taken - used)


def _of_driver() -> list[int]:
    """Return what is free on each card in use; empty where the driver does not tell it of all."""
    told = visible_memory("memory.free")
    known = [free for free in told if free is not None]
    return known if len(known) == len(told) else []


def _kept_by_tensorflow() -> int:
    """Return the bytes that were in use at some time on the GPU that computes, and are not now."""
    told = library().config.experimental.get_memory_info("GPU:0")
    return int(told["peak"]) - int(told["current"])


def fed(stretches: Iterator[tuple[Any, ...]]) -> Any:  # noqa: ANN401 - what a backend's `fit` takes
    """Return batches in the form in which `fit` takes them.

    Of a generator Keras makes a pipeline that TensorFlow tunes meanwhile. The tuner sleeps longer
    and longer, up to a minute, and the end of the pipeline waits until it wakes. There is nothing
    to tune: the batches are made ahead already.

    Args:
        stretches: Some batches at once each: tuples of arrays (batches, batch, ...), all as large
            as the first, of which there must be one. Handing over what Python has made takes
            TensorFlow half a millisecond, be it ever so small.
    """
    if select() != "tensorflow":
        return (batch for stretch in stretches for batch in zip(*stretch, strict=True))
    tf = library()
    first = next(stretches)
    kinds = tuple(tf.TensorSpec(part.shape, part.dtype) for part in first)
    items = chain((first,), stretches)
    del first  # its array is used again as soon as `items` has let go of it
    options = tf.data.Options()
    options.autotune.enabled = False
    ready = tf.data.Dataset.from_generator(lambda: items, output_signature=kinds)
    return ready.unbatch().prefetch(_AHEAD).with_options(options)


def compiled(function: Tensors) -> Tensors:
    """Return a function of tensors that the backend starts with one call, where it can do that.

    Args:
        function: Takes and returns tensors, and changes nothing else.
    """
    match select():
        case "tensorflow":
            made: Tensors = library().function(function, reduce_retracing=True)
            return made
        case "jax":
            jitted: Tensors = library().jit(function)
            return jitted
        case _:
            return function  # compiling takes torch longer than a short training


def updating(
    function: Callable[[list[Any], list[Any], Any], list[Any]],
    sources: Sequence[Any],
    targets: Sequence[Any],
) -> Callable[[Any], None]:
    """Return what sets variables to a function of their values and of others'.

    TensorFlow starts all of it with one call: of 29 variables, assigning one by one took ten times
    as long as working out what they are set to.

    Args:
        function: Takes the values of `sources`, those of `targets` and a tensor, and returns what
            `targets` are set to.
        sources: Keras variables that are read.
        targets: Keras variables that are set.

    Returns:
        A function of that tensor.
    """
    is_traced = select() == "tensorflow"
    computed = function if is_traced else compiled(function)

    def update(given: Any) -> None:  # noqa: ANN401 - a tensor
        read, held = [one.value for one in sources], [one.value for one in targets]
        for target, value in zip(targets, computed(read, held, given), strict=True):
            target.assign(value)

    return library().function(update, reduce_retracing=True) if is_traced else update


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error says that the device, or the machine, has no memory left."""
    if isinstance(error, MemoryError):
        return True
    name = type(error).__name__
    if name in ("ResourceExhaustedError", "OutOfMemoryError"):  # TensorFlow; torch
        return True
    return any(words in str(error) for words in _NO_MEMORY)


@cache
def cpu_computes_bfloat16() -> bool:
    """Return whether the processor has bfloat16 arithmetic that the backend makes use of."""
    if select() == "jax" or sys.platform != "linux" or platform.machine() != "x86_64":
        return False  # XLA on the CPU emulates it
    with contextlib.suppress(OSError):
        text = _CPUINFO.read_text(encoding="utf-8")
        return any(flag in text for flag in ("avx512_bf16", "amx_bf16"))
    return False


def dtype_policy(precision: str) -> str:
    """Return the Keras dtype policy for a recipe's precision.

    Args:
        precision: 'auto', 'float32' or 'mixed_bfloat16'. bfloat16 was measured to train 1.4 to 2
            times as fast on processors that have it, and slower than float32 elsewhere.
    """
    if precision != "auto":
        return precision
    has_it = cpu_computes_bfloat16() if accelerator() is None else gpu_computes_bfloat16()
    return "mixed_bfloat16" if has_it else "float32"


def gpu_computes_bfloat16() -> bool:
    """Return whether the GPU is of a kind that is known to gain by bfloat16.

    That of a Mac refuses it before macOS 14, and emulates it before its second generation; nothing
    is known of Intel's.
    """
    return select() != "torch" or torch_device() == "cuda"
