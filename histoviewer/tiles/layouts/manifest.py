"""A manifest: a CSV with path and label of each tile and, if there, its id, group and split."""

import os
from collections import defaultdict
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from histoviewer.domain.tiles import Catalogue, Problem, ProblemKind, Split
from histoviewer.errors import InputError
from histoviewer.tiles import listing, tables
from histoviewer.tiles.layouts.assembling import Rows, assemble
from histoviewer.tiles.layouts.folders import SPLIT_FOLDERS

NAME: Final = "manifest"
_SUFFIXES: Final = (".csv", ".tsv")
_ID_COLUMNS: Final = ("id", "tile_id", "image_id")
_TRIED: Final = 20


def recognises(dataset: Path) -> bool:
    """Return whether this is a CSV file, or a folder with one CSV that has a path column."""
    if dataset.is_file():
        return dataset.suffix.lower() in _SUFFIXES
    return len(_manifests(dataset)) == 1


def scan(dataset: Path, *, positive: str | None = None) -> Catalogue:
    """Return the tiles of a data set; see `layouts.scan`."""
    path = dataset if dataset.is_file() else _only_manifest(dataset)
    present = _Presence(path.parent)
    rows, problems = Rows(), list[Problem]()
    for line in _lines(path):
        if present.has(line.location):
            split = _split(line.split, path)
            rows.add(line.id, line.location, label=line.label, split=split, group=line.group)
        else:
            problems.append(Problem(ProblemKind.LABEL_WITHOUT_FILE, line.location))
    return assemble(path.parent, NAME, rows, positive=positive, source=dataset, problems=problems)


class _Line(NamedTuple):
    """One tile as the manifest has it; '' for what it does not say."""

    location: str
    label: str
    group: str
    split: str
    id: str


def _lines(path: Path) -> Iterable[_Line]:
    """Return the lines of a manifest, each tile once.

    Raises:
        InputError: A column is missing, or a tile has two labels.
    """
    table = tables.read_table(path)
    locations = [cell.replace("\\", "/") for cell in table.required(tables.PATH_COLUMNS)]
    labels = map(tables.clean_label, table.required(tables.LABEL_COLUMNS))
    blank = [""] * len(locations)
    groups = table.column(tables.GROUP_COLUMNS) or blank
    splits = table.column(tables.SPLIT_COLUMNS) or blank
    ids = map(tables.clean_id, table.column(_ID_COLUMNS) or blank)
    found: dict[str, _Line] = {}
    for location, label, group, split, name in zip(
        locations, labels, groups, splits, ids, strict=True
    ):
        stem = listing.strip_suffix(location.rpartition("/")[2])
        line = _Line(location, label, group, split, name or stem)
        first = found.setdefault(location, line)
        if first.label != label:
            raise InputError(
                f"{path.name} gives {location} two labels: '{first.label}' and '{label}'.",
                "Remove the wrong line.",
            )
    return found.values()


def _manifests(folder: Path) -> list[Path]:
    return [
        path for path in listing.files_with_suffix(folder, *_SUFFIXES) if _points_to_files(path)
    ]


def _points_to_files(path: Path) -> bool:
    """Return whether a CSV has paths and labels and one of its first paths leads to a file.

    Many data sets have some table with names beside them that is no manifest.
    """
    columns = set(tables.read_columns(path))
    if not columns & set(tables.PATH_COLUMNS) or not columns & set(tables.LABEL_COLUMNS):
        return False
    first = islice(tables.read_table(path).column(tables.PATH_COLUMNS) or (), _TRIED)
    return any((path.parent / cell.replace("\\", "/")).is_file() for cell in first)


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
