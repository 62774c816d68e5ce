"""Looking at tiles one by one: reading, hashing, checking, fitting."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from histoviewer.domain.arrays import UInt8
from histoviewer.domain.tiles import ProblemFlag
from histoviewer.tiles.decode import Missing, Unreadable
from histoviewer.tiles.fitting import fit
from histoviewer.tiles.originals import PLACEHOLDER_GREY
from histoviewer.tiles.reading import TileReader
from histoviewer.tiles.records import Findings

_SHA1_NAME: Final = re.compile(r"[0-9a-f]{40}")


def sha1_of_name(tile_id: str, location: str) -> bytes | None:
    """Return the SHA-1 that a tile's name stands for; None where its name is none.

    JPEG is left out: it does not keep the pixels that the name was made from.
    """
    name = tile_id.rpartition("/")[2]
    if not _SHA1_NAME.fullmatch(name) or location.lower().endswith((".jpg", ".jpeg")):
        return None
    return bytes.fromhex(name)


@dataclass(frozen=True, kw_only=True)
class Examiner:
    """Examines tiles and fits them to size. One for each thread, as its reader.

    Args:
        reader: Reads the originals.
        locations: Of all tiles.
        ids: Of all tiles.
        size: Tile size of the project, pixels.
        findings: Where results go; threads write to different rows.
    """

    reader: TileReader
    locations: Sequence[str]
    ids: Sequence[str]
    size: int
    findings: Findings

    def examine(self, start: int, stop: int, out: UInt8 | None) -> None:
        """Examine the tiles from `start` to before `stop`.

        Args:
            start: First tile.
            stop: Behind the last tile.
            out: (stop - start, size, size, 3) for the fitted tiles; None where only the findings
                are wanted.
        """
        digests = []
        records = self.findings.records[start:stop]
        for row, tile in enumerate(range(start, stop)):
            try:
                rgb = self.reader.read(self.locations[tile])
            except Unreadable as error:
                self._note_fault(tile, error)
                digests.append(bytes(20))
                if out is not None:
                    out[row] = PLACEHOLDER_GREY
                continue
            digest = hashlib.sha1(rgb, usedforsecurity=False).digest()
            digests.append(digest)
            records[row]["height"], records[row]["width"] = rgb.shape[:2]
            records[row]["flags"] = self._faults_of(tile, rgb, digest)
            if out is not None:
                out[row] = fit(rgb, self.size)
        records["digest"] = np.frombuffer(b"".join(digests), np.uint8).reshape(-1, 20)

    def _note_fault(self, tile: int, error: Unreadable) -> None:
        missing = isinstance(error, Missing)
        flag = ProblemFlag.MISSING if missing else ProblemFlag.UNREADABLE
        self.findings.records[tile]["flags"] = flag
        self.findings.faults[tile] = error.reason

    def _faults_of(self, tile: int, rgb: UInt8, digest: bytes) -> ProblemFlag:
        flags = ProblemFlag.CONSTANT if is_constant(rgb) else ProblemFlag.NONE
        named = sha1_of_name(self.ids[tile], self.locations[tile])
        if named is None or named == digest:
            return flags
        swapped = np.ascontiguousarray(rgb[..., ::-1])
        if hashlib.sha1(swapped, usedforsecurity=False).digest() == named:
            return flags | ProblemFlag.WRONG_COLOUR_ORDER
        return flags | ProblemFlag.ID_MISMATCH


def is_constant(rgb: UInt8) -> bool:
    """Return whether all pixels are the same, as in an empty (black or white) tile."""
    first = rgb[0, 0]
    # Almost every tile differs between a corner and its centre; only the others are looked at whole.
    if (rgb[len(rgb) // 2, rgb.shape[1] // 2] != first).any():
        return False
    return bool((rgb == first).all())
