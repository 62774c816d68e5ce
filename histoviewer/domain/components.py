"""Connected components: what hangs together, directly or through others."""

import numpy as np

from histoviewer.domain.arrays import Int64


def components(count: int, first: Int64, second: Int64) -> Int64:
    """Number the connected components of a graph.

    Each point takes the least number among its component, by hooking and pointer jumping (Shiloach
    & Vishkin, 'An O(log n) parallel connectivity algorithm', 1982): a few rounds of whole-array
    steps, where a union-find takes a second of Python for 277,483 points.

    Args:
        count: Number of points.
        first: (E,) one end of each edge.
        second: (E,) the other end.

    Returns:
        (count,) int64 numbers from 0, in the order of the first point of each component.
    """
    root = np.arange(count, dtype=np.int64)
    while True:
        ends = root[first], root[second]
        if np.array_equal(*ends):
            break
        low = np.minimum(*ends)
        for end in ends:
            np.minimum.at(root, end, low)
        _jump(root)
    return np.unique(root, return_inverse=True)[1].astype(np.int64)


def _jump(root: Int64) -> None:
    """Let every point point to the root of its tree (in place)."""
    while True:
        above = root[root]
        if np.array_equal(above, root):
            return
        root[:] = above
