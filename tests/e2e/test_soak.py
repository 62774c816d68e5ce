"""A random reader at the real window, shortly; `python -m benchmarks soak` goes on for longer."""

from pathlib import Path

import pytest

from benchmarks.soak import growth_mb, soak


@pytest.mark.slow
def test_nothing_breaks_or_gets_lost_while_a_random_reader_works(packed: Path) -> None:
    summary = soak(packed, minutes=20 / 60, seed=4)

    assert summary["errors"] == []
    assert summary["lost"] == 0
    assert summary["batches"] > 20


def test_growth_is_what_most_samples_tell() -> None:
    settled = [100.0, 100.0, 101.0, 102.0, 500.0, 104.0, 105.0]

    assert growth_mb([10.0, 50.0, 80.0, *settled]) == pytest.approx(7.0, abs=1.5)
