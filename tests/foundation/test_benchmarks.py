"""What the benchmarks say of a machine that lacks what they measure."""

import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import gpu
from benchmarks.rows import NotMeasured


def test_without_a_gpu_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "_ask", lambda _backend: [])

    with pytest.raises(NotMeasured, match="no GPU"):
        gpu.run()


def test_what_was_asked_for_and_cannot_be_measured_has_a_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(gpu, "_ask", lambda _backend: [])
    monkeypatch.setattr(sys, "argv", ["benchmarks", "gpu", "--json", str(tmp_path / "b.json")])

    assert benchmarks.main() == 2
