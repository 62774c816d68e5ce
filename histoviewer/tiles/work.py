"""Scanning as a job: in a process where it never holds up the window."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from histoviewer.domain.tiles import Catalogue
from histoviewer.errors import InputError
from histoviewer.jobs.job import Body, CancelCheck
from histoviewer.jobs.messages import Progress
from histoviewer.tiles.decode import Unreadable
from histoviewer.tiles.layouts import scan as scan_layout
from histoviewer.tiles.reading import TileReader

_SAMPLED = 64
_LARGEST_DEFAULT = 256
_SMALLEST = 8
_LARGEST = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """What to scan.

    Args:
        dataset: The data set folder or file.
        layout: Name of its layout; None to find it by looking.
        positive: Name of the positive class; None to guess it.
        tile_size: Side of the packed tiles in pixels; None for the size most tiles have.
    """

    dataset: Path
    layout: str | None = None
    positive: str | None = None
    tile_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What scanning found.

    Args:
        catalogue: The tiles.
        tile_size: Side of the packed tiles in pixels.
    """

    catalogue: Catalogue
    tile_size: int


def scan(request: ScanRequest, cancelled: CancelCheck) -> Body[Found]:  # noqa: ARG001 - a job's form
    """List the tiles of a data set and settle the tile size.

    Raises:
        InputError: There is nothing usable, or the tile size is out of range.
    """
    yield Progress(phase="looking", done=0, unit="files")
    size = request.tile_size
    if size is not None and not _SMALLEST <= size <= _LARGEST:
        raise InputError(
            f"The tile size {size} is out of range.",
            f"Choose one from {_SMALLEST} to {_LARGEST} pixels.",
        )
    catalogue = scan_layout(request.dataset, layout=request.layout, positive=request.positive)
    yield Progress(phase="looking", done=len(catalogue), total=len(catalogue), unit="files")
    return Found(catalogue=catalogue, tile_size=size or _usual_size(catalogue))


def _usual_size(catalogue: Catalogue) -> int:
    """Return the commonest longer side among some tiles, limited to what packs well."""
    sides: Counter[int] = Counter()
    with TileReader(catalogue.root) as reader:
        for index in np.linspace(0, len(catalogue) - 1, _SAMPLED).astype(int):
            with suppress(Unreadable):
                sides[max(reader.read(catalogue.locations[index]).shape[:2])] += 1
    if not sides:
        raise InputError(
            f"None of {min(len(catalogue), _SAMPLED)} tiles tried in {catalogue.root} can be read.",
            "Check that they are TIFF, PNG, JPEG, WebP or BMP images.",
        )
    return min(max(sides.most_common(1)[0][0], _SMALLEST), _LARGEST_DEFAULT)
