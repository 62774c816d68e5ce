"""Folds: parts of the labelled tiles, each judged by what learned from the others alone."""

from typing import Final

import numpy as np

from histoviewer.domain.arrays import Int8, Int32, Int64
from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.domain.splits import merge_clusters
from histoviewer.errors import InputError

FOLDS: Final = 5


def kept_together(groups: Int32, duplicates: Int64 | None) -> Int64:
    """Return (N,) int64: tiles that no fold may part have the same number.

    Args:
        groups: (N,) number of each tile's group, -1 where unknown. One group alone tells nothing:
            tiles are then held together by their duplicates only.
        duplicates: (N,) number of each tile's set of exact duplicates, -1 for those without; None
            where it is not known.
    """
    alone = np.full(len(groups), -1, np.int64)
    several = len(np.unique(groups[groups >= 0])) > 1
    known = groups.astype(np.int64) if several else alone
    return merge_clusters(known, alone if duplicates is None else duplicates)


def assign_folds(labels: Int8, clusters: Int64, *, folds: int = FOLDS, seed: int = 0) -> Int8:
    """Return (n,) int8: the fold of each tile, 0 to `folds` - 1.

    Whole clusters go to the fold that has the fewest tiles so far, the large ones first and those
    with the like share of positives after each other, so that folds have alike sizes and shares.

    Args:
        labels: (n,) int8 0 or 1.
        clusters: (n,) tiles that must stay together have the same number.
        folds: How many; no more than there are clusters.
        seed: The same seed gives the same folds.
    """
    _, cluster, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    positive = np.bincount(cluster, weights=labels == POSITIVE, minlength=len(sizes)) / sizes
    chance = np.random.default_rng(seed).random(len(sizes))
    order = np.lexsort((chance, positive, -sizes))
    fold_of = np.empty(len(sizes), np.int8)
    filled = np.zeros(folds, np.int64)
    # As many clusters as folds at a time: the largest of them goes where there is the least.
    for start in range(0, len(order), folds):
        some = order[start : start + folds]
        places = np.argsort(filled, kind="stable")[: len(some)]
        fold_of[some] = places
        filled[places] += sizes[some]
    return fold_of[cluster]


def check_labels(labels: Int8, *, folds: int = FOLDS) -> None:
    """Refuse labels of which no out-of-sample probabilities can be had.

    Args:
        labels: (n,) int8 0 or 1.
        folds: How many heads are to judge.

    Raises:
        InputError: One class only, or fewer labels of a class than folds.
    """
    counts = [int(np.count_nonzero(labels == label)) for label in (NEGATIVE, POSITIVE)]
    if not all(counts):
        raise InputError(
            "The labels are of one class only, so nothing can be learned from them.",
            "Give some tiles the other label first.",
        )
    if min(counts) < folds:
        raise InputError(
            f"There are {counts[0]} negative and {counts[1]} positive labels, too few for "
            f"{folds} folds.",
            f"Label at least {folds} tiles of each class.",
        )
