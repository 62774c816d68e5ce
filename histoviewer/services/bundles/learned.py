"""Which tiles a model was trained on, by id: the only way to recognise them in another project."""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import BinaryIO, Final

import numpy as np

from histoviewer.domain.arrays import Int8
from histoviewer.domain.labels import UNLABELLED
from histoviewer.services.bundles.manifest import LEARNED, damaged

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


def read_learned(stream: BinaryIO, ids: Sequence[str], *, same_tiles: bool) -> Int8:
    """Return which tiles of a project a model was trained on, (N,) int8 labels, -1 for none.

    Args:
        stream: What `write_learned` wrote.
        ids: Ids of all tiles of the project.
        same_tiles: Whether the model comes from a project with the very same tiles. In another one
            only ids made of pixels name the same tile; '0001.png' is in every folder.

    Raises:
        InputError: The file is damaged.
    """
    try:
        with np.load(stream, allow_pickle=False) as stored:
            digests, labels = stored["digests"], stored["labels"]
    except (OSError, ValueError, KeyError) as error:
        raise damaged(f"its {LEARNED} cannot be read") from error
    if digests.shape != labels.shape or labels.dtype != np.int8:
        raise damaged(f"its {LEARNED} is not one")
    label_of = dict(zip(digests.tolist(), labels.tolist(), strict=True))
    known = [
        label_of.get(_digest(name), UNLABELLED)
        if same_tiles or _OF_PIXELS.fullmatch(name)
        else UNLABELLED
        for name in ids
    ]
    return np.array(known, np.int8)


def _digest(name: str) -> int:
    """Return 64 bits of a name: enough to tell a million tiles apart."""
    return int.from_bytes(sha256(name.encode()).digest()[:8])
