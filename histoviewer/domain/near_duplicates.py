"""Near duplicates: tiles that show the same tissue, though not with the same pixels.

Another compression, staining, crop by a pixel, flip or turn. On two sides of the split they leak:
the figures of a model on tiles whose twins it was trained on are too good.
"""

from dataclasses import dataclass
from enum import IntFlag
from itertools import combinations
from typing import Final, NamedTuple, Self

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int8, Int64, UInt8
from histoviewer.domain.components import components
from histoviewer.domain.embeddings import Neighbours
from histoviewer.domain.hash_search import HashPairs
from histoviewer.domain.tiles import Split

UNLIKE: Final = 255
"""In the place of a number of bits: the hashes are further apart than near duplicates."""

_NEAREST: Final = 3  # neighbours of a tile that can be its near duplicates
_CLOSE: Final = 0.7  # of the distance to the last neighbour


class Evidence(IntFlag):
    """By what a pair was found."""

    HASH = 1
    EMBEDDING = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Leak:
    """Near duplicates that sit on two sides of the split.

    Args:
        sides: The two sides.
        tiles: (n,) int64 indexes of the tiles concerned, those of a cluster side by side.
        pairs: How many pairs there are.
    """

    sides: tuple[Split, Split]
    tiles: Int64
    pairs: int


@dataclass(frozen=True, kw_only=True, eq=False)
class NearDuplicates:
    """The pairs of near duplicates of a project.

    Args:
        first: (P,) int64 tile index; pairs are sorted by it, then by the second.
        second: (P,) int64 tile index, larger than `first`.
        bits: (P,) uint8 in how many of 255 bits the perceptual hashes differ; `UNLIKE` for pairs
            that embeddings alone tell of.
        distances: (P,) float32 cosine distance of the embeddings; NaN for pairs that embeddings do
            not tell of, or were not asked about.
        model: Id of the model whose embeddings were asked; '' for none.
        fingerprint: Of tiles, and embeddings where asked.
    """

    first: Int64
    second: Int64
    bits: UInt8
    distances: Float32
    model: str
    fingerprint: str

    @classmethod
    def joined(
        cls, by_hash: HashPairs, close: "ClosePairs", *, model: str, fingerprint: str
    ) -> Self:
        """Return the pairs found in either way, each once.

        Args:
            by_hash: Pairs of near hashes, by tile index.
            close: Pairs near in embedding space that show the same tissue.
            model: As above.
            fingerprint: As above.
        """
        ends = np.concatenate(
            [np.stack([by_hash.first, by_hash.second]), np.stack([close.first, close.second])],
            axis=1,
        )
        pairs, place = np.unique(ends, axis=1, return_inverse=True)
        place = place.ravel()
        bits = np.full(pairs.shape[1], UNLIKE, np.uint8)
        bits[place[: len(by_hash.bits)]] = by_hash.bits
        distances = np.full(pairs.shape[1], np.nan, np.float32)
        distances[place[len(by_hash.bits) :]] = close.distances
        return cls(
            first=pairs[0],
            second=pairs[1],
            bits=bits,
            distances=distances,
            model=model,
            fingerprint=fingerprint,
        )

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.first)

    @property
    def evidence(self) -> UInt8:
        """Return (P,) uint8 of `Evidence`."""
        by_hash = np.where(self.bits == UNLIKE, 0, Evidence.HASH)
        by_embedding = np.where(np.isnan(self.distances), 0, Evidence.EMBEDDING)
        return (by_hash | by_embedding).astype(np.uint8)

    def clusters(self, count: int) -> Int64:
        """Return (count,) int64: the number of the cluster of each tile, -1 for tiles alone.

        Args:
            count: Number of tiles of the project.
        """
        numbers = components(count, self.first, self.second)
        members = np.flatnonzero(np.bincount(numbers, minlength=1)[numbers] > 1)
        clusters = np.full(count, -1, np.int64)
        clusters[members] = np.unique(numbers[members], return_inverse=True)[1]
        return clusters

    def apart(self, splits: Int8) -> Bool:
        """Return (P,) bool: pairs whose tiles are on different sides of the split."""
        return np.asarray(splits[self.first] != splits[self.second])

    def leaks(self, splits: Int8) -> list[Leak]:
        """Return what leaks between each two sides, the worst first: into validation.

        Args:
            splits: (N,) int8 of `Split`.
        """
        clusters = self.clusters(len(splits))
        sides = np.stack([splits[self.first], splits[self.second]])
        found = []
        for one, other in combinations((Split.TRAIN, Split.VALIDATION, Split.TEST), 2):
            pairs = (sides.min(axis=0) == one) & (sides.max(axis=0) == other)
            if pairs.any():
                tiles = np.unique(np.concatenate([self.first[pairs], self.second[pairs]]))
                tiles = tiles[np.argsort(clusters[tiles], kind="stable")]
                found.append(Leak(sides=(one, other), tiles=tiles, pairs=int(pairs.sum())))
        return found


class ClosePairs(NamedTuple):
    """Pairs that are near in embedding space, sorted.

    Args:
        first: (C,) int64 tile index.
        second: (C,) int64 tile index, larger than `first`.
        distances: (C,) float32 cosine distances.
    """

    first: Int64
    second: Int64
    distances: Float32

    def only(self, kept: Bool) -> "ClosePairs":
        """Return some of the pairs: (C,) bool."""
        return ClosePairs(self.first[kept], self.second[kept], self.distances[kept])


NO_PAIRS: Final = ClosePairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))


def close_pairs(neighbours: Neighbours) -> ClosePairs:
    """Return the pairs that embeddings hold to be near duplicates; their pixels have the last word.

    Clearly closer to one another than to their other neighbours: a ratio, since how dense the space
    is differs from place to place and from model to model (as in Lowe, 'Distinctive image features
    from scale-invariant keypoints', 2004).

    Args:
        neighbours: Of every tile.
    """
    if neighbours.distances.shape[1] == 0:  # a project of one tile
        return NO_PAIRS
    scale = neighbours.distances[:, -1]
    others = neighbours.indices[:, :_NEAREST].astype(np.int64)
    distances = neighbours.distances[:, :_NEAREST]
    rows, columns = np.nonzero(distances <= _CLOSE * np.minimum(scale[:, None], scale[others]))
    ends = np.sort(np.stack([rows, others[rows, columns]]), axis=0)
    pairs, place = np.unique(ends, axis=1, return_index=True)
    return ClosePairs(pairs[0], pairs[1], distances[rows, columns][place])
