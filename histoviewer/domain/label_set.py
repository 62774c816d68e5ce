"""An exact set of labels, which has a fingerprint and can be held against another one."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from histoviewer.domain.arrays import Bool, Int8, Int64
from histoviewer.domain.labels import UNLABELLED


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelSet:
    """Some tiles with a label each.

    Args:
        tiles: (n,) int64 indexes, ascending.
        labels: (n,) int8, 0 or 1.
    """

    tiles: Int64
    labels: Int8

    def fingerprint(self, ids: Sequence[str]) -> str:
        """Return the SHA-256 of the set: one line a tile, id, tab and label, by id.

        The same tiles with the same labels give the same one, in whatever project they are.
        """
        pairs = zip(self.tiles.tolist(), self.labels.tolist(), strict=True)
        lines = sorted(f"{ids[tile]}\t{label}\n" for tile, label in pairs)
        return sha256("".join(lines).encode()).hexdigest()

    def is_same(self, other: "LabelSet") -> bool:
        """Return whether another set has the same tiles with the same labels."""
        return np.array_equal(self.tiles, other.tiles) and np.array_equal(self.labels, other.labels)

    def differing(self, other: "LabelSet") -> Int64:
        """Return (k,) the tiles that have another label in another set, or are in one alone."""
        last = max(
            (int(found.tiles[-1]) for found in (self, other) if len(found.tiles)), default=-1
        )
        return np.flatnonzero(_of_all(self, last + 1) != _of_all(other, last + 1))

    def among(self, tiles: Int64) -> Bool:
        """Return (m,) which of some tiles are in the set."""
        places = np.searchsorted(self.tiles, tiles)
        return np.asarray(np.append(self.tiles, -1)[places] == tiles)


def _of_all(found: LabelSet, count: int) -> Int8:
    """Return (count,) the labels of the first tiles; -1 beside the set. Quicker than to sort."""
    labels = np.full(count, UNLABELLED, np.int8)
    labels[found.tiles] = found.labels
    return labels
