"""Distinct pairs of whole numbers."""

from typing import Any

import numpy as np
import numpy.typing as npt

from histoviewer.domain.arrays import Int64

_Whole = npt.NDArray[np.integer[Any]]


def distinct_pairs(first: _Whole, second: _Whole) -> tuple[list[tuple[int, int]], Int64]:
    """Return the distinct pairs of two arrays, in order, and which of them stands where.

    NumPy's own way, by rows (`np.unique` with an axis), holds Python's lock while it sorts: a third
    of a second for 277,483 pairs, in which the window answers nobody.

    Args:
        first: (n,) whole numbers of any kind.
        second: (n,) whole numbers between -2^31 and 2^31.

    Returns:
        The k pairs, and (n,) int64 numbers below k.
    """
    codes = first.astype(np.int64) * (1 << 32) + second.astype(np.int64)
    _, places, numbers = np.unique(codes, return_index=True, return_inverse=True)
    pairs = zip(first[places].tolist(), second[places].tolist(), strict=True)
    return list(pairs), numbers.astype(np.int64, copy=False)
