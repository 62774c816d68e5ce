"""A manifest: a CSV with path and label of each tile and, if there, its id, group and split."""

import os
from collections import defaultdict
from pathlib import Path
from typing import Final

from histoviewer.domain.tiles import Catalogue, Problem, ProblemKind, Split
from histoviewer.errors import InputError
from histoviewer.tiles import listing, tables
from histoviewer.tiles.layouts.assembling import Rows, assemble
from histoviewer.tiles.layouts.folders import SPLIT_FOLDERS

NAME: Final = "manifest"
_SUFFIXES: Final = (".csv", ".tsv")


def recognises(dataset: Path) -> bool:
    """Return whether this is a CSV file, or a folder with one CSV that has a path column."""
    if dataset.is_file():
        return dataset.suffix.lower() in _SUFFIXES
    return len(_manifests(dataset)) == 1


def scan(dataset: Path, *, positive: str | None = None) -> Catalogue:
    """Return the tiles of a data set; see `layouts.scan`."""
    path = dataset if dataset.is_file() else _only_manifest(dataset)
    table = tables.read_table(path)
    locations = [cell.replace("\\", "/") for cell in table.required(tables.PATH_COLUMNS)]
    count = len(locations)
    labels = [tables.clean_label(cell) for cell in table.required(tables.LABEL_COLUMNS)]
    groups = table.column(tables.GROUP_COLUMNS) or [""] * count
    splits = table.column(tables.SPLIT_COLUMNS) or [""] * count
    ids = table.column(("id", "tile_id", "image_id")) or [""] * count
    present = _Presence(path.parent)
    rows, problems, seen = Rows(), list[Problem](), dict[str, str]()
    for line, location in enumerate(locations):
        if seen.setdefault(location, labels[line]) != labels[line]:
            raise InputError(
                f"{path.name} gives {location} two labels: '{seen[location]}' and "
                f"'{labels[line]}'.",
                "Remove the wrong line.",
            )
        if not present.has(location):
            problems.append(Problem(ProblemKind.LABEL_WITHOUT_FILE, location))
            continue
        rows.add(
            tables.clean_id(ids[line]) or listing.strip_suffix(location.rpartition("/")[2]),
            location,
            label=labels[line],
            split=_split(splits[line], path),
            group=groups[line],
        )
    return assemble(path.parent, NAME, rows, positive=positive, problems=problems)


def _manifests(folder: Path) -> list[Path]:
    return [
        path
        for path in listing.files_with_suffix(folder, *_SUFFIXES)
        if set(tables.read_columns(path)) & set(tables.PATH_COLUMNS)
        and set(tables.read_columns(path)) & set(tables.LABEL_COLUMNS)
    ]


def _only_manifest(folder: Path) -> Path:
    found = _manifests(folder)
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise InputError(
            f"{folder} should hold one CSV file with the columns path and label: {names}.",
            "Give the path of the manifest file itself.",
        )
    return found[0]


def _split(cell: str, path: Path) -> Split:
    word = cell.strip().lower()
    if word in ("", "nan", "unassigned"):
        return Split.UNASSIGNED
    if word not in SPLIT_FOLDERS:
        raise InputError(
            f"{path.name} names a split '{cell}'.", "Use train, validation, test or nothing."
        )
    return SPLIT_FOLDERS[word]


class _Presence:
    """Knows which files are there by reading each folder once, not by asking for each file."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._folders: defaultdict[str, set[str] | None] = defaultdict(lambda: None)

    def has(self, location: str) -> bool:
        folder, _, name = location.rpartition("/")
        names = self._folders[folder]
        if names is None:
            names = self._folders[folder] = self._list(folder)
        return name in names

    def _list(self, folder: str) -> set[str]:
        try:
            return set(os.listdir(os.path.join(self._root, folder)))  # noqa: PTH118, PTH208 - names only
        except OSError:
            return set()
