"""What to expect of a review: chances, calibration by verdicts, ranges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from histoviewer.domain.review_plan import (
    NoiseRates,
    calibrate,
    smallest_for,
    wrong_odds,
)

RATES = NoiseRates(of_negatives=0.05, of_positives=0.1)
NOTHING = np.zeros(0)
PROBABILITIES = arrays.arrays(np.float32, 20, elements=st.floats(0, 1, width=32))


def test_the_odds_are_those_of_bayes_rule() -> None:
    labels, probability = np.array([1, 0], np.int8), np.array([0.2, 0.7], np.float32)

    odds = wrong_odds(labels, probability, RATES)

    positive = 0.8 * 0.05 / (0.2 * 0.9)  # truly negative and mislabelled, against truly positive
    negative = 0.7 * 0.1 / (0.3 * 0.95)
    assert np.exp(odds) == pytest.approx([positive, negative], rel=1e-5)


@given(PROBABILITIES)
def test_the_less_a_label_fits_the_likelier_it_is_wrong(probability) -> None:
    odds = wrong_odds(np.ones(20, np.int8), probability, RATES)

    order = np.argsort(probability, kind="stable")
    assert (np.diff(odds[order]) <= 1e-9).all()
    assert np.isfinite(odds).all()


def test_without_verdicts_chances_are_the_odds_and_little_is_known() -> None:
    odds = np.linspace(-4, 2, 100)

    found = calibrate(NOTHING, NOTHING.astype(bool))
    expected = found.expected(odds)

    assert found.chances(odds) == pytest.approx(1 / (1 + np.exp(-odds)))
    assert expected.high - expected.low > 0.6 * 100


def test_verdicts_calibrate_what_is_expected() -> None:
    rng = np.random.default_rng(0)
    odds = rng.normal(0, 2, 4000)
    wrong = rng.random(4000) < 1 / (1 + np.exp(-(0.5 * odds - 1.5)))  # fewer than the odds say

    found = calibrate(odds[:1000], wrong[:1000])
    expected = found.expected(odds[1000:])

    assert (found.shift, found.slope) == (pytest.approx(-1.5, abs=0.3), pytest.approx(0.5, abs=0.2))
    assert expected.low < wrong[1000:].sum() < expected.high
    assert expected.high - expected.low < 0.2 * 3000


def test_the_range_holds_the_truth_about_as_often_as_it_says() -> None:
    rng, held = np.random.default_rng(1), 0
    for _ in range(200):
        odds = rng.normal(-1, 2, 600)
        shift, slope = rng.normal(0, 2), rng.normal(1, 0.5)
        wrong = rng.random(600) < 1 / (1 + np.exp(-(shift + slope * odds)))
        expected = calibrate(odds[:60], wrong[:60]).expected(odds[60:])
        held += expected.low <= wrong[60:].sum() <= expected.high

    assert held >= 0.9 * 200


def test_verdicts_that_are_all_right_leave_some_doubt() -> None:
    found = calibrate(np.full(40, 2.0), np.zeros(40, bool))

    assert 0 < found.chances(np.array([2.0]))[0] < 0.1


@given(arrays.arrays(np.float64, st.integers(1, 30), elements=st.floats(0, 1)), st.floats(0, 1))
def test_no_fewer_tiles_hold_the_share(chances, share) -> None:
    descending = np.sort(chances)[::-1]

    size = smallest_for(descending, share)

    assert descending[:size].sum() >= share * descending.sum() * (1 - 1e-9)
    assert size == 1 or descending[: size - 1].sum() < share * descending.sum()
