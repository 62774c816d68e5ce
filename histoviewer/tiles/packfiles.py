"""The files of a pack: where its tiles go, how far it is, and what makes it a whole store.

A first pack writes `tiles.u8.part` and is renamed. Appending writes behind the end of `tiles.u8`
that `tiles.json` states, so that readers of the old tiles go on and nothing is copied. In both
cases `tiles.json` comes last: without it, or before it counts them, tiles are not there.
`tiles.progress` says what a pack that was interrupted has already written.
"""

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Int64, UInt8
from histoviewer.errors import InputError
from histoviewer.tiles.measures import MEASURES_NAME, Measures, stage_measures
from histoviewer.tiles.records import (
    Findings,
    Records,
    read_progress,
    read_records,
    write_progress,
)
from histoviewer.tiles.reporting import fitted_tiles
from histoviewer.tiles.store import (
    DATA_NAME,
    DESCRIPTION_NAME,
    RECORDS_NAME,
    Description,
    hash_ids,
    stage,
)

_PROGRESS_NAME: Final = "tiles.progress"
_RESERVE_NAME: Final = "tiles.reserve"
_SLACK_BYTES: Final = 1 << 16


class PackFiles:
    """The files of one pack. Made by `prepare`; `save_progress` and `finish` by one thread.

    Args:
        folder: Of the store.
        data: The file tiles are written to.
        key: Of the request and of where it writes.
        ids: Of all tiles.
        size: Tile size, pixels.
        findings: What is known so far; filled by the threads that pack.
    """

    def __init__(
        self,
        *,
        folder: Path,
        data: Path,
        key: str,
        ids: Sequence[str],
        size: int,
        findings: Findings,
    ) -> None:
        self.findings = findings
        self._folder = folder
        self._data = data
        self._key = key
        self._ids = ids
        self._size = size

    @classmethod
    def prepare(
        cls, folder: Path, *, key: str, ids: Sequence[str], size: int, append: bool
    ) -> "PackFiles":
        """Open or create the files of a pack, going on with one that was interrupted.

        Args:
            folder: Of the store; exists.
            key: Of the request, see `records.request_key`.
            ids: Of all tiles.
            size: Tile size, pixels.
            append: Keep the tiles of the store that is there, but for those without pixels.

        Raises:
            InputError: The store that is there holds other tiles.
            OSError: The disk does not take it.
        """
        kept = _packed_before(folder, ids, size) if append else None
        data = folder / (DATA_NAME if kept is not None else f"{DATA_NAME}.part")
        key = f"{data.name}:{key}"
        findings = None
        if data.exists() and data.stat().st_size >= len(ids) * size * size * 3:
            findings = read_progress(folder / _PROGRESS_NAME, key, len(ids))
        if findings is None:
            findings = _begin(data, ids, size, kept)
        # A full disk must still take the note of what is done: this is given back for it.
        (folder / _RESERVE_NAME).write_bytes(bytes(findings.records.nbytes + _SLACK_BYTES))
        return cls(folder=folder, data=data, key=key, ids=ids, size=size, findings=findings)

    def open_data(self) -> io.FileIO:
        """Open the file of the tiles for writing in place; each thread its own."""
        return io.FileIO(self._data, "r+")

    def save_progress(self) -> None:
        """Note what is written, once it is on the disk."""
        written = Findings(self.findings.records.copy(), dict(self.findings.faults))
        self._flush_data()
        write_progress(self._folder / _PROGRESS_NAME, self._key, written)

    def save_at_last(self) -> None:
        """Note what is written before giving up, on a full disk too."""
        (self._folder / _RESERVE_NAME).unlink(missing_ok=True)
        self.save_progress()

    def finish(self, fingerprint: str, clusters: Int64) -> None:
        """Make the tiles a whole store. From the first renaming on, nothing needs more space.

        Args:
            fingerprint: Of ids, pixels and tile size.
            clusters: (N,) int64 sets of exact duplicates, as `duplicates.cluster` returns.
        """
        self._flush_data()
        (self._folder / _RESERVE_NAME).unlink(missing_ok=True)
        description = Description(
            shape=(len(self._ids), self._size, self._size, 3),
            fingerprint=fingerprint,
            ids_key=hash_ids(self._ids),
            fitted=fitted_tiles(self.findings.records, self._size),
            faults=dict(sorted(self.findings.faults.items())),
        )
        content = io.BytesIO()
        np.save(content, self.findings.records)
        records = stage(self._folder / RECORDS_NAME, content.getvalue())
        staged = stage(self._folder / DESCRIPTION_NAME, description.encode())
        measures = self._stage_measures(fingerprint, clusters)
        if self._data.name != DATA_NAME:
            # An old description must never meet new tiles.
            (self._folder / DESCRIPTION_NAME).unlink(missing_ok=True)
            self._data.replace(self._folder / DATA_NAME)
        records.replace(self._folder / RECORDS_NAME)
        staged.replace(self._folder / DESCRIPTION_NAME)
        if measures is not None:
            measures.replace(self._folder / MEASURES_NAME)
        (self._folder / _PROGRESS_NAME).unlink(missing_ok=True)

    def _stage_measures(self, fingerprint: str, clusters: Int64) -> Path | None:
        """Stage the measures; None where tiles kept from an earlier version are still without."""
        brightness = self.findings.records["brightness"]
        if np.isnan(brightness).any():
            return None
        measures = Measures(brightness=brightness, clusters=clusters)
        return stage_measures(self._folder, measures, fingerprint)

    def _flush_data(self) -> None:
        with self.open_data() as file:
            os.fsync(file.fileno())


def _begin(data: Path, ids: Sequence[str], size: int, kept: Records | None) -> Findings:
    """Give the file its length and return findings that hold what is kept."""
    findings = Findings.blank(len(ids))
    if kept is None:
        data.write_bytes(b"")
    else:
        findings.records[: len(kept)] = kept
        findings.faults.update(Description.read(data.parent).faults)
        findings.reopen_unread()
    with data.open("r+b") as file:
        # Holes are filled as tiles come; to allocate now would on some disks write all twice.
        file.truncate(max(len(ids) * size * size * 3, data.stat().st_size))
    return findings


def _packed_before(folder: Path, ids: Sequence[str], size: int) -> Records | None:
    """Return the records of the tiles that are packed already; None where that starts anew."""
    if not (folder / DESCRIPTION_NAME).exists():
        return None
    description = Description.read(folder)
    count = description.shape[0]
    same = description.shape[1:3] == (size, size) and count <= len(ids)
    if not same or hash_ids(ids[:count]) != description.ids_key:
        raise InputError(
            f"The packed tiles in {folder} are not the first of those to be packed.",
            "Pack all tiles again.",
        )
    records = read_records(folder)
    whole = (folder / DATA_NAME).stat().st_size >= int(np.prod(description.shape))
    sound = records is not None and len(records) >= count and whole
    return records[:count] if records is not None and sound else None


def write_all(file: io.FileIO, tiles: UInt8) -> None:
    """Write an array, also where the system takes it in pieces.

    Raises:
        OSError: The disk does not take it.
    """
    rest = tiles.data.cast("B")
    while rest:
        rest = rest[file.write(rest) :]
