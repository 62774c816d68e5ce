"""The layouts of data sets, one module each, and finding out which one a folder has."""

from pathlib import Path
from types import ModuleType
from typing import Final

from histoviewer.domain.tiles import Catalogue
from histoviewer.errors import InputError
from histoviewer.files import is_there
from histoviewer.tiles import listing
from histoviewer.tiles.layouts import folders, groups, hdf5, kaggle, manifest

# In the order in which they are tried. Each module has `recognises(dataset) -> bool`, which looks
# at a few folder entries only, and `scan(dataset, positive=...) -> Catalogue`.
_MODULES: Final[dict[str, ModuleType]] = {
    "kaggle": kaggle,
    "hdf5": hdf5,
    "manifest": manifest,
    "folders": folders,
    "groups": groups,
}
LAYOUTS: Final = tuple(_MODULES)
_MAX_WRAPPERS: Final = 2  # archives often unpack to chest_xray/chest_xray/


def scan(dataset: Path, *, layout: str | None = None, positive: str | None = None) -> Catalogue:
    """Find the tiles of a data set, their labels, splits and groups. Reads no pixels. Any thread.

    Args:
        dataset: A folder, a manifest CSV or an HDF5 file.
        layout: One of `LAYOUTS`; found by looking where None.
        positive: Name of the positive class; guessed by the usual words where None.

    Raises:
        InputError: There is nothing to import, or not two classes, or an id is there twice with
            different labels.
    """
    if not is_there(dataset):
        raise InputError(f"There is no {dataset}.", "Check the name of the data set.")
    if layout is not None and layout not in _MODULES:
        raise InputError(f"There is no layout '{layout}'.", f"Choose one of {', '.join(LAYOUTS)}.")
    place = dataset.resolve()
    name = layout
    if name is None:
        place, name = _find(place)
    catalogue: Catalogue = _MODULES[name].scan(place, positive=positive)
    return catalogue


def _find(dataset: Path) -> tuple[Path, str]:
    """Return the folder that holds the data set, and the name of its layout."""
    place = dataset
    for _ in range(_MAX_WRAPPERS + 1):
        for name, module in _MODULES.items():
            if module.recognises(place):
                return place, name
        inner = listing.subfolders(place) if place.is_dir() else []
        if len(inner) != 1:
            break
        place = inner[0]
    raise InputError(
        f"No tiles were found in {dataset}.",
        "Give a folder with train/ and train_labels.csv, class folders, patient/class folders, a "
        "manifest CSV with paths and labels, or a PatchCamelyon HDF5 file.",
    )
