"""Finding near duplicates among packed tiles, as a job."""

from typing import Final

import numpy as np

from histoviewer.domain.arrays import Bool
from histoviewer.domain.hash_search import STEPS, HashPairs, merge_pairs, near_pairs
from histoviewer.errors import JobCancelled
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.jobs.messages import Progress
from histoviewer.tiles.aligning import SAME_TISSUE, best_correlation, reduce_tiles
from histoviewer.tiles.appearance import grey_of
from histoviewer.tiles.store import PackedTiles
from histoviewer.tiles.twin_requests import TwinRequest, Twins

_PAIRS: Final = 512  # a step of progress, and the one at which a cancel is noticed


def find_twins(request: TwinRequest, cancelled: CancelCheck) -> Body[Twins]:
    """Find the near duplicates of every tile. A job.

    Raises:
        InputError: The store is incomplete or damaged.
    """
    by_hash = yield from _by_hash(request, cancelled)
    same_tissue = yield from _same_tissue(request, cancelled)
    return Twins(by_hash=by_hash, same_tissue=same_tissue)


def _by_hash(request: TwinRequest, cancelled: CancelCheck) -> Body[HashPairs]:
    rows = np.flatnonzero(request.eligible)
    found = []
    for step, pairs in enumerate(near_pairs(request.hashes[rows]), start=1):
        if cancelled():
            raise JobCancelled
        found.append(pairs)
        yield Progress(phase="comparing hashes", done=step, total=STEPS, unit="steps")
    pairs = merge_pairs(found)
    return HashPairs(rows[pairs.first], rows[pairs.second], pairs.bits)


def _same_tissue(request: TwinRequest, cancelled: CancelCheck) -> Body[Bool]:
    """Look at the pixels: near in embedding space are also tiles that merely look alike."""
    packed = PackedTiles.open(request.folder)
    same = np.zeros(len(request.first), bool)
    for start in range(0, len(same), _PAIRS):
        if cancelled():
            raise JobCancelled
        yield Progress(phase="comparing pixels", done=start, total=len(same), unit="pairs")
        some = slice(start, start + _PAIRS)
        first, second = (
            reduce_tiles(grey_of(packed.gather(tiles[some])))
            for tiles in (request.first, request.second)
        )
        same[some] = best_correlation(first, second) >= SAME_TISSUE
    return same
