"""Looking at tiles one by one: reading, hashing, checking, fitting."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Int64, UInt8
from histoviewer.domain.tiles import ProblemFlag
from histoviewer.tiles.decode import Missing, Unreadable
from histoviewer.tiles.fitting import fit
from histoviewer.tiles.measures import brightness_of
from histoviewer.tiles.reading import TileReader
from histoviewer.tiles.records import Findings

PLACEHOLDER_GREY: Final = 128  # what is packed where a tile has no pixels
_SHA1_NAME: Final = re.compile(r"[0-9a-f]{40}")
_LOSSY: Final = (".jpg", ".jpeg", ".JPG", ".JPEG")


def sha1_of_name(tile_id: str, location: str) -> bytes | None:
    """Return the SHA-1 that a tile's name stands for; None where its name is none.

    JPEG is left out: it does not keep the pixels that the name was made from.
    """
    name = tile_id[-40:]
    if not _SHA1_NAME.fullmatch(name) or location.endswith(_LOSSY):
        return None
    return bytes.fromhex(name) if tile_id[-41:-40] in ("", "/") else None


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

    def examine(self, start: int, stop: int, out: UInt8) -> None:
        """Examine the tiles from `start` to before `stop`.

        Args:
            start: First tile.
            stop: Behind the last tile.
            out: (stop - start, size, size, 3) C-contiguous, for the fitted tiles.
        """
        records = self.findings.records[start:stop]
        records["height"] = records["width"] = self.size
        records["flags"] = 0
        digests = []
        flat = out.data.cast("B")
        step = self.size * self.size * 3
        plain = np.ones(stop - start, bool)  # read the fast way, still to be checked
        for row, location in enumerate(self.locations[start:stop]):
            pixels = flat[row * step : (row + 1) * step]
            if self.reader.read_into(location, pixels):
                digests.append(hashlib.sha1(pixels, usedforsecurity=False).digest())
            else:
                plain[row] = False
                digests.append(self._examine_any(start + row, out[row]))
        records["digest"] = np.frombuffer(b"".join(digests), np.uint8).reshape(-1, 20)
        records["brightness"] = brightness_of(out)
        self._check_plain(start, out, digests, np.flatnonzero(plain))

    def _check_plain(self, start: int, out: UInt8, digests: Sequence[bytes], rows: Int64) -> None:
        """Look for faults in the rows of a chunk that were read the fast way."""
        pixels = out.reshape(len(out), -1, 3)
        middle = pixels.shape[1] // 2
        suspects = rows[(pixels[rows, 0] == pixels[rows, middle]).all(axis=1)]
        for row in suspects.tolist():
            if is_constant(out[row]):
                self.findings.records[start + row]["flags"] = ProblemFlag.CONSTANT
        for row in rows.tolist():
            named = sha1_of_name(self.ids[start + row], self.locations[start + row])
            if named is not None and named != digests[row]:
                fault = _fault_of_name(named, out[row])
                self.findings.records[start + row]["flags"] |= fault

    def _examine_any(self, tile: int, out: UInt8) -> bytes:
        """Read, check and fit a tile of any kind; return its digest, zeros where unreadable."""
        record = self.findings.records[tile]
        try:
            rgb = self.reader.read(self.locations[tile])
        except Unreadable as error:
            missing = isinstance(error, Missing)
            record["flags"] = ProblemFlag.MISSING if missing else ProblemFlag.UNREADABLE
            record["height"] = record["width"] = 0
            self.findings.faults[tile] = error.reason
            out[...] = PLACEHOLDER_GREY
            return bytes(20)
        out[...] = fit(rgb, self.size)
        record["height"], record["width"] = rgb.shape[:2]
        digest = hashlib.sha1(rgb.data, usedforsecurity=False).digest()
        named = sha1_of_name(self.ids[tile], self.locations[tile])
        flags = ProblemFlag.CONSTANT if is_constant(rgb) else ProblemFlag.NONE
        if named is not None and named != digest:
            flags |= _fault_of_name(named, rgb)
        record["flags"] = flags
        return digest


def _fault_of_name(named: bytes, rgb: UInt8) -> ProblemFlag:
    """Return what is wrong with pixels that do not have the SHA-1 in their name."""
    swapped = np.ascontiguousarray(rgb[..., ::-1])
    if hashlib.sha1(swapped.data, usedforsecurity=False).digest() == named:
        return ProblemFlag.WRONG_COLOUR_ORDER
    return ProblemFlag.ID_MISMATCH


def is_constant(rgb: UInt8) -> bool:
    """Return whether all pixels are the same, as in an empty (black or white) tile."""
    first = rgb[0, 0]
    # Almost every tile differs between a corner and its centre: only the others are searched.
    if (rgb[len(rgb) // 2, rgb.shape[1] // 2] != first).any():
        return False
    return bool((rgb == first).all())
