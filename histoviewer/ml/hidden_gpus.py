"""Which variable of the environment hides the GPUs of this machine from what computes."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from histoviewer.jobs.nvidia import Card

_CUDA: Final = "CUDA_VISIBLE_DEVICES"
# The first is read first, and by whatever computes on GPUs of AMD.
_AMD: Final = ("ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES")
_INTEL: Final = "ONEAPI_DEVICE_SELECTOR"
# The second is an older name of the first.
_JAX: Final = ("JAX_PLATFORMS", "JAX_PLATFORM_NAME")

_GPU: Final = "GPU-"
_PART: Final = "MIG-"
_NO_GPUS: Final = {"cpu", "fpga"}
_ALL_GPUS: Final = {"gpu", "*"}


def why_hidden(backend: str, cards: Sequence[Card]) -> str | None:
    """Return why a backend sees no GPU, one sentence; None where no variable hides any.

    NVIDIA's driver tells which cards there are whatever is hidden. Nobody does so of other makers:
    what hides theirs is told where there is none of NVIDIA.

    Args:
        backend: Its name.
        cards: Of NVIDIA, hidden or not.
    """
    found = next(_hiding(backend, [card.uuid for card in cards]), None)
    if found is None:
        return None
    variable, whose = found
    known = f"The driver knows {cards[0].name}, but" if cards else "No GPU is used:"
    there_may_be = "" if cards else " if there is one"
    return (
        f"{known} {variable} is '{os.environ[variable]}', which hides every GPU{whose}: unset it "
        f"and start the program again{there_may_be}."
    )


def what_is_hidden(cards: Sequence[Card], shown: Sequence[str]) -> str | None:
    """Return which cards of NVIDIA are hidden beside others that are not, one sentence.

    Args:
        cards: Of NVIDIA, hidden or not.
        shown: UUIDs of those that CUDA shows.

    Returns:
        None where no variable hides one, or where CUDA shows a part of a card: of which card it is
        one the driver's program does not tell.
    """
    if _CUDA not in os.environ or not shown or not {card.uuid for card in cards}.issuperset(shown):
        return None
    left_out = Counter(card.name for card in cards if card.uuid not in shown)
    if not left_out:
        return None
    names = ", ".join(
        name if count == 1 else f"{count} x {name}" for name, count in left_out.items()
    )
    return (
        f"{_CUDA} is '{os.environ[_CUDA]}', which hides {names}: unset it and start the program "
        "again to have every GPU."
    )


def _hiding(backend: str, uuids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the variables that hide GPUs, and whose.

    Args:
        backend: Its name.
        uuids: Of NVIDIA's cards.
    """
    if backend == "jax":
        for variable in _JAX:
            if _first(os.environ.get(variable, "")).lower() == "cpu":
                yield variable, ""
    if uuids:
        if _shows_none(os.environ.get(_CUDA), uuids):
            yield _CUDA, " of NVIDIA"
        return
    for variable in _AMD:
        if _shows_none(os.environ.get(variable), None):
            yield variable, " of AMD"
    if backend == "torch" and _selects_no_gpu(os.environ.get(_INTEL, "")):
        yield _INTEL, " of Intel"


def _first(entries: str) -> str:
    return entries.partition(",")[0].strip()


def _shows_none(entries: str | None, uuids: Sequence[str] | None) -> bool:
    """Return whether a list of GPUs begins with none there is: what stands after it is not read.

    Args:
        entries: Numbers from 0, or beginnings of UUIDs; None for no list, which shows all.
        uuids: Of the cards there are; None where nobody knows them.
    """
    if entries is None:
        return False
    first = _first(entries)
    if first.startswith(_PART):  # the driver's program does not list parts of cards
        return False
    if first.isdecimal():
        return uuids is not None and int(first) >= len(uuids)
    if not first.startswith(_GPU):
        return True
    return uuids is not None and not any(uuid.startswith(first) for uuid in uuids)


def _selects_no_gpu(selector: str) -> bool:
    """Return whether oneAPI is told of processors alone, or to leave all GPUs out.

    Args:
        selector: Terms as 'level_zero:gpu', and such as '!*:gpu' for what is left out.
    """
    wanted: set[str] = set()
    left_out: set[str] = set()
    for term in filter(None, selector.lower().split(";")):
        devices = re.split(r"[,\s]+", term.rpartition(":")[2].strip())
        (left_out if term.strip().startswith("!") else wanted).update(devices)
    return bool(left_out & _ALL_GPUS) or (bool(wanted) and wanted <= _NO_GPUS)
