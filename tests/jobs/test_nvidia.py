"""Which of the driver's cards a process computes on, and their memory."""

import ctypes
import uuid
from types import SimpleNamespace

import pytest

from histoviewer.jobs import nvidia
from histoviewer.jobs.nvidia import MIB, driver_cards, visible_cards, visible_memory

FIRST, SECOND, PART = (uuid.UUID(int=number) for number in (1, 2, 3))


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch):
    """Return what makes CUDA show some cards in some order."""

    def show(*cards: uuid.UUID) -> None:
        def count(out) -> int:
            out._obj.value = len(cards)
            return 0

        def card(out, place: int) -> int:
            out._obj.value = place
            return 0

        def name(out, place: ctypes.c_int) -> int:
            out[:] = cards[place.value].bytes
            return 0

        library = SimpleNamespace(
            cuInit=lambda _flags: 0,
            cuDeviceGetCount=count,
            cuDeviceGet=card,
            cuDeviceGetUuid_v2=name,
        )
        monkeypatch.setattr(nvidia.ctypes, "CDLL", lambda _name: library)

    return show


def test_memory_is_that_of_the_cards_shown_in_their_order(cuda, driver) -> None:
    """The driver's program lists the cards of the machine in the order of their slots."""
    cuda(SECOND, PART)
    driver(f"echo 'GPU-{FIRST}, 100'; echo 'GPU-{SECOND}, 24000'")

    assert visible_memory("memory.free") == [24000 * MIB, None]


def test_what_the_driver_does_not_tell_is_unknown(cuda, driver) -> None:
    cuda(FIRST)
    driver(f"echo 'GPU-{FIRST}, [N/A]'; echo nonsense")

    assert visible_memory("memory.total") == [None]


def test_a_driver_that_talks_nonsense_knows_no_card(driver) -> None:
    driver("echo 'failed to initialise'")

    assert driver_cards() == []


def test_hidden_cards_have_no_memory(cuda, driver) -> None:
    cuda()
    driver(f"echo 'GPU-{FIRST}, 100'")

    assert visible_memory("memory.free") == []


@pytest.mark.parametrize("error", [OSError("no such file"), AttributeError("too old")])
def test_without_cuda_no_card_is_shown(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def missing(_name: str) -> None:
        raise error

    monkeypatch.setattr(nvidia.ctypes, "CDLL", missing)

    assert visible_cards() == []


def test_a_driver_that_does_not_start_shows_no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvidia.ctypes, "CDLL", lambda _name: SimpleNamespace(cuInit=lambda _: 999))

    assert visible_cards() == []
