"""Near pairs among hundreds of thousands of hashes: multi-index hashing.

Norouzi, Punjani and Fleet, 'Fast Search in Hamming Space with Multi-Index Hashing', 2012: hashes
that differ in few bits have one of their 16-bit words in common. Two within 15 bits are always
found; so are nearly all within the radius, since changes gather in the words of high frequencies.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from histoviewer.domain.arrays import Int64, UInt8, UInt16, UInt64
from histoviewer.domain.perceptual_hash import BYTES, RADIUS, orientations

_WORDS: Final = BYTES // 2  # of 16 bits: what the tables are keyed by
_LONGS: Final = BYTES // 8  # of 64 bits: what is compared
_KEYS: Final = 1 << 16
STEPS: Final = 8 * _WORDS
"""How many portions `near_pairs` yields."""

_CANDIDATES: Final = 1 << 20  # looked at in one go: some 50 MB


class HashPairs(NamedTuple):
    """Pairs of near hashes, sorted.

    Args:
        first: (P,) int64 row.
        second: (P,) int64 row, larger than `first`.
        bits: (P,) uint8 in how many bits they differ, in the orientation that fits best.
    """

    first: Int64
    second: Int64
    bits: UInt8


def near_pairs(hashes: UInt8, *, radius: int = RADIUS) -> Iterator[HashPairs]:
    """Yield the near pairs in `STEPS` portions; a pair can come in several.

    A generator, so that a job can say how far it is and be cancelled.

    Args:
        hashes: (n, BYTES) uint8 C-contiguous.
        radius: Most bits in which a pair may differ.
    """
    tables = [_Table.of(words) for words in hashes.view(np.uint16).T]
    stored = hashes.view(np.uint64)
    for turned in orientations(hashes):
        words, asked = turned.view(np.uint16).T, turned.view(np.uint64)
        for word, table in enumerate(tables):
            found = [
                _compare(asked, stored, rows, others, start=word // 4 + 1, radius=radius)
                for rows, others in table.candidates(words[word])
            ]
            yield merge_pairs(found)


def merge_pairs(found: list[HashPairs]) -> HashPairs:
    """Return each pair once, with the fewest bits."""
    if not found:
        return HashPairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint8))
    first, second, bits = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((bits, second, first))
    first, second, bits = first[order], second[order], bits[order]
    new = np.ones(len(first), bool)
    new[1:] = (np.diff(first) != 0) | (np.diff(second) != 0)
    return HashPairs(first[new], second[new], bits[new])


class _Table(NamedTuple):
    """The rows by one of their words, so that those of a word lie side by side."""

    rows: Int64
    starts: Int64
    counts: Int64

    @classmethod
    def of(cls, words: UInt16) -> "_Table":
        counts = np.bincount(words, minlength=_KEYS)
        starts = np.cumsum(counts) - counts
        return cls(np.argsort(words, kind="stable"), starts, counts)

    def candidates(self, words: UInt16) -> Iterator[tuple[Int64, Int64]]:
        """Yield rows asked about and rows with the same word, larger than those, in portions."""
        counts = self.counts[words]
        ends = np.cumsum(counts)
        start = 0
        while start < len(words):
            seen = ends[start - 1] if start else 0
            stop = max(start + 1, int(np.searchsorted(ends, seen + _CANDIDATES, side="right")))
            count = counts[start:stop]
            rows = np.repeat(np.arange(start, stop), count)
            within = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
            others = self.rows[np.repeat(self.starts[words[start:stop]], count) + within]
            later = rows < others
            yield rows[later], others[later]
            start = stop


def _compare(
    asked: UInt64, stored: UInt64, rows: Int64, others: Int64, *, start: int, radius: int
) -> HashPairs:
    """Return the candidates within the radius, dropping the others long by long.

    Args:
        asked: (n, 4) the hashes as turned.
        stored: (n, 4) the hashes upright.
        rows: (c,) of `asked`.
        others: (c,) of `stored`.
        start: The long to begin with; it does not hold the word that is known to be the same.
        radius: Most bits.
    """
    bits = np.zeros(len(rows), np.uint16)
    for step in range(_LONGS):
        long = (start + step) % _LONGS
        bits = bits + np.bitwise_count(asked[rows, long] ^ stored[others, long])
        near = bits <= radius
        rows, others, bits = rows[near], others[near], bits[near]
    return HashPairs(rows, others, bits.astype(np.uint8))
