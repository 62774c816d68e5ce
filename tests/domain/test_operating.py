"""Thresholds as they are shown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.operating import threshold_text


@given(st.floats(0, 1, width=32) | st.floats(0, 1))
def test_a_threshold_as_shown_finds_and_clears_the_same_tiles(threshold: float) -> None:
    shown = float(threshold_text(threshold))

    assert np.float32(shown) == np.float32(threshold)
    assert shown <= threshold


@pytest.mark.parametrize(
    ("threshold", "text"),
    [
        (0.5, "0.5000"),
        (0.7, "0.7000"),
        (float(np.float32(0.7)), "0.69999998"),
        (float(np.float32(0.9999847)), "0.99998468"),
        (1.0, "1.0000"),
    ],
)
def test_a_threshold_has_no_more_digits_than_it_needs(threshold: float, text: str) -> None:
    assert threshold_text(threshold) == text
