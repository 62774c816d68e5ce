"""Which tiles a model was trained on, by id: the only way to recognise them in another project."""

import io
import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.lib import format as npy

from histoviewer.domain.arrays import Int8
from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED
from histoviewer.services.bundles.manifest import LARGEST, LEARNED, damaged
from histoviewer.zips import DamagedZipError, ForeignZip

# An id that is the SHA-1 of its tile's pixels names the same tile in every data set.
_OF_PIXELS: Final = re.compile("[0-9a-f]{40}")


def write_learned(stream: BinaryIO, ids: Sequence[str], learned: Int8) -> None:
    """Write the tiles that were learned from: a digest of each id, and its label.

    Args:
        stream: Where to.
        ids: Ids of all tiles of the project.
        learned: (N,) int8 labels, -1 for tiles that were not learned from.
    """
    rows = np.flatnonzero(learned != UNLABELLED)
    digests = np.array([_digest(ids[row]) for row in rows.tolist()], np.uint64)
    np.savez_compressed(stream, digests=digests, labels=learned[rows])


def read_learned(path: Path, ids: Sequence[str], *, same_tiles: bool) -> Int8:
    """Return which tiles of a project a model was trained on, (N,) int8 labels, -1 for none.

    Args:
        path: What `write_learned` wrote.
        ids: Ids of all tiles of the project.
        same_tiles: Whether the model comes from a project with the very same tiles. In another one
            only ids made of pixels name the same tile; '0001.png' is in every folder.

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
    asked = [row for row, name in enumerate(ids) if same_tiles or _OF_PIXELS.fullmatch(name)]
    wanted = np.array([_digest(ids[row]) for row in asked], np.uint64)
    _, found, places = np.intersect1d(wanted, digests, return_indices=True)
    known = np.full(len(ids), UNLABELLED, np.int8)
    known[np.array(asked, np.int64)[found]] = labels[places]
    return known


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


def _digest(name: str) -> int:
    """Return 64 bits of a name: enough to tell a million tiles apart."""
    return int.from_bytes(sha256(name.encode()).digest()[:8])
