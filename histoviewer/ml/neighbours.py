"""The nearest tiles of every tile, and of a few while a reader waits."""

from collections import OrderedDict
from typing import Final

import numpy as np

from histoviewer.errors import JobCancelled
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.jobs.messages import Progress
from histoviewer.ml.embedding_requests import (
    EmbeddingFile,
    NeighboursRequest,
    NeighboursResult,
    SimilarRequest,
    SimilarResult,
)
from histoviewer.ml.nearest import NearestIndex

_BLOCK: Final = 4096  # tiles between two looks at whether to stop
_KEPT: Final = 2  # indexes; one of 277,483 tiles takes some 300 MB
_ASKED: Final = 256  # tiles of a selection that are searched for; more would make a reader wait

_kept: OrderedDict[EmbeddingFile, NearestIndex] = OrderedDict()


def run_neighbours(request: NeighboursRequest, cancelled: CancelCheck) -> Body[NeighboursResult]:
    """Find the nearest tiles of every tile.

    Raises:
        JobCancelled: Asked to stop.
    """
    values = request.embeddings.read()
    count, width = len(values), max(0, min(request.count, len(values) - 1))
    yield _progress(0, count)
    indices = np.empty((count, width), np.int32)
    distances = np.empty((count, width), np.float32)
    if not width:  # no tile has another one to be near to
        return NeighboursResult(indices=indices, distances=distances)
    index = NearestIndex(values)
    for start in range(0, count, _BLOCK):
        if cancelled():
            raise JobCancelled
        rows = np.arange(start, min(start + _BLOCK, count), dtype=np.int64)
        indices[rows], distances[rows] = index.search(rows, width)
        yield _progress(int(rows[-1]) + 1, count)
    return NeighboursResult(indices=indices, distances=distances)


def find_similar(request: SimilarRequest) -> SimilarResult:
    """Return the tiles nearest to any of some, without those.

    Of a large selection some are taken, evenly spread: the others are hardly ever different.
    """
    index = kept_index(request.embeddings)
    tiles, distances = index.search_outside(request.tiles, request.count, asked=_ASKED)
    return SimilarResult(tiles=tiles, distances=distances)


def kept_index(file: EmbeddingFile) -> NearestIndex:
    """Return an index, made now or kept since it was searched last. One thread at a time."""
    if file not in _kept:
        _kept[file] = NearestIndex(file.read())
        if len(_kept) > _KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(file)
    return _kept[file]


def _progress(done: int, total: int) -> Progress:
    return Progress(phase="finding neighbours", done=done, total=total)
