"""What is cleared at a chosen sensitivity, against direct computation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from histoviewer.domain.operating import OperatingPoints
from histoviewer.errors import InputError
from histoviewer.ml.clearing import _Runs, clearing_curve
from histoviewer.ml.data_requests import ClearingRequest


def request_of(labels, scores, sensitivities=(0.5, 0.9, 1.0), groups=None):
    labels = np.array(labels, np.int8)
    return ClearingRequest(
        model="m",
        labels=labels,
        scores=np.array(scores, np.float32),
        groups=np.full(len(labels), -1, np.int32) if groups is None else np.array(groups, np.int32),
        sensitivities=np.array(sensitivities),
    )


@given(st.data())
def test_a_point_is_that_of_the_threshold_explorer(data) -> None:
    count = data.draw(st.integers(4, 30))
    labels = np.r_[1, 0, data.draw(arrays.arrays(np.int8, count, elements=st.integers(0, 1)))]
    tenths = data.draw(arrays.arrays(np.int8, count + 2, elements=st.integers(0, 10)))
    scores = tenths.astype(np.float32) / 10  # with ties
    wanted = data.draw(st.sampled_from([0.5, 0.8, 0.9, 1.0]))
    runs = _Runs(labels == 1, scores)
    whole = runs.drawn(np.ones((1, len(labels))))

    places = whole.reaching(np.array([wanted]))

    expected = OperatingPoints.of(labels.astype(np.int8), scores).at_sensitivity(wanted)
    assert runs.scores[places[0, 0]] == np.float32(expected.threshold)
    assert whole.cleared(places)[0, 0] == pytest.approx(expected.cleared)
    assert whole.found(places[0])[0, 0] == pytest.approx(expected.sensitivity)


def test_a_weight_counts_as_so_many_tiles() -> None:
    rng = np.random.default_rng(0)
    labels, scores = rng.integers(0, 2, 40), rng.random(40).astype(np.float32)
    weights = rng.integers(0, 3, 40)
    runs, copies = _Runs(labels == 1, scores), np.repeat(np.arange(40), weights)
    repeated = _Runs(labels[copies] == 1, scores[copies])
    asked = np.array([0.7, 0.95])

    drawn = runs.drawn(weights[None] * 1.0)

    copied = repeated.drawn(np.ones((1, len(copies))))
    assert drawn.cleared(drawn.reaching(asked)) == pytest.approx(
        copied.cleared(copied.reaching(asked))
    )


def test_intervals_hold_the_figure_and_more_sensitivity_clears_less() -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 600)
    scores = np.clip(labels * 0.3 + rng.random(600) * 0.7, 0, 1)

    found = clearing_curve(request_of(labels, scores))

    cleared = [point.cleared.value for point in found.points]
    assert cleared == sorted(cleared, reverse=True)
    assert all(point.cleared.low <= point.cleared.value for point in found.points)
    assert all(point.found.low <= point.found.value <= point.found.high for point in found.points)
    assert (found.n, found.resampled) == (600, "tile")


def test_too_few_groups_give_no_interval() -> None:
    labels, scores = np.tile([0, 1], 20), np.linspace(0, 1, 40)

    found = clearing_curve(request_of(labels, scores, groups=np.repeat([0, 1, 2, 3], 10)))

    assert np.isnan(found.points[0].cleared.low)
    assert found.units == 4


def test_one_class_is_refused() -> None:
    with pytest.raises(InputError, match="both classes are needed"):
        clearing_curve(request_of([1, 1], [0.1, 0.2]))
