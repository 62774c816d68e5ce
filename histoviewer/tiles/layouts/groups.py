"""Patient / class / file trees, as the IDC set has: the upper level is the group."""

from pathlib import Path
from typing import Final

from histoviewer.domain.tiles import Catalogue, Problem, ProblemKind, Split
from histoviewer.tiles import listing
from histoviewer.tiles.layouts.assembling import Rows, assemble
from histoviewer.tiles.layouts.folders import SPLIT_FOLDERS

NAME: Final = "groups"


def recognises(dataset: Path) -> bool:
    """Return whether several folders in a folder hold folders with images.

    One alone is no group but what an archive unpacked to; its folders are the classes.
    """
    if not dataset.is_dir():
        return False
    patients = listing.subfolders(dataset)
    return len(patients) > 1 and any(
        listing.has_images(folder)
        for patient in patients
        for folder in listing.subfolders(patient)
        if folder.name.lower() not in SPLIT_FOLDERS  # these are several data sets, not patients
    )


def scan(dataset: Path, *, positive: str | None = None) -> Catalogue:
    """Return the tiles of a data set; see `layouts.scan`."""
    rows = Rows()
    problems: list[Problem] = []
    for patient in listing.subfolders(dataset):
        for folder in listing.subfolders(patient):
            rows.add_folder(
                f"{patient.name}/{folder.name}",
                listing.image_names(folder),
                label=folder.name,
                split=Split.UNASSIGNED,
                group=patient.name,
            )
        for name in listing.image_names(patient):
            stem, location = listing.strip_suffix(name), f"{patient.name}/{name}"
            rows.add(stem, location, label="", split=Split.UNASSIGNED, group=patient.name)
            problems.append(Problem(ProblemKind.FILE_WITHOUT_LABEL, stem, location))
    return assemble(dataset, NAME, rows, positive=positive, problems=problems)
