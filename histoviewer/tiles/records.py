"""What packing found of each tile, as an array, and its file while packing is under way."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from histoviewer.domain.tiles import ProblemFlag
from histoviewer.tiles.store import RECORDS_NAME, stage

# One record a tile. digest: SHA-1 of the original RGB pixels; height, width: of the original,
# pixels; flags: of `ProblemFlag`, as far as they show in the tile by itself; brightness: mean of
# the fitted tile, 0-1, NaN where an earlier version packed it without.
RECORD: Final = np.dtype(
    [
        ("digest", "u1", 20), ("height", "<i4"), ("width", "<i4"), ("flags", "<u2"), ("done", "?"),
        ("brightness", "<f4"),
    ]
)  # fmt: skip
_WITHOUT_BRIGHTNESS: Final = np.dtype([field for field in RECORD.descr if field[0] != "brightness"])
Records = NDArray[Any]


@dataclass(eq=False)
class Findings:
    """What is known of the tiles of a pack so far.

    Args:
        records: (N,) of `RECORD`.
        faults: By tile index, why there are no pixels.
    """

    records: Records
    faults: dict[int, str] = field(default_factory=dict)

    @classmethod
    def blank(cls, count: int) -> "Findings":
        """Return findings of tiles that nobody has looked at."""
        return cls(np.zeros(count, RECORD))

    def reopen_unread(self) -> None:
        """Have the tiles without pixels read again: the file, or the disk, may be back."""
        unread = np.uint16(ProblemFlag.UNREADABLE | ProblemFlag.MISSING)
        reopened = (self.records["flags"] & unread) != 0
        self.records["done"][reopened] = False
        for tile in np.flatnonzero(reopened).tolist():
            self.faults.pop(tile, None)


def read_records(folder: Path) -> Records | None:
    """Return the records of a packed store; None where they are missing or damaged."""
    try:
        records = np.load(folder / RECORDS_NAME)
    except (OSError, ValueError, EOFError):
        return None
    if records.dtype == _WITHOUT_BRIGHTNESS:
        older, records = records, np.zeros(len(records), RECORD)
        for name in _WITHOUT_BRIGHTNESS.names or ():
            records[name] = older[name]
        records["brightness"] = np.nan
    return records if records.dtype == RECORD else None


def request_key(*, root: Path, locations: Sequence[str], ids: Sequence[str], size: int) -> str:
    """Return a hash of what is packed; an interrupted pack goes on only where it is the same."""
    digest = hashlib.sha256(f"{root}\0{size}\0{len(ids)}\0".encode())
    digest.update("\n".join(ids).encode())
    digest.update(b"\0")
    digest.update("\n".join(locations).encode())
    return digest.hexdigest()


def write_progress(path: Path, key: str, findings: Findings) -> None:
    """Write how far a pack is: a line of JSON, then the records."""
    header = json.dumps({"key": key, "faults": findings.faults})
    stage(path, header.encode() + b"\n" + findings.records.tobytes()).replace(path)


def read_progress(path: Path, key: str, count: int) -> Findings | None:
    """Return how far a pack is; None where there is none, or it is one of other tiles."""
    try:
        header, _, body = path.read_bytes().partition(b"\n")
        content = json.loads(header)
    except (OSError, ValueError):
        return None
    if content.get("key") != key or len(body) != count * RECORD.itemsize:
        return None
    faults = {int(index): str(reason) for index, reason in content["faults"].items()}
    return Findings(np.frombuffer(body, RECORD).copy(), faults)
