"""An index of whitened embeddings that finds the nearest by cosine; the module that knows FAISS.

Few embeddings are compared with all others. Many are put into lists around k-means centroids
(inverted file, IVF: Jégou et al., Product quantization for nearest neighbor search, 2011), of which
a search looks through those nearest to the query; decision 19 has the figures.
"""

import math
from typing import Final

import faiss
import numpy as np

from histoviewer.domain.arrays import Float16, Float32, Int64
from histoviewer.ml.whitening import Whitening

EXACT: Final = 20_000  # up to here comparing all with all takes seconds
_PROBES: Final = 16  # lists a search looks through, of about the square root of N
_POINTS: Final = 64  # embeddings a centroid that k-means looks at; more changes nothing
_ROUNDS: Final = 10


class NearestIndex:
    """Embeddings that can be searched. One thread at a time.

    Args:
        values: (N, D) float16.
        exact: Whether every search compares with all; None to decide by their number.
    """

    def __init__(self, values: Float16, *, exact: bool | None = None) -> None:
        self.units = Whitening.fit(values).unit_vectors(values)
        self._exact = len(values) <= EXACT if exact is None else exact
        self._index = _flat(self.units) if self._exact else _lists(self.units)

    def search(self, rows: Int64, count: int) -> tuple[Int64, Float32]:
        """Return the nearest embeddings of some, without themselves.

        Args:
            rows: (n,) int64 which.
            count: How many of each; no more than there are others.

        Returns:
            (n, count) int64 indexes, nearest first, and (n, count) float32 cosine distances.
        """
        count = min(count, len(self.units) - 1)
        if count < 1 or len(rows) == 0:
            return np.empty((len(rows), 0), np.int64), np.empty((len(rows), 0), np.float32)
        found, cosines = self._find(self.units[rows], count + 1)
        others = found != rows[:, None]
        # Among many of the same embedding, a tile need not find itself: then the last one goes.
        others[others.all(axis=1), -1] = False
        shape = (len(rows), count)
        distances = np.maximum(0, 1 - cosines[others].reshape(shape))
        return found[others].reshape(shape), distances.astype(np.float32)

    def search_outside(self, rows: Int64, count: int, *, asked: int) -> tuple[Int64, Float32]:
        """Return the embeddings nearest to any of some, none of which is among them.

        Args:
            rows: (n,) int64 to which.
            count: How many at most.
            asked: Of more than so many rows some are looked from, evenly spread.

        Returns:
            (m,) int64 indexes, nearest first, and (m,) float32 cosine distances to the nearest of
            `rows`.
        """
        allowed = np.ones(len(self.units), np.bool_)
        allowed[rows] = False
        count = min(count, int(allowed.sum()))
        if count < 1 or len(rows) == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        step = -(-len(rows) // asked)
        found, cosines = self._find(self.units[rows[::step]], count, selector)
        nearest = np.full(len(self.units), -np.inf, np.float32)
        np.maximum.at(nearest, found[found >= 0], cosines[found >= 0])
        best = np.unique(found[found >= 0])
        best = best[np.argsort(-nearest[best], kind="stable")[:count]]
        return best, np.maximum(0, 1 - nearest[best])

    def _find(
        self, queries: Float32, count: int, selector: "faiss.IDSelector | None" = None
    ) -> tuple[Int64, Float32]:
        """Return indexes and cosines; -1 where there are fewer than `count`."""
        if self._exact:
            told = faiss.SearchParameters(sel=selector)
            cosines, found = self._index.search(queries, count, params=told)
            return found, cosines
        told = faiss.SearchParametersIVF(sel=selector, nprobe=self._index.nprobe)
        cosines, found = self._index.search(queries, count, params=told)
        short = (found < 0).any(axis=1)
        if short.any():  # the lists looked through held too few
            told = faiss.SearchParametersIVF(sel=selector, nprobe=self._index.nlist)
            cosines[short], found[short] = self._index.search(queries[short], count, params=told)
        return found, cosines


def _flat(units: Float32) -> faiss.Index:
    index = faiss.IndexFlatIP(units.shape[1])
    index.add(units)
    return index


def _lists(units: Float32) -> faiss.Index:
    lists = max(1, math.isqrt(len(units)))
    quantiser = faiss.IndexFlatIP(units.shape[1])
    index = faiss.IndexIVFFlat(quantiser, units.shape[1], lists, faiss.METRIC_INNER_PRODUCT)
    index.cp.niter = _ROUNDS
    index.cp.max_points_per_centroid = _POINTS
    index.cp.min_points_per_centroid = 1  # says nothing about small sets made for a test
    index.cp.spherical = True
    index.train(units)
    index.add(units)
    index.nprobe = min(_PROBES, lists)
    return index
