"""Thresholds as they are shown and stepped through."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.domain.operating import OperatingPoints, threshold_text


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


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.999, 1.0]), min_size=1, max_size=30))
def test_every_step_leads_on_while_there_is_anywhere_to_go(scores: list[float]) -> None:
    positives = np.sort(np.array(scores, np.float32))
    points = OperatingPoints(positives, np.zeros(1, np.float32))
    down, point = [], points.at_sensitivity(1.0)
    while not down or point.tp < down[-1]:
        down.append(point.tp)
        point = points.stepped(point.threshold, -0.005)
    up = []
    while not up or point.tp > up[-1]:
        up.append(point.tp)
        point = points.stepped(point.threshold, 0.005)

    reachable = sorted({int(np.sum(positives >= score)) for score in positives})
    assert down == reachable[::-1]
    assert up == reachable


def test_a_step_is_as_wide_as_it_is_asked_to_be_where_there_are_tiles_enough() -> None:
    scores = np.linspace(0, 1, 1000, dtype=np.float32)
    points = OperatingPoints(scores, scores)
    start = points.at_sensitivity(0.95)

    assert points.stepped(start.threshold, -0.005).tp == 945
    assert points.stepped(start.threshold, 0.005).tp == 955
    assert points.stepped(2.0, -0.005).tp == 0
