"""Copies of tiles as PNG files, for programs that show no TIFF and know no HDF5.

Browsers, and with them Label Studio and the app of FiftyOne, show neither TIFF, in which the Kaggle
set comes, nor rows of an HDF5 file.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from histoviewer.errors import storage_error
from histoviewer.files import whole_file
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.jobs.messages import Progress
from histoviewer.tiles.decode import Unreadable, encode_png
from histoviewer.tiles.reading import TileReader

_REPORT_S: Final = 0.2
# What every browser shows, by the end of the name (developer.mozilla.org, 'Image file type and
# format guide').
_SHOWN: Final = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif")


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRequest:
    """What to copy.

    Args:
        root: As `Catalogue.root`.
        locations: Of the tiles to copy, as `Catalogue.locations`.
        files: Where each copy goes, as many; their folders exist.
    """

    root: Path
    locations: Sequence[str]
    files: Sequence[Path]


def is_shown_by_browsers(location: str) -> bool:
    """Return whether a tile is a file of its own that any browser shows."""
    return location.lower().endswith(_SHOWN)


def copy_as_png(request: CopyRequest, cancelled: CancelCheck) -> Body[list[int]]:  # noqa: ARG001 - a job's form
    """Write tiles as PNG files, without loss and at their own size. An older copy is replaced.

    Returns:
        Positions, in the request, of the tiles that cannot be read and so have no copy.

    Raises:
        StorageError: A copy cannot be written.
    """
    unreadable = []
    total, reported = len(request.files), 0.0
    with TileReader(request.root) as reader:
        for position, (location, file) in enumerate(
            zip(request.locations, request.files, strict=True)
        ):
            if not _copy(reader, location, file):
                unreadable.append(position)
            if time.monotonic() - reported >= _REPORT_S:
                reported = time.monotonic()
                yield Progress(phase="copying", done=position + 1, total=total)
    yield Progress(phase="copying", done=total, total=total)
    return unreadable


def _copy(reader: TileReader, location: str, file: Path) -> bool:
    try:
        data = encode_png(reader.read(location))
    except Unreadable:
        return False
    try:
        with whole_file(file) as stream:
            stream.write(data)
    except OSError as error:
        raise storage_error(error, f"the copy of a tile {file}") from error
    return True
