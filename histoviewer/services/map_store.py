"""Maps on the disk, so that a tile seen again is explained at once, and never by an old map.

One file for each way of working maps out, 'models/<id>/explanations/<digest>.maps', and beside it
a '.json' that says what it holds. A file is a ring of records: when it is full, the oldest goes.
A record carries the digest of the tile's pixels and a checksum of its own, so that neither another
tile's map nor half a record is ever shown.
"""

import json
import logging
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any, Final

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int64, UInt8, UInt64
from histoviewer.files import whole_file

log = logging.getLogger(__name__)

FILE_BYTES: Final = 32 * 2**20  # some 50,000 maps of Grad-CAM, 900 of saliency
FILES: Final = 8  # ways of working maps out that a model's maps are kept of
_VERSION: Final = 2  # of the format and of the methods

_Records = np.ndarray[tuple[int, ...], np.dtype[np.void]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """Maps as a method gave them.

    Args:
        layer: As in `MapResult`.
        logits: (n,) float32.
        cells: (n, h, w) float32.
    """

    layer: str | None
    logits: Float32
    cells: Float32


@dataclass(kw_only=True, eq=False)
class Found:
    """What is known of some tiles.

    Args:
        known: (n,) bool.
        layer: As in `MapResult`; None, too, where nothing is known yet.
        logits: (n,) float32.
        cells: (n, h, w) float32; None where nothing is known yet.
    """

    known: Bool
    layer: str | None
    logits: Float32
    cells: Float32 | None

    def fill(self, places: Int64, new: Cells) -> None:
        """Take in what was not known."""
        if self.cells is None:
            self.cells = np.zeros((len(self.known), *new.cells.shape[1:]), np.float32)
        self.layer = new.layer
        self.known[places] = True
        self.logits[places] = new.logits
        self.cells[places] = new.cells


def digest_pixels(pixels: UInt8) -> UInt64:
    """Return (n,) uint64, a digest of each tile's pixels: of a tile that was replaced, another."""
    digests = (blake2b(tile.tobytes(), digest_size=8).digest() for tile in pixels)
    return np.frombuffer(b"".join(digests), np.uint64)


class MapStore:
    """The maps of one model worked out in one way. One thread at a time writes.

    Args:
        folder: The model's folder of explanations; made when first written to.
        stamp: What the maps depend on beside the tile; another stamp means other maps.
        limit: Bytes of the file.
    """

    def __init__(self, folder: Path, stamp: Mapping[str, Any], *, limit: int = FILE_BYTES) -> None:
        self._folder = folder
        self._stamp = {"version": _VERSION, **stamp}
        text = json.dumps(self._stamp, sort_keys=True)
        self._path = folder / f"{sha256(text.encode()).hexdigest()[:16]}.maps"
        self._note = self._path.with_suffix(".json")
        self._limit = limit
        self._turn: int | None = None  # of the next record; None until the file was looked at

    def read(self, tiles: Int64, prints: UInt64) -> Found:
        """Return what is known of some tiles. What is damaged counts as unknown.

        Args:
            tiles: (n,) int64 indexes.
            prints: (n,) uint64 digests of their pixels.
        """
        found = Found(
            known=np.zeros(len(tiles), np.bool_),
            layer=None,
            logits=np.zeros(len(tiles), np.float32),
            cells=None,
        )
        try:
            note = self._read_note()
            if note is not None:
                self._find(tiles, prints, note, found)
        except (OSError, ValueError) as error:
            log.warning("explanations cannot be read: %s", error)
        return found

    def write(self, tiles: Int64, prints: UInt64, new: Cells) -> None:
        """Keep maps. A disk that cannot take them is no reason not to show them: it is logged.

        Args:
            tiles: (n,) int64 indexes.
            prints: (n,) uint64 digests of their pixels.
            new: Their maps.
        """
        try:
            self._append(tiles, prints, new)
        except (OSError, ValueError) as error:
            log.warning("explanations cannot be kept: %s", error)

    def _find(self, tiles: Int64, prints: UInt64, note: "_Note", found: Found) -> None:
        records = _mapped(self._path, _record(note.shape))
        self._turn = _next_turn(records)
        near = np.flatnonzero(np.isin(records["tile"], tiles))  # one pass: the ring holds thousands
        keys = zip(records["tile"][near].tolist(), records["pixels"][near].tolist(), strict=True)
        places = dict(zip(keys, near.tolist(), strict=True))
        for row, key in enumerate(zip(tiles.tolist(), prints.tolist(), strict=True)):
            at = places.get(key)
            if at is None:
                continue
            record = records[at : at + 1].copy()
            if _checksum(record) != record["check"][0]:
                continue
            part = Cells(layer=note.layer, logits=record["logit"], cells=record["cells"])
            found.fill(np.array([row]), part)

    def _append(self, tiles: Int64, prints: UInt64, new: Cells) -> None:
        shape = (new.cells.shape[1], new.cells.shape[2])
        kind = _record(shape)
        capacity = max(1, self._limit // kind.itemsize)
        note = self._read_note()
        if note is None or note.shape != shape:
            self._begin(new)
        if self._turn is None:
            self._turn = _next_turn(_mapped(self._path, kind))
        records = np.zeros(len(tiles), kind)
        records["turn"] = self._turn + np.arange(len(tiles))
        records["tile"], records["pixels"] = tiles, prints
        records["logit"], records["cells"] = new.logits, new.cells
        with self._path.open("r+b") as file:
            for at in range(len(records)):
                record = records[at : at + 1]
                record["check"] = _checksum(record)
                file.seek(int(record["turn"][0]) % capacity * kind.itemsize)
                file.write(record.tobytes())
        self._turn += len(records)

    def _begin(self, new: Cells) -> None:
        """Make an empty file with its note; the ways that were used longest ago make room."""
        self._folder.mkdir(parents=True, exist_ok=True)
        kept = sorted(self._folder.glob("*.maps"), key=lambda path: path.stat().st_mtime)
        for path in kept[: max(0, len(kept) - FILES + 1)]:
            path.with_suffix(".json").unlink(missing_ok=True)
            path.unlink()
        self._path.write_bytes(b"")
        self._turn = 0
        note = {"stamp": self._stamp, "layer": new.layer, "shape": new.cells.shape[1:]}
        with whole_file(self._note) as file:
            file.write(json.dumps(note).encode())

    def _read_note(self) -> "_Note | None":
        """Return what the file holds; None where there is none, or one of another stamp."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            rows, columns = note["shape"]
            ours = note["stamp"] == self._stamp and self._path.exists()
            return _Note(layer=note["layer"], shape=(int(rows), int(columns))) if ours else None
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None


@dataclass(frozen=True, kw_only=True)
class _Note:
    """What a file holds: the layer its maps were made of, and the shape of a map."""

    layer: str | None
    shape: tuple[int, int]


def _record(shape: tuple[int, int]) -> np.dtype[np.void]:
    return np.dtype(
        [
            ("turn", "<i8"),  # counts the records ever written: the oldest is overwritten
            ("tile", "<i8"),
            ("pixels", "<u8"),
            ("logit", "<f4"),
            ("cells", "<f4", shape),
            ("check", "<u4"),
        ]
    )


def _mapped(path: Path, kind: np.dtype[np.void]) -> _Records:
    """Return the whole records of a file without reading what nobody looks at."""
    count = path.stat().st_size // kind.itemsize
    return np.memmap(path, kind, "r", shape=(count,)) if count else np.zeros(0, kind)


def _next_turn(records: _Records) -> int:
    return int(records["turn"].max()) + 1 if len(records) else 0


def _checksum(record: _Records) -> int:
    return zlib.crc32(record.tobytes()[: -np.dtype(np.uint32).itemsize])
