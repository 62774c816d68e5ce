"""How alike two maps order their cells."""

import numpy as np

from histoviewer.domain.arrays import Float32
from histoviewer.domain.blending import places


def rank_correlation(first: Float32, second: Float32) -> float:
    """Return Spearman's rank correlation of two maps, -1 to 1; equal values share their rank.

    A map that is the same everywhere orders nothing: it has nothing in common with any other
    (0), but with one that is the same everywhere, too, it is alike (1).

    Args:
        first: Any shape.
        second: The same shape.
    """
    ranks = [places(map_.ravel()) for map_ in (first, second)]
    deviations = [rank - rank.mean() for rank in ranks]
    sizes = [float(np.sqrt((deviation**2).sum())) for deviation in deviations]
    if not all(sizes):
        return float(sizes[0] == sizes[1])
    return float(deviations[0] @ deviations[1] / (sizes[0] * sizes[1]))
