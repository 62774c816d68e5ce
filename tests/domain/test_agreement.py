"""Cohen's kappa and its kin."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.agreement import compare

labels = st.lists(st.tuples(st.integers(-1, 1), st.integers(-1, 1)), max_size=40)


def rated(table: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Labels of two raters with the given counts."""
    counts = np.array(table).ravel()
    return (
        np.repeat(np.array([0, 0, 1, 1], np.int8), counts),
        np.repeat(np.array([0, 1, 0, 1], np.int8), counts),
    )


def kappa_of(shares: np.ndarray) -> float:
    expected = shares.sum(axis=1) @ shares.sum(axis=0)
    return (np.trace(shares) - expected) / (1 - expected)


def delta_method_error(table: list[list[int]]) -> float:
    """The large-sample standard error of kappa from its slope along each cell, by differences."""
    counts = np.array(table, float)
    shares, n, step = counts / counts.sum(), counts.sum(), 1e-6
    slope = np.zeros((2, 2))
    for cell in np.ndindex(2, 2):
        moved = np.zeros((2, 2))
        moved[cell] = step
        slope[cell] = (kappa_of(shares + moved) - kappa_of(shares - moved)) / (2 * step)
    return math.sqrt(((shares * slope**2).sum() - (shares * slope).sum() ** 2) / n)


@pytest.mark.parametrize(
    ("table", "kappa"),
    [([[20, 5], [10, 15]], 0.4), ([[45, 15], [25, 15]], 0.1304), ([[25, 35], [5, 35]], 0.2593)],
)
def test_kappa_and_its_interval_are_right_for_known_tables(table, kappa) -> None:
    found = compare(*rated(table))
    spread = 1.959964 * delta_method_error(table)

    assert found.kappa == pytest.approx(kappa, abs=1e-4)
    assert (found.low, found.high) == pytest.approx((found.kappa - spread, found.kappa + spread))
    assert found.table.tolist() == table


@given(labels)
def test_kappa_is_agreement_beyond_chance_of_the_tiles_that_both_labelled(pairs) -> None:
    a, b = np.array(pairs, np.int8).reshape(-1, 2).T
    found = compare(a, b)

    assert found.n == sum(min(pair) >= 0 for pair in pairs)
    assert found.agreed == sum(one == other >= 0 for one, other in pairs)
    if found.kappa is not None:
        assert found.kappa == pytest.approx(kappa_of(found.table / found.n))
        assert -1 <= found.low <= found.kappa <= found.high <= 1


def test_the_interval_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    shares = np.array([[0.5, 0.1], [0.1, 0.3]])
    truth = (0.8 - 0.52) / (1 - 0.52)
    found = [compare(*rated(rng.multinomial(300, shares.ravel()).tolist())) for _ in range(400)]

    assert np.mean([one.low <= truth <= one.high for one in found]) == pytest.approx(0.95, abs=0.03)


def test_the_adjusted_kappa_does_not_fall_with_rare_positives() -> None:
    found = compare(*rated([[97, 1], [1, 1]]))

    assert found.kappa == pytest.approx(0.4898, abs=1e-4)
    assert found.pabak == pytest.approx(0.96)


@pytest.mark.parametrize("table", [[[9, 0], [0, 0]], [[0, 0], [0, 3]]])
def test_kappa_is_not_defined_where_both_used_one_label(table) -> None:
    found = compare(*rated(table))

    assert (found.kappa, found.low, found.high, found.pabak) == (None, None, None, 1.0)


def test_nothing_in_common_gives_no_figure() -> None:
    found = compare(np.array([1, -1], np.int8), np.array([-1, 0], np.int8))

    assert (found.n, found.share, found.kappa, found.pabak) == (0, None, None, None)


def test_full_agreement_on_both_classes_is_one_without_spread() -> None:
    found = compare(*rated([[4, 0], [0, 6]]))

    assert (found.kappa, found.low, found.high) == pytest.approx((1, 1, 1))
    assert math.isclose(found.share, 1)
