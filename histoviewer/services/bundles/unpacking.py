"""Reading a bundle: nothing leaves it that its manifest does not vouch for."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from histoviewer.errors import InputError
from histoviewer.services.bundles.manifest import MANIFEST, NEEDED, OPTIONAL, Manifest, damaged

_PIECE: Final = 1 << 20
# Several times the largest network one would train on tiles; a zip bomb is larger.
_LARGEST: Final = 4 << 30
_LARGEST_MANIFEST: Final = 1 << 20


@contextmanager
def open_bundle(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a bundle.

    Raises:
        InputError: It is missing or no zip, or turns out to be damaged while it is read.
    """
    try:
        with _open(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise damaged(f"{path.name} is cut short, damaged or no bundle") from error


def _open(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except OSError as error:
        raise InputError(
            f"The bundle {path} cannot be read: {error.strerror}.", "Choose a model bundle."
        ) from error


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """Return what a bundle says of itself.

    Raises:
        InputError: It is not there, of a newer form, or not what we write.
    """
    if MANIFEST not in archive.namelist():
        raise damaged(f"it has no {MANIFEST}")
    if archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
        raise damaged(f"its {MANIFEST} is too large")
    return Manifest.from_json(archive.read(MANIFEST))


def unpack(archive: zipfile.ZipFile, manifest: Manifest, folder: Path) -> None:
    """Write the files of a bundle into a folder, each compared with its digest.

    Raises:
        InputError: A file is missing, too large, or not the one that was put in.
        OSError: The folder cannot take it.
    """
    names = set(archive.namelist())
    for name in (*NEEDED, *(name for name in OPTIONAL if name in manifest.files)):
        if name not in names:
            raise damaged(f"it lacks {name}")
        if archive.getinfo(name).file_size > _LARGEST:
            raise damaged(f"its {name} is too large")
        if _copy(archive, name, folder / name) != manifest.files[name]:
            raise damaged(f"its {name} is not the one that was put in")


def _copy(archive: zipfile.ZipFile, name: str, target: Path) -> str:
    """Unpack one file; return its SHA-256."""
    digest = sha256()
    with archive.open(name) as source, target.open("wb") as stream:
        while piece := source.read(_PIECE):
            digest.update(piece)
            stream.write(piece)
    return digest.hexdigest()
