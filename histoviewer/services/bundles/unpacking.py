"""Reading a bundle: nothing leaves it that its manifest does not vouch for."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from histoviewer.errors import InputError
from histoviewer.services.bundles.manifest import (
    LARGEST,
    LARGEST_MANIFEST,
    LARGEST_MODEL,
    MANIFEST,
    MODEL,
    NEEDED,
    OPTIONAL,
    Manifest,
    damaged,
)
from histoviewer.zips import DamagedZipError, ForeignZip


@contextmanager
def open_bundle(path: Path) -> Iterator[ForeignZip]:
    """Open a bundle.

    Raises:
        InputError: It is missing or no zip, or turns out to be damaged while it is read.
    """
    with _open(path) as archive:
        try:
            yield archive
        except DamagedZipError as error:
            raise damaged(str(error)) from error


def _open(path: Path) -> ForeignZip:
    try:
        return ForeignZip(path)
    except OSError as error:
        raise InputError(
            f"The bundle {path} cannot be read: {error.strerror}.", "Choose a model bundle."
        ) from error
    except DamagedZipError as error:
        raise damaged(f"{path.name} is cut short, damaged or no bundle") from error


def read_manifest(archive: ForeignZip) -> Manifest:
    """Return what a bundle says of itself.

    Raises:
        InputError: It is of a newer form, or not what we write.
        DamagedZipError: It is not there, or cannot be read.
    """
    return Manifest.from_json(archive.read(MANIFEST, most=LARGEST_MANIFEST))


def unpack(archive: ForeignZip, manifest: Manifest, folder: Path) -> None:
    """Write the files of a bundle into a folder, each compared with its digest.

    Raises:
        InputError: A file is not the one that was put in.
        DamagedZipError: One is missing, too large, or cannot be read.
        OSError: The folder cannot take it.
    """
    for name in (*NEEDED, *(name for name in OPTIONAL if name in manifest.files)):
        most = LARGEST_MODEL if name == MODEL else LARGEST
        digest = sha256()
        with (folder / name).open("wb") as stream:
            for piece in archive.pieces(name, most=most):
                digest.update(piece)
                stream.write(piece)
        if digest.hexdigest() != manifest.files[name]:
            raise damaged(f"its {name} is not the one that was put in")
