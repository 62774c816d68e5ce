"""PatchCamelyon HDF5: `x` (N, H, W, 3) uint8 and `y` (N, 1, 1, 1), in one file or in a pair.

The published files come as '..._train_x.h5' and '..._train_y.h5', likewise for valid and test. A
file '..._train_meta.csv' beside them gives the slide of each row (column wsi).
"""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from histoviewer.domain.tiles import Catalogue, Split
from histoviewer.errors import InputError
from histoviewer.tiles import listing, tables
from histoviewer.tiles.layouts.assembling import Rows, assemble

NAME: Final = "hdf5"
_SUFFIXES: Final = (".h5", ".hdf5", ".hdf", ".h5py")
_AXES: Final = 4


def recognises(dataset: Path) -> bool:
    """Return whether this is an HDF5 file or a folder with some."""
    if dataset.is_file():
        return dataset.suffix.lower() in _SUFFIXES
    return bool(listing.files_with_suffix(dataset, *_SUFFIXES))


def scan(dataset: Path, *, positive: str | None = None) -> Catalogue:
    """Return the tiles of a data set; see `layouts.scan`."""
    folder = dataset.parent if dataset.is_file() else dataset
    files = [dataset] if dataset.is_file() else listing.files_with_suffix(dataset, *_SUFFIXES)
    rows = Rows()
    for path in files:
        if not path.stem.endswith("_y"):
            _add_file(rows, path)
    return assemble(folder, NAME, rows, positive=positive, source=dataset)


def _add_file(rows: Rows, path: Path) -> None:
    count = _count_tiles(path)
    labels = _labels(path, count)
    groups = _groups(path, count)
    split = _split(path)
    for row in range(count):
        rows.add(
            f"{path.stem}#{row}",
            f"{path.name}#{row}",
            label=labels[row],
            split=split,
            group=groups[row],
        )


def _count_tiles(path: Path) -> int:
    with _opened(path) as file:
        tiles = file.get("x")
        shape: tuple[int, ...] = getattr(tiles, "shape", ())
        kind = getattr(tiles, "dtype", None)
    if len(shape) != _AXES or shape[3] != 3 or kind != np.uint8:  # noqa: PLR2004 - RGB
        raise InputError(
            f"{path.name} has no array 'x' of (N, height, width, 3) 8-bit pixels.",
            "Give a file in PatchCamelyon's form.",
        )
    return shape[0]


def _labels(path: Path, count: int) -> list[str]:
    """Return the class of each row, '' without a `y`."""
    twin = path.with_name(f"{path.stem[:-1]}y{path.suffix}")
    values = _read_labels(path)
    if values is None and path.stem.endswith("_x") and twin.exists():
        values = _read_labels(twin)
    if values is None:
        return [""] * count
    if len(values) != count:
        raise InputError(
            f"{path.name} has {count} tiles and {len(values)} labels.", "Check that both are whole."
        )
    return [tables.clean_label(str(value)) for value in values]


def _read_labels(path: Path) -> list[float] | None:
    with _opened(path) as file:
        values: list[float] | None = file["y"][()].ravel().tolist() if "y" in file else None
    return values


def _groups(path: Path, count: int) -> list[str]:
    meta = path.with_name(f"{path.stem.removesuffix('_x')}_meta.csv")
    groups = tables.read_table(meta).column(tables.GROUP_COLUMNS) if meta.exists() else None
    return groups if groups is not None and len(groups) == count else [""] * count


def _split(path: Path) -> Split:
    words = set(re.split(r"[^a-z]+", path.stem.lower()))
    if words & {"valid", "validation", "val"}:
        return Split.VALIDATION
    return Split.TEST if "test" in words else Split.UNASSIGNED


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open an HDF5 file for reading, a failure being a sentence to the user."""
    import h5py

    try:
        with h5py.File(path, "r") as file:
            yield file
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be read as HDF5.", "Download it again; it may be truncated."
        ) from error
