"""Scores of several models put together."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import rankdata

from histoviewer.domain.blending import blend

SCORES = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 4), st.integers(2, 40)),
    elements=st.sampled_from(np.linspace(0, 1, 9, dtype=np.float32).tolist()),
)


@given(SCORES)
def test_the_mean_is_the_mean_of_the_probabilities(scores) -> None:
    np.testing.assert_allclose(blend(scores, "mean"), scores.mean(axis=0), atol=1e-6)


@given(SCORES)
def test_places_are_mean_ranks_from_0_to_1(scores) -> None:
    places = (rankdata(scores, axis=1) - 1) / (scores.shape[1] - 1)

    np.testing.assert_allclose(blend(scores, "ranks"), places.mean(axis=0), atol=1e-6)


@given(SCORES)
def test_one_model_keeps_its_order_by_ranks(scores) -> None:
    one = scores[:1]

    blended = blend(one, "ranks")

    assert (
        np.sign(np.subtract.outer(blended, blended)) == np.sign(np.subtract.outer(*one[[0, 0]]))
    ).all()
