"""Which tiles a model was trained on, by id: the only way to recognise them in another project."""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.lib import format as npy

from histoviewer.domain.arrays import Bool, Int8, Int64, UInt64
from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED
from histoviewer.services.bundles.manifest import LARGEST, LEARNED, damaged
from histoviewer.zips import DamagedZipError, ForeignZip

# An id that is the SHA-1 of its tile's pixels names the same tile in every data set.
_OF_PIXELS: Final = re.compile("[0-9a-f]{40}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Taught:
    """Tiles that a model was trained on, of whichever project.

    Args:
        digests: (n,) uint64, one of the id of each tile.
        labels: (n,) int8, what was learned of it.
    """

    digests: UInt64
    labels: Int8

    @classmethod
    def of(cls, ids: Sequence[str], learned: Int8) -> "Taught":
        """Return what was learned of the tiles of a project.

        Args:
            ids: Ids of all tiles of the project.
            learned: (N,) int8 labels, -1 for tiles that were not learned from.
        """
        rows = np.flatnonzero(learned != UNLABELLED)
        return cls(digests=_digests(ids[row] for row in rows.tolist()), labels=learned[rows])

    @classmethod
    def read(cls, path: Path) -> "Taught":
        """Return what `write` wrote.

        Raises:
            InputError: The file is damaged.
            OSError: It cannot be read.
        """
        try:
            with ForeignZip(path) as stored:
                digests = _array(stored.read("digests.npy", most=LARGEST), np.dtype("<u8"))
                labels = _array(stored.read("labels.npy", most=LARGEST), np.dtype(np.int8))
        except DamagedZipError as error:
            raise damaged(f"its {LEARNED} cannot be read") from error
        if len(digests) != len(labels) or not np.isin(labels, (NEGATIVE, POSITIVE)).all():
            raise damaged(f"its {LEARNED} is not one")
        return cls(digests=digests, labels=labels)

    def write(self, stream: BinaryIO) -> None:
        """Write it for another machine."""
        np.savez_compressed(stream, digests=self.digests, labels=self.labels)

    def among(self, ids: Sequence[str], *, same_tiles: bool) -> Int8:
        """Return which tiles of a project they are, (N,) int8 labels, -1 for none.

        Args:
            ids: Ids of all tiles of the project.
            same_tiles: Whether they were of a project with the very same tiles. In another one
                only ids made of pixels name the same tile; '0001.png' is in every folder.
        """
        asked = [row for row, name in enumerate(ids) if same_tiles or _OF_PIXELS.fullmatch(name)]
        wanted = _digests(ids[row] for row in asked)
        _, found, places = np.intersect1d(wanted, self.digests, return_indices=True)
        known = np.full(len(ids), UNLABELLED, np.int8)
        known[np.array(asked, np.int64)[found]] = self.labels[places]
        return known

    def elsewhere(self, ids: Sequence[str]) -> "Taught":
        """Return those that may be told from the tiles of a project, which knows its own.

        Left out is what has the name of a tile there: of names that are not made of pixels nobody
        could say any more whose tile was meant.
        """
        names = _digests(name for name in ids if not _OF_PIXELS.fullmatch(name))
        return self._only(~np.isin(self.digests, names))

    def joined(self, other: "Taught") -> "Taught":
        """Return both; of a tile that is in both, the label of this one."""
        digests = np.concatenate([self.digests, other.digests])
        first = np.unique(digests, return_index=True)[1]
        both = Taught(digests=digests, labels=np.concatenate([self.labels, other.labels]))
        return both._only(first)

    def _only(self, which: Bool | Int64) -> "Taught":
        return Taught(digests=self.digests[which], labels=self.labels[which])


def _array(content: bytes, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Return the one-dimensional array in the content of an .npy file, without a copy.

    `numpy.load` would first make room for as many values as the header claims.

    Raises:
        InputError: It is no such array of this type.
    """
    stream = io.BytesIO(content)
    try:
        version = npy.read_magic(stream)
        shape, _, stored = npy.read_array_header_1_0(stream)
    except Exception as error:  # the header is Python source: whatever its parser raises
        raise damaged(f"its {LEARNED} cannot be read") from error
    values = memoryview(content)[stream.tell() :]
    is_sound = version == (1, 0) and stored == dtype and len(shape) == 1
    if not is_sound or shape[0] * dtype.itemsize != len(values):
        raise damaged(f"its {LEARNED} is not one")
    return np.frombuffer(values, dtype)


def _digests(names: Iterable[str]) -> UInt64:
    return np.array([_digest(name) for name in names], np.uint64)


def _digest(name: str) -> int:
    """Return 64 bits of a name: enough to tell a million tiles apart."""
    return int.from_bytes(sha256(name.encode()).digest()[:8])
