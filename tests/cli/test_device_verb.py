"""What the command line says of the machine."""

import importlib.util

import pytest

from histoviewer.cli.output import LinePrinter
from histoviewer.jobs.messages import CurvePoint, GpuLoad, Load, Progress
from histoviewer.ml.requests import BACKENDS
from tests.cli.documents import documented_keys


def test_devices_prints_the_documented_json(run) -> None:
    found = run("devices", "--json").json

    assert set(found) == documented_keys("devices")
    assert found["processor"]["memory"] > 0


def test_a_backend_that_is_not_installed_is_one_sentence(run) -> None:
    missing = [name for name in BACKENDS if importlib.util.find_spec(name) is None]
    if not missing:
        pytest.skip("every backend is installed")
    outcome = run("devices", "--backend", missing[0])

    assert outcome.code == 2
    assert f"'{missing[0]}' is not installed" in outcome.err


def test_an_epoch_is_printed_with_how_busy_the_machine_is() -> None:
    lines: list[str] = []
    printer = LinePrinter(lines.append)
    gpu = GpuLoad(busy=0.87, memory=3 << 30, memory_total=8 << 30)

    printer(CurvePoint(1, {"loss": 0.5}))
    printer(Load(processor=0.94, memory=1 << 30, memory_total=16 << 30, gpus=(gpu,)))
    printer(Progress(phase="training", done=1))
    printer(CurvePoint(2, {"loss": 0.25}))

    assert lines == [
        "epoch 1: loss 0.5",
        "epoch 2: loss 0.25  CPU 94%  1.0 GiB  GPU 87%, 3.0 of 8.0 GiB",
    ]
