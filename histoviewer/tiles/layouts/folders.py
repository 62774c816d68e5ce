"""Class folders, with or without a level of train / test / validation above them."""

from pathlib import Path
from typing import Final

from histoviewer.domain.tiles import Catalogue, Problem, ProblemKind, Split
from histoviewer.tiles import listing
from histoviewer.tiles.layouts.assembling import Rows, assemble

NAME: Final = "folders"
# 'train' is open: validation tiles are drawn from it where the data set has none of its own.
SPLIT_FOLDERS: Final = {
    "train": Split.UNASSIGNED,
    "training": Split.UNASSIGNED,
    "val": Split.VALIDATION,
    "valid": Split.VALIDATION,
    "validation": Split.VALIDATION,
    "test": Split.TEST,
    "testing": Split.TEST,
}


def recognises(dataset: Path) -> bool:
    """Return whether a folder has class folders, or a split level above such folders."""
    if not dataset.is_dir():
        return False
    inside = listing.subfolders(dataset)
    splits = [folder for folder in inside if folder.name.lower() in SPLIT_FOLDERS]
    if splits:
        return any(_class_folders(folder) for folder in splits)
    return any(listing.has_images(folder) for folder in inside)


def scan(dataset: Path, *, positive: str | None = None) -> Catalogue:
    """Return the tiles of a data set; see `layouts.scan`."""
    rows = Rows()
    problems: list[Problem] = []
    splits = [
        folder for folder in listing.subfolders(dataset) if folder.name.lower() in SPLIT_FOLDERS
    ]
    if splits:
        for folder in splits:
            _add_level(rows, problems, folder, SPLIT_FOLDERS[folder.name.lower()], folder.name)
    else:
        _add_level(rows, problems, dataset, Split.UNASSIGNED, "")
    return assemble(dataset, NAME, rows, positive=positive, problems=problems)


def _class_folders(level: Path) -> list[Path]:
    return [folder for folder in listing.subfolders(level) if listing.has_images(folder)]


def _add_level(rows: Rows, problems: list[Problem], level: Path, split: Split, prefix: str) -> None:
    """Add the tiles of the class folders in one folder, and those beside them without a label."""
    for folder in _class_folders(level):
        path = f"{prefix}/{folder.name}" if prefix else folder.name
        rows.add_folder(path, listing.image_names(folder), label=folder.name, split=split)
    loose = listing.image_names(level)
    for name in loose:
        location = f"{prefix}/{name}" if prefix else name
        stem = listing.strip_suffix(name)
        rows.add(stem, location, label="", split=split)
        if split != Split.TEST:  # tiles of a test folder may well be without labels
            problems.append(Problem(ProblemKind.FILE_WITHOUT_LABEL, stem, location))
