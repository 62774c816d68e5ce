"""Asking NVIDIA's driver, through the program that comes with it, and CUDA which cards it shows."""

import contextlib
import ctypes
import shutil
import subprocess
import sys
import uuid
from collections.abc import Sequence
from typing import Final, NamedTuple

_PROGRAM: Final = "nvidia-smi"
_NO_WINDOW: Final = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # else a console flashes on Windows
MIB: Final = 1 << 20
_CUDA: Final = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"


class DriverQuery:
    """One question, answered by a process of its own: whoever asks need not wait. Any thread.

    Args:
        fields: What of each card, as `nvidia-smi --help-query-gpu` calls it.
    """

    def __init__(self, fields: Sequence[str]) -> None:
        self._process: subprocess.Popen[str] | None = None
        program = shutil.which(_PROGRAM)
        if program is None:
            return
        command = [program, f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits"]
        with contextlib.suppress(OSError):  # a program that cannot be started is no driver
            self._process = subprocess.Popen(  # noqa: S603 - a fixed command
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL,
                text=True,
                creationflags=_NO_WINDOW,
            )

    @property
    def is_answered(self) -> bool:
        """Return whether `answer` returns at once."""
        return self._process is None or self._process.poll() is not None

    def answer(self, *, timeout_s: float = 5.0) -> list[list[str]] | None:
        """Return the fields of each card; None without a driver, or where it does not answer."""
        if self._process is None:
            return None
        try:
            words, _ = self._process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            self.close()
            return None
        if self._process.returncode:
            return None
        return [[field.strip() for field in line.split(",")] for line in words.splitlines()]

    def close(self) -> None:
        """End the question, answered or not."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()


class Card(NamedTuple):
    """A card of NVIDIA, as its driver names it."""

    name: str
    uuid: str


def driver_cards() -> list[Card]:
    """Return the cards that the driver knows, whether CUDA shows them or not."""
    told = DriverQuery(Card._fields).answer() or []
    return [Card(*fields) for fields in told if len(fields) == len(Card._fields)]


def visible_memory(field: str) -> list[int | None]:
    """Return the bytes of each card that CUDA shows this process, in CUDA's order.

    The driver's program lists all cards in an order of its own, whatever CUDA_VISIBLE_DEVICES says.

    Args:
        field: 'memory.total' or 'memory.free'.

    Returns:
        None for a card that the program does not tell, such as a part of one; empty without CUDA.
    """
    cards = visible_cards()
    told = DriverQuery(("uuid", field)).answer() or [] if cards else []
    pairs = (fields for fields in told if len(fields) == len(("uuid", field)))
    sizes = {card: int(mib) * MIB for card, mib in pairs if mib.isdecimal()}
    return [sizes.get(card) for card in cards]


def visible_cards() -> list[str]:
    """Return the UUIDs of the cards that CUDA shows this process; empty without CUDA."""
    try:
        cuda = ctypes.CDLL(_CUDA)
        count = ctypes.c_int()
        if cuda.cuInit(0) or cuda.cuDeviceGetCount(ctypes.byref(count)):
            return []
        return [_uuid(cuda, place) for place in range(count.value)]
    except (OSError, AttributeError):  # no driver, or one older than any backend can use
        return []


def _uuid(cuda: ctypes.CDLL, place: int) -> str:
    """Return the UUID of a card as the driver's program writes it, '' where CUDA has none."""
    card, raw = ctypes.c_int(), (ctypes.c_ubyte * 16)()
    # The second version tells a part of a card from the whole.
    if cuda.cuDeviceGet(ctypes.byref(card), place) or cuda.cuDeviceGetUuid_v2(raw, card):
        return ""
    return f"GPU-{uuid.UUID(bytes=bytes(raw))}"
