"""Putting the scores of several models together."""

import numpy as np

from histoviewer.domain.arrays import Float32, Float64
from histoviewer.domain.models import Combining


def blend(scores: Float32, how: Combining) -> Float32:
    """Return one score a tile from those of several models.

    Args:
        scores: (M, N) float32, a row a model, without NaN.
        how: 'mean' of the probabilities. 'ranks' is the mean of each tile's places in the orders of
            the models, from 0 to 1: models that are sure of themselves weigh no more than others,
            but the result is no probability any more.

    Returns:
        (N,) float32 in [0, 1].
    """
    rows = scores if how == "mean" else np.stack([places(row) for row in scores])
    return np.asarray(rows.mean(axis=0, dtype=np.float64), np.float32)


def places(scores: Float32) -> Float64:
    """Return the place of each score (N,) from 0 to 1; equal scores share the mean of theirs."""
    _, group, counts = np.unique(scores, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts + 1) / 2
    return np.asarray(middle[group] / max(len(scores) - 1, 1), np.float64)
