"""The device that KERAS_TORCH_DEVICE names: Keras takes it as it stands, usable or not."""

import os
import re
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Final

from histoviewer.domain.devices import Accelerator
from histoviewer.errors import InputError
from histoviewer.jobs.nvidia import Card

_VARIABLE: Final = "KERAS_TORCH_DEVICE"
_DEVICE: Final = re.compile(r"(cpu|cuda|mps|xpu)(?::(0|[1-9][0-9]*))?")


def asked_device() -> str | None:
    """Return what torch is to compute on, as 'cuda:1'; None where that is left to Keras."""
    return os.environ.get(_VARIABLE)


def require_usable(torch: Callable[[], ModuleType]) -> None:
    """Make sure that torch can compute on what it is asked to.

    Args:
        torch: Returns the library; it is not asked for where nothing is asked of it.

    Raises:
        InputError: It is no device, or not there.
    """
    asked = asked_device()
    if asked is None:
        return
    match = _DEVICE.fullmatch(asked)
    if match is None:
        raise InputError(
            f"{_VARIABLE} is '{asked}', which is no device that torch computes on here.",
            "Unset it, or set it to cpu, cuda, mps or xpu; cuda:1 is the second of several GPUs.",
        )
    kind, place = match[1], int(match[2] or 0)
    count = _count(torch(), kind)
    if place >= count:
        there = f"only {kind}:0 to {kind}:{count - 1}" if count > 1 else f"only {kind}:0"
        raise InputError(
            f"{_VARIABLE} is '{asked}', but torch finds {there if count else 'no such GPU'}.",
            f"Unset it, or set it to {f'{kind}:0' if count else 'cpu'}.",
        )


def _count(torch: ModuleType, kind: str) -> int:
    """Return how many devices of a kind torch could compute on."""
    if kind == "cpu":
        return 1
    if kind == "mps":
        return int(torch.backends.mps.is_available())
    cards = getattr(torch, kind)
    return int(cards.device_count()) if cards.is_available() else 0


def consequence(found: Sequence[Accelerator], cards: Sequence[Card]) -> str | None:
    """Return what comes of the device that is asked for, one sentence; None where none is.

    Args:
        found: The GPUs of the kind that is asked for, in torch's order; none for the processor.
        cards: Those that NVIDIA's driver knows.
    """
    asked = asked_device()
    if asked is None:
        return None
    said = f"{_VARIABLE} is '{asked}': torch computes on"
    if not found:
        rest = f"leaves {cards[0].name} idle" if cards else "looks for no GPU"
        return f"{said} the processor and {rest}."
    place = int(asked.partition(":")[2] or 0)
    if len(found) == 1:
        return f"{said} {found[place].name}."
    return f"{said} GPU {place}, counted from 0 ({found[place].name}), and on no other."
