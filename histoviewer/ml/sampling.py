"""Which training tiles a run learns from."""

import numpy as np

from histoviewer.domain.arrays import Int8, Int64
from histoviewer.domain.recipe_tables import Sampling


def choose(sampling: Sampling, train: Int64, labels: Int8, *, seed: int) -> Int64:
    """Return the training tiles left after cutting classes to one size and capping the number.

    Args:
        sampling: What to leave out.
        train: Indexes of the training tiles, both classes among them.
        labels: (N,) int8 labels of all tiles.
        seed: The same seed chooses the same tiles.

    Returns:
        Indexes; at least one of each class.
    """
    if sampling.kind != "cut" and len(train) <= (sampling.cap or len(train)):
        return train
    positive = labels[train] == 1
    classes = (train[positive], train[~positive])
    wanted = _sizes(sampling, len(classes[0]), len(classes[1]))
    rng = np.random.default_rng(seed)
    parts = [
        rng.choice(members, count, replace=False)
        for members, count in zip(classes, wanted, strict=True)
    ]
    return np.sort(np.concatenate(parts))


def _sizes(sampling: Sampling, positive: int, negative: int) -> tuple[int, int]:
    """Return how many positive and negative tiles to take."""
    count = positive + negative
    total = min(count, sampling.cap or count)
    if sampling.kind == "cut":
        half = min(positive, negative, max(1, total // 2))
        return half, half
    share = min(max(1, round(total * positive / count)), total - 1)
    return share, total - share
