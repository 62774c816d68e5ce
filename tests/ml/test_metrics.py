"""Figures against their definitions."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from histoviewer.errors import InputError
from histoviewer.ml import work
from histoviewer.ml.metrics import evaluate_scores
from histoviewer.ml.requests import EvaluateRequest
from tests.ml.helpers import finish

LABELS = hnp.arrays(np.int8, 30, elements=st.integers(0, 1))
SCORES = hnp.arrays(np.float32, 30, elements=st.floats(0, 1, width=32))


def area_by_pairs(labels: np.ndarray, scores: np.ndarray) -> float:
    """Return the share of pairs ranked right, ties counting half (Mann & Whitney 1947)."""
    above = scores[labels == 1][:, None] - scores[labels == 0][None, :]
    return float(((above > 0) + 0.5 * (above == 0)).mean())


@given(labels=LABELS, scores=SCORES)
def test_the_area_is_the_share_of_pairs_ranked_right(
    labels: np.ndarray, scores: np.ndarray
) -> None:
    assume(0 < labels.sum() < 30)
    assert evaluate_scores(labels, scores).auc == pytest.approx(area_by_pairs(labels, scores))


@given(labels=LABELS, scores=SCORES, threshold=st.floats(0, 1))
def test_accuracy_is_made_of_sensitivity_and_specificity(
    labels: np.ndarray, scores: np.ndarray, threshold: float
) -> None:
    assume(0 < labels.sum() < 30)
    found = evaluate_scores(labels, scores, threshold=threshold)
    share = labels.mean()
    mixed = share * found.sensitivity + (1 - share) * found.specificity
    assert found.accuracy == pytest.approx(mixed)
    assert found.hard_auc == pytest.approx((found.sensitivity + found.specificity) / 2)


def test_a_known_case() -> None:
    labels = np.array([1, 1, 0, 0], np.int8)
    scores = np.array([0.9, 0.4, 0.6, 0.1], np.float32)
    result, _ = finish(work.evaluate(EvaluateRequest(labels=labels, scores=scores), lambda: False))
    assert (result.n, result.auc, result.accuracy) == (4, 0.75, 0.5)
    assert (result.sensitivity, result.specificity) == (0.5, 0.5)
    assert result.log_loss == pytest.approx(-np.log([0.9, 0.4, 0.4, 0.9]).mean(), rel=1e-5)


def test_certain_and_wrong_scores_give_a_finite_loss() -> None:
    labels = np.array([1, 0], np.int8)
    assert np.isfinite(evaluate_scores(labels, np.array([0, 1], np.float32)).log_loss)


@pytest.mark.parametrize(
    ("labels", "scores", "sentence"),
    [
        ([], [], "no labelled validation tiles"),
        ([1, 1], [0.1, 0.2], "All 2 validation tiles are positive"),
        ([0, -1], [0.1, 0.2], "no label"),
        ([0, 1], [0.1, np.nan], "not numbers"),
    ],
)
def test_what_cannot_be_evaluated_is_one_sentence(
    labels: list[int], scores: list[float], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        evaluate_scores(np.array(labels, np.int8), np.array(scores, np.float32))
