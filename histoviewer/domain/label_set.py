"""An exact set of labels, which has a fingerprint and can be held against another one."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from histoviewer.domain.arrays import Int8, Int64
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

    def differing(self, other: "LabelSet") -> Int64:
        """Return (k,) the tiles that have another label in another set, or are in one alone."""
        tiles = np.union1d(self.tiles, other.tiles)
        return np.asarray(tiles[_among(tiles, self) != _among(tiles, other)])


def _among(tiles: Int64, found: LabelSet) -> Int8:
    """Return (m,) the labels of ascending tiles that hold all of a set; -1 beside it."""
    labels = np.full(len(tiles), UNLABELLED, np.int8)
    labels[np.searchsorted(tiles, found.tiles)] = found.labels
    return labels
