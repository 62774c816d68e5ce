"""Writing a bundle: a zip whose first file tells what the others must be."""

import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from histoviewer.errors import storage_error
from histoviewer.files import whole_file
from histoviewer.services.bundles.manifest import MANIFEST, Manifest

_PIECE: Final = 1 << 20


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def write_bundle(out: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Write a bundle.

    Args:
        out: Where to.
        manifest: Its facts.
        files: The files to put in, by their names in the bundle.

    Raises:
        StorageError: It could not be written; nothing is left.
    """
    try:
        with (
            whole_file(out) as stream,
            zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            archive.writestr(MANIFEST, manifest.to_json())
            for name, path in files.items():
                archive.write(path, name)
    except OSError as error:
        raise storage_error(error, f"the bundle {out}") from error
