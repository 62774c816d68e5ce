"""Exact duplicates: tiles with the same pixels."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Bool, Int8, Int64
from histoviewer.domain.tiles import UNUSABLE, Problem, ProblemFlag, ProblemKind, Split
from histoviewer.tiles.records import Records

_WITHOUT_PIXELS: Final = np.uint16(
    UNUSABLE & ~(ProblemFlag.ID_MISMATCH | ProblemFlag.WRONG_COLOUR_ORDER)
)


def comparable(records: Records) -> Bool:
    """Return (N,) bool: tiles that can be duplicates; the pixels of the others say nothing."""
    return np.asarray((records["flags"] & _WITHOUT_PIXELS) == 0)


def cluster(records: Records, eligible: Bool) -> Int64:
    """Number the sets of tiles whose pixels and shape are the same.

    Args:
        records: What was found of each tile.
        eligible: (N,) tiles that count. Plain white tiles must not: they are no copies of each
            other, and as a cluster they would tie all slides together when these are split.

    Returns:
        (N,) int64 cluster numbers from 0 by first member; -1 for tiles without a twin.
    """
    clusters = np.full(len(records), -1, np.int64)
    members = np.flatnonzero(eligible)
    if len(members) == 0:
        return clusters
    identity = np.dtype((np.void, 28))
    keys = np.empty((len(members), 28), np.uint8)
    keys[:, :20] = records["digest"][members]
    keys[:, 20:] = np.ascontiguousarray(
        np.stack([records["height"], records["width"]], axis=1)[members]
    ).view(np.uint8)
    _, first, inverse, counts = np.unique(
        keys.view(identity).ravel(), return_index=True, return_inverse=True, return_counts=True
    )
    shared = np.flatnonzero(counts > 1)
    numbers = np.full(len(counts), -1, np.int64)
    numbers[shared[np.argsort(first[shared])]] = np.arange(len(shared))
    clusters[members] = numbers[inverse]
    return clusters


def across_splits(clusters: Int64, splits: Int8, ids: Sequence[str]) -> list[Problem]:
    """Return a problem for each tile that has an exact twin on another side of the split.

    Args:
        clusters: (N,) as `cluster` returns.
        splits: (N,) int8 of `Split`.
        ids: Of the tiles, in index order.
    """
    members = np.flatnonzero(clusters >= 0)
    members = members[np.argsort(clusters[members], kind="stable")]
    problems = []
    for tiles in np.split(members, np.flatnonzero(np.diff(clusters[members])) + 1):
        sides = splits[tiles]
        for tile in tiles.tolist():
            others = tiles[sides != splits[tile]]
            if len(others):
                twin = int(others[0])
                detail = f"same pixels as {ids[twin]} ({Split(int(splits[twin])).word})"
                problems.append(Problem(ProblemKind.DUPLICATE_ACROSS_SPLITS, ids[tile], detail))
    return problems
