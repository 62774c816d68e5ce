"""The promotion gate on simulated models of known quality: how often it opens when it must not."""

import numpy as np
import pytest
from scipy import stats

from histoviewer.domain.gate import GateResult
from histoviewer.ml.assessing import compare
from histoviewer.ml.requests import CompareRequest

SIMULATIONS = 100
MOST = 11  # of 5 expected at 5 %; more come about less than once in a hundred times


def scores_of(labels: np.ndarray, noise: np.ndarray, auc: float) -> np.ndarray:
    """Scores with that area under the ROC curve over all tiles there could be (binormal model)."""
    distance = np.sqrt(2) * stats.norm.ppf(auc)
    return stats.norm.cdf(labels * distance + noise).astype(np.float32)


def gate_of(labels, newer, older, groups, *, margin: float) -> GateResult:
    request = CompareRequest(
        first_model="new",
        second_model="old",
        labels=labels,
        first=newer,
        second=older,
        groups=groups.astype(np.int32),
    )
    return GateResult(comparison=compare(request), margin=margin)


def simulated(seed: int, *, loss: float, margin: float, groups: int | None = None) -> bool:
    """Whether a challenger passes that is worse by `loss`, with errors akin to the champion's."""
    rng = np.random.default_rng(seed)
    labels = (rng.random(400) < 0.5).astype(np.int8)
    shared = rng.normal(size=400)
    own = [0.8 * shared + 0.6 * rng.normal(size=400) for _ in range(2)]
    older, newer = scores_of(labels, own[0], 0.9), scores_of(labels, own[1], 0.9 - loss)
    slide = np.full(400, -1) if groups is None else np.arange(400) % groups
    return gate_of(labels, newer, older, slide, margin=margin).passed


@pytest.mark.parametrize(
    ("margin", "groups"), [(0.0, None), (0.02, None), (0.02, 10)], ids=["0", "0.02", "groups"]
)
def test_a_model_worse_by_the_margin_is_promoted_no_more_often_than_the_level_says(
    margin: float, groups: int | None
) -> None:
    passed = [
        simulated(seed, loss=margin, margin=margin, groups=groups) for seed in range(SIMULATIONS)
    ]

    assert sum(passed) <= MOST


def test_a_model_as_good_is_promoted_where_the_margin_leaves_room() -> None:
    passed = [simulated(seed, loss=0.0, margin=0.05) for seed in range(30)]

    assert sum(passed) >= 27


def test_too_few_groups_promote_nothing() -> None:
    rng = np.random.default_rng(0)
    labels = (np.arange(400) % 2).astype(np.int8)
    newer, older = scores_of(labels, rng.normal(size=400), 0.99), rng.random(400, np.float32)

    assert not gate_of(labels, newer, older, np.arange(400) % 4, margin=0.002).passed
