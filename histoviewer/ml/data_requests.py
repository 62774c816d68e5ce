"""What the jobs on whole data sets are asked: plain values, no scikit-learn."""

from collections.abc import Mapping
from dataclasses import dataclass

from histoviewer.domain.arrays import Float32, Float64, Int8, Int32, Int64
from histoviewer.domain.recipe_tables import Sampling


@dataclass(frozen=True, kw_only=True, eq=False)
class BaselineRequest:
    """Fit logistic regressions on a few numbers a tile.

    Args:
        features: (N, k) float32 by name; one regression each.
        labels: (N,) int8 effective labels.
        groups: (N,) int32 group numbers, -1 where unknown.
        train: Indexes to learn from.
        validation: Indexes to judge on.
        sampling: Which of the training tiles are learned from.
        seed: Of the sampling.
    """

    features: Mapping[str, Float32]
    labels: Int8
    groups: Int32
    train: Int64
    validation: Int64
    sampling: Sampling
    seed: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class ClearingRequest:
    """Say what is cleared at some sensitivities.

    Args:
        model: Its id.
        labels: (n,) int8, 0 or 1.
        scores: (n,) float32 probabilities.
        groups: (n,) int32 group numbers, -1 where unknown.
        sensitivities: (k,) float64 shares of the positives to be found.
    """

    model: str
    labels: Int8
    scores: Float32
    groups: Int32
    sensitivities: Float64


@dataclass(frozen=True, kw_only=True, eq=False)
class NoiseRequest:
    """Estimate how often labels are wrong.

    Args:
        labels: (n,) int8, 0 or 1; both occur.
        probability: (n,) float32 out-of-sample probability of the positive class.
    """

    labels: Int8
    probability: Float32
