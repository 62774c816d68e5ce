"""What batch fits into memory, before it is tried."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.network import NetworkFacts
from histoviewer.jobs.messages import Note
from histoviewer.ml import backend, memory, training, work
from histoviewer.ml.batches import Plan
from tests.ml.helpers import finish

GIB = 1 << 30


def plan(batch: int, steps: int = 4) -> Plan:
    labels = np.zeros(8, np.int8)
    return Plan(pool=np.arange(8), labels=labels, sampling="all", batch=batch, steps=steps)


def facts(fixed: int, tile: int) -> NetworkFacts:
    return NetworkFacts(layers=(), tile_size=96, batch=64, fixed_bytes=fixed, tile_bytes=tile)


@given(
    batch=st.integers(1, 512),
    fixed=st.integers(0, GIB),
    tile=st.integers(0, GIB),
    free=st.integers(0, 64 * GIB),
)
def test_the_largest_half_that_fits_is_taken(batch: int, fixed: int, tile: int, free: int) -> None:
    found = memory.fitted(plan(batch), facts(fixed, tile), free=free)

    assert found.batch == 1 or memory.needed(facts(fixed, tile), found.batch) <= free
    if found.batch < batch:
        assert memory.needed(facts(fixed, tile), 2 * found.batch + 1) > free
    assert found.batch * found.steps <= batch * 4


def test_nothing_is_changed_where_nobody_tells_what_is_free() -> None:
    assert memory.fitted(plan(64), facts(GIB, GIB), free=None).batch == 64


def test_a_training_says_which_batch_it_begins_with(ask, monkeypatch) -> None:
    monkeypatch.setattr(training, "free_memory", lambda: 1_000_000)
    request = ask(epochs=1)

    result, said = finish(work.train(request, lambda: False))

    (note,) = [update.text for update in said if isinstance(update, Note)]
    assert note.startswith("A batch is 4 tiles, not 16: that many would take about 0.0 GiB")
    assert result.metrics["epochs"] == 1
    assert result.metrics["batch"] == 4


def test_a_processor_has_what_the_system_could_give() -> None:
    assert 0 < memory.free_memory() <= psutil.virtual_memory().total


@pytest.mark.parametrize(
    ("limit", "free"), [(str(3 * GIB), 3 * GIB - 1000 + 300), ("max", None), ("1000", 300)]
)
def test_a_container_has_no_more_than_its_limit(tmp_path: Path, monkeypatch, limit, free) -> None:
    monkeypatch.setattr(
        memory.psutil, "virtual_memory", lambda: type("Memory", (), {"available": 64 * GIB})
    )
    (tmp_path / "memory.max").write_text(limit)
    (tmp_path / "memory.current").write_text("1000")
    (tmp_path / "memory.stat").write_text("anon 700\nactive_file 100\ninactive_file 200\n")

    assert memory.free_main_memory(tmp_path) == (64 * GIB if free is None else free)


@pytest.fixture
def accelerated(monkeypatch: pytest.MonkeyPatch):
    """Return what puts another backend with an accelerator in the place of the real one."""

    def put(name: str, library: SimpleNamespace, told: list[int | None]) -> None:
        monkeypatch.setattr(backend, "accelerator", lambda: "GPU")
        monkeypatch.setattr(backend, "select", lambda: name)
        monkeypatch.setattr(backend, "library", lambda: library)
        monkeypatch.setattr(backend, "visible_memory", lambda _field: told)

    return put


def tensorflow(*, peak: int, current: int) -> SimpleNamespace:
    told = {"peak": peak, "current": current}
    experimental = SimpleNamespace(get_memory_info=lambda device: {"GPU:0": told}[device])
    return SimpleNamespace(config=SimpleNamespace(experimental=experimental))


def test_tensorflow_has_what_is_free_on_its_card_and_what_it_keeps(accelerated) -> None:
    """Its allocator keeps what a trial of a search took; it computes on the first card alone."""
    accelerated("tensorflow", tensorflow(peak=20 * GIB, current=2 * GIB), [3 * GIB, GIB])

    assert memory.free_memory() == (3 + 20 - 2) * GIB


@pytest.mark.parametrize("told", [[], [None], [None, GIB]])
def test_nothing_is_guessed_where_the_driver_does_not_tell(accelerated, told) -> None:
    accelerated("tensorflow", tensorflow(peak=0, current=0), told)

    assert memory.free_memory() is None


class Cards(SimpleNamespace):
    """What torch says of GPUs of one kind, each with its own memory."""

    def __init__(self, *free: int | None) -> None:
        super().__init__(free=free)

    def is_available(self) -> bool:
        return True

    def mem_get_info(self, card: str | None = None) -> tuple[int, int]:
        free = self.free[_place(card)]
        if free is None:
            raise RuntimeError("The device does not support querying the available free memory.")
        return free * GIB, 24 * GIB

    def memory_reserved(self, card: str | None = None) -> int:
        return (20 + _place(card)) * GIB

    def memory_allocated(self, card: str | None = None) -> int:
        return 2 * GIB


def _place(card: str | None) -> int:
    return 0 if card is None else int(card.partition(":")[2])


@pytest.mark.parametrize("kind", ["cuda", "xpu"])
@pytest.mark.parametrize(
    ("asked", "free"), [("", 3 + 20 - 2), (":1", 5 + 21 - 2)], ids=["the first", "another"]
)
def test_torch_has_what_is_free_on_the_card_that_computes_and_what_it_keeps(
    accelerated, monkeypatch, kind: str, asked: str, free: int
) -> None:
    monkeypatch.setenv("KERAS_TORCH_DEVICE", kind + asked)
    accelerated("torch", SimpleNamespace(**{kind: Cards(3, 5)}), [])

    assert memory.free_memory() == free * GIB


@pytest.fixture
def main_memory(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(memory, "free_main_memory", lambda: 8 * GIB)
    return 8 * GIB


def test_the_gpu_of_a_mac_has_main_memory_and_what_torch_keeps(
    accelerated, monkeypatch, main_memory: int
) -> None:
    monkeypatch.setenv("KERAS_TORCH_DEVICE", "mps")
    mps = SimpleNamespace(
        driver_allocated_memory=lambda: 5 * GIB, current_allocated_memory=lambda: 2 * GIB
    )
    accelerated("torch", SimpleNamespace(mps=mps), [])

    assert memory.free_memory() == main_memory + 3 * GIB


def test_a_gpu_of_intel_that_does_not_count_has_main_memory(
    accelerated, monkeypatch, main_memory: int
) -> None:
    monkeypatch.setenv("KERAS_TORCH_DEVICE", "xpu")
    accelerated("torch", SimpleNamespace(xpu=Cards(None)), [])

    assert memory.free_memory() == main_memory + 18 * GIB


def test_a_lost_card_is_no_card_without_an_answer(accelerated, monkeypatch) -> None:
    monkeypatch.setenv("KERAS_TORCH_DEVICE", "cuda")
    accelerated("torch", SimpleNamespace(cuda=Cards(None)), [])

    with pytest.raises(RuntimeError):
        memory.free_memory()


def jax_device(place: int, told: tuple[int, ...] | None, *, pool: int | None) -> SimpleNamespace:
    """Return a device of jax whose allocator tells its limit, what is in use and was at most."""
    names = ("bytes_limit", "bytes_in_use", "peak_bytes_in_use")
    stats = told and {name: count * GIB for name, count in zip(names, told, strict=True)}
    if stats and pool is not None:
        stats["pool_bytes"] = pool * GIB
    return SimpleNamespace(local_hardware_id=place, memory_stats=lambda: stats)


@pytest.mark.parametrize(
    ("told", "cards", "free"),
    [
        ([(24, 4, 4), (16, 10, 10)], [30, 30], 6),
        ([(24, 4, 4), None], [8, 5], 5),  # an allocator that keeps no count: the driver is asked
        ([(24, 4, 9)], [3], 3 + 9 - 4),  # other programs have some of what is below the limit
        ([(24, 4, 9), (24, 4, 4)], [8, 5], 5),
        ([(24, 4, 9)], [], 20),  # the driver does not tell
    ],
)
@pytest.mark.parametrize("has_pool", [False, True])
def test_jax_has_what_the_device_with_the_least_has(
    accelerated, monkeypatch, told, cards, free, *, has_pool: bool
) -> None:
    monkeypatch.setenv("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    devices = [
        jax_device(place, one, pool=one[2] if one and has_pool else None)
        for place, one in enumerate(told)
    ]
    accelerated("jax", SimpleNamespace(devices=lambda: devices), [one * GIB for one in cards])

    assert memory.free_memory() == free * GIB


def test_what_jax_took_at_its_start_is_its_own(accelerated, monkeypatch) -> None:
    monkeypatch.setenv("XLA_PYTHON_CLIENT_PREALLOCATE", "true")
    devices = [jax_device(0, (24, 4, 9), pool=None)]
    accelerated("jax", SimpleNamespace(devices=lambda: devices), [GIB])

    assert memory.free_memory() == 20 * GIB
