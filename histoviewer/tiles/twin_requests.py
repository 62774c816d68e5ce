"""What the job that finds near duplicates is asked and answers."""

from dataclasses import dataclass
from pathlib import Path

from histoviewer.domain.arrays import Bool, Int64, UInt8
from histoviewer.domain.hash_search import HashPairs


@dataclass(frozen=True, kw_only=True, eq=False)
class TwinRequest:
    """Where to look for near duplicates.

    Args:
        folder: Of a packed store.
        hashes: (N, 32) uint8 perceptual hashes of all its tiles.
        eligible: (N,) bool: tiles that can be near duplicates of another.
        first: (C,) int64 one tile of each pair that embeddings hold to be near duplicates.
        second: (C,) int64 the other one.
    """

    folder: Path
    hashes: UInt8
    eligible: Bool
    first: Int64
    second: Int64


@dataclass(frozen=True, kw_only=True, eq=False)
class Twins:
    """What was found.

    Args:
        by_hash: Pairs of tiles whose hashes are near.
        same_tissue: (C,) bool: which of the pairs asked about show the same tissue.
    """

    by_hash: HashPairs
    same_tissue: Bool
