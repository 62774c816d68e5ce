"""Listing image files quickly: one directory read a folder, no look at the single file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from histoviewer.errors import InputError

IMAGE_SUFFIXES: Final = (".tif", ".tiff", ".png", ".jpg", ".jpeg", ".webp", ".bmp")
_ENDINGS: Final = frozenset(suffix[1:] for suffix in IMAGE_SUFFIXES)
# What archive tools leave behind; their content only looks like tiles.
_PROJECT_SUFFIX: Final = ".histo"  # a project beside its tiles is no part of them
_JUNK_FOLDERS: Final = frozenset(("__MACOSX", "@eaDir", "$RECYCLE.BIN"))


def is_image(name: str) -> bool:
    """Return whether a file name is that of an image; hidden ones such as '._a.tif' are not."""
    return name.lower().endswith(IMAGE_SUFFIXES) and not name.startswith(".")


def strip_suffix(name: str) -> str:
    """Return a file name or path without its image suffix; other dots stay."""
    stem, _, ending = name.rpartition(".")
    return stem if stem and ending.lower() in _ENDINGS else name


def image_names(folder: Path) -> list[str]:
    """Return the names of the images directly in a folder, sorted."""
    with _scan(folder) as entries:
        return sorted(entry.name for entry in entries if is_image(entry.name) and entry.is_file())


def has_images(folder: Path) -> bool:
    """Return whether an image lies directly in a folder, which need not exist."""
    if not folder.is_dir():
        return False
    with _scan(folder) as entries:
        return any(is_image(entry.name) and entry.is_file() for entry in entries)


def subfolders(folder: Path) -> list[Path]:
    """Return the folders in a folder, sorted by name, without hidden ones, junk and projects."""
    with _scan(folder) as entries:
        names = [entry.name for entry in entries if _is_wanted(entry)]
    return [folder / name for name in sorted(names)]


def files_with_suffix(folder: Path, *suffixes: str) -> list[Path]:
    """Return the files in a folder with one of these suffixes (lower case), sorted by name."""
    with _scan(folder) as entries:
        names = [
            entry.name
            for entry in entries
            if entry.name.lower().endswith(suffixes)
            and not entry.name.startswith(".")
            and entry.is_file()
        ]
    return [folder / name for name in sorted(names)]


def _is_wanted(entry: "os.DirEntry[str]") -> bool:
    if entry.name.startswith(".") or entry.name.endswith(_PROJECT_SUFFIX):
        return False
    return entry.name not in _JUNK_FOLDERS and entry.is_dir()


@contextmanager
def _scan(folder: Path) -> "Iterator[Iterator[os.DirEntry[str]]]":
    """`os.scandir` whose failure is a sentence to the user."""
    try:
        entries = os.scandir(folder)
    except OSError as error:
        raise InputError(
            f"The folder {folder} cannot be read: {error.strerror}.",
            "Check its name and your right to read it.",
        ) from error
    with entries:
        yield entries
