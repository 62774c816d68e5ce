"""What is measured of each packed tile, for sorting and for finding its duplicates.

`measures.npz` lies beside `tiles.u8` and carries its fingerprint: measures of other tiles, or none
at all as beside a store of an earlier version, are simply measured again (see `measuring`).
"""

import io
import logging
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from histoviewer.domain.arrays import Float32, Int64, UInt8
from histoviewer.tiles.store import PackedTiles, stage

MEASURES_NAME: Final = "measures.npz"
_WHITE: Final = 255.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, eq=False)
class Measures:
    """What is measured of each tile.

    Args:
        brightness: (N,) float32 mean over all pixels and channels of the packed tile, 0-1.
        clusters: (N,) int64 number of the set of exact duplicates, -1 for tiles without a twin.
    """

    brightness: Float32
    clusters: Int64

    def twins(self, tile: int) -> Int64:
        """Return the other tiles with the same pixels as a tile, by index."""
        number = self.clusters[tile]
        if number < 0:
            return np.zeros(0, np.int64)
        members: Int64 = np.flatnonzero(self.clusters == number)
        return np.asarray(members[members != tile])


def brightness_of(tiles: UInt8) -> Float32:
    """Return (n,) float32: the mean of each tile, 0-1.

    Args:
        tiles: (n, H, W, 3) uint8 C-contiguous.
    """
    if len(tiles) == 0:
        return np.zeros(0, np.float32)
    rows = tiles.reshape(len(tiles), -1)
    means = cv2.reduce(rows, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)  # 8 times as fast as numpy
    return np.asarray(means[:, 0] / np.float32(_WHITE))


def stage_measures(folder: Path, measures: Measures, fingerprint: str) -> Path:
    """Write measures under a temporary name beside `measures.npz`; renaming makes them whole.

    Args:
        folder: Of the packed store.
        measures: Of all its tiles.
        fingerprint: Of the store.

    Raises:
        OSError: The disk does not take it.
    """
    content = io.BytesIO()
    np.savez(
        content,
        brightness=measures.brightness,
        clusters=measures.clusters,
        fingerprint=np.array(fingerprint),
    )
    return stage(folder / MEASURES_NAME, content.getvalue())


def read_measures(folder: Path, packed: PackedTiles) -> Measures | None:
    """Return the measures of a packed store; None where they must be made first.

    Args:
        folder: Of the store.
        packed: The store.
    """
    try:
        # Given a path, numpy leaves the file open where its content is damaged.
        with (folder / MEASURES_NAME).open("rb") as file, np.load(file) as stored:
            if str(stored["fingerprint"]) != packed.fingerprint:
                return None
            brightness = stored["brightness"].astype(np.float32)
            clusters = stored["clusters"].astype(np.int64)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        log.info("the measures of the tiles cannot be used: %s", error)
        return None
    count = packed.shape[0]
    if brightness.shape != (count,) or clusters.shape != (count,):
        return None
    return Measures(brightness=brightness, clusters=clusters)
