"""What the jobs on whole data sets are asked: plain values, no scikit-learn."""

from collections.abc import Mapping
from dataclasses import dataclass

from histoviewer.domain.arrays import Float32, Int8, Int32, Int64
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
