"""In what order the grid shows tiles."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from histoviewer.domain.arrays import Int64, UInt32
from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.triage import Query, SortKey, TriageColumns, matches

_HALF: Final = 16


def arrange(query: Query, columns: TriageColumns) -> Int64:
    """Return the indexes of the tiles to show, in order.

    Ties are broken by index, so the same query over the same columns gives the same order; tiles
    without a value to sort by come last.
    """
    return put_in_order(query, columns, np.flatnonzero(matches(query, columns)))


def put_in_order(query: Query, columns: TriageColumns, shown: Int64) -> Int64:
    """Return tiles, given by ascending index, in the order of the query."""
    key = _sort_key(query, columns)
    return shown if key is None else shown[_stable_argsort(key[shown])]


Key = NDArray[np.generic]


def _sort_key(query: Query, columns: TriageColumns) -> Key | None:
    """Return (N,) values to sort by ascending, NaN last; None for the order of the data set."""
    return _KEYS[query.sort](query, columns)


def _doubt(_query: Query, columns: TriageColumns) -> Key:
    return np.asarray(np.abs(columns.scores - np.float32(columns.threshold)))


def _disagreement(_query: Query, columns: TriageColumns) -> Key:
    effective = columns.effective
    gap = np.abs(columns.scores - effective.astype(np.float32))
    return -np.where(effective == UNLABELLED, np.float32(np.nan), gap)


def _age(_query: Query, columns: TriageColumns) -> Key:
    return np.asarray(np.max(columns.touched_at, initial=0) - columns.touched_at)


def _strangeness(_query: Query, columns: TriageColumns) -> Key | None:
    return None if columns.outlier is None else -columns.outlier


def _chance(query: Query, columns: TriageColumns) -> Key:
    return np.random.default_rng(query.seed).permutation(len(columns))


_KEYS: Final[Mapping[SortKey, Callable[[Query, TriageColumns], Key | None]]] = {
    SortKey.SCORE_DOWN: lambda _query, columns: -columns.scores,
    SortKey.SCORE_UP: lambda _query, columns: columns.scores,
    SortKey.UNCERTAIN: _doubt,
    SortKey.DISAGREEMENT: _disagreement,
    SortKey.LABEL_ISSUE: lambda _query, columns: columns.label_quality,
    SortKey.OUTLIER: _strangeness,
    SortKey.NEWEST: _age,
    SortKey.GROUP: lambda _query, columns: columns.group_names.ranks[columns.groups],
    SortKey.BRIGHTNESS: lambda _query, columns: columns.brightness,
    SortKey.RANDOM: _chance,
    SortKey.DATASET: lambda _query, _columns: None,
}


def _stable_argsort(key: NDArray[np.generic]) -> Int64:
    """Return what `np.argsort(key, kind='stable')` returns, four times as fast.

    A radix sort in two passes of 16 bits, the low half first: numpy sorts 16-bit integers by radix
    where the order of ties matters. (Measured for 277,483 float32: 6 ms in place of 29.)

    Args:
        key: (n,) float32, NaN last; or integers from 0 to below 2**32.
    """
    ranks = _float_ranks(key) if np.issubdtype(key.dtype, np.floating) else key.astype(np.uint32)
    order = np.argsort(ranks.astype(np.uint16), kind="stable")
    high = (ranks >> np.uint32(_HALF)).astype(np.uint16)
    return order[np.argsort(high[order], kind="stable")] if high.any() else order


def _float_ranks(key: NDArray[np.generic]) -> UInt32:
    """Return unsigned numbers that sort as floats do; NaN behind all others."""
    floats = key.astype(np.float32) + np.float32(0)  # which makes -0 a 0
    bits = np.where(np.isnan(floats), np.float32(np.inf), floats).view(np.int32)
    # The bits of positive floats sort as these do, those of negative ones the other way round.
    flipped: UInt32 = (bits ^ ((bits >> 31) | np.int32(-(2**31)))).view(np.uint32)
    return flipped
