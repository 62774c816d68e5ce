"""Arrays that a machine worked out for a whole project and can work out again.

One file a set, 'triage/<name>.npz', with the key of what it was made from: neighbours, a map, label
scores. None of it is precious: what is lost, damaged or out of date counts as not there, and
whoever wants it makes it anew.
"""

import json
import logging
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from histoviewer.errors import storage_error
from histoviewer.files import whole_file
from histoviewer.project.folder import ProjectFolder
from histoviewer.project.project import Project

_KEY: Final = "key"  # no array may be called so
# RuntimeError: a changed bit can make a member look encrypted, or packed as nobody packs any more.
_DAMAGE: Final = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, eq=False)
class Derived:
    """What was read of one file.

    Args:
        key: What it was made from, as it was written.
        arrays: By name.
    """

    key: str
    arrays: Mapping[str, NDArray[Any]]


class DerivedFiles:
    """The derived arrays of a project. Any thread but the UI thread: it reads and writes files.

    Args:
        project: The open project.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._folder = ProjectFolder(project.path).derived

    def path(self, name: str) -> Path:
        """Return where the arrays called `name` are, or would be.

        Raises:
            ValueError: The name would not do as that of a file everywhere.
        """
        if not name.replace("-", "").isalnum() or not name.isascii():
            raise ValueError(f"'{name}' is no name for derived arrays")
        return self._folder / f"{name}.npz"

    def write(self, name: str, arrays: Mapping[str, NDArray[Any]], *, key: str) -> None:
        """Write arrays in place of those of that name, whole or not at all.

        Args:
            name: Lower-case words joined by dashes.
            arrays: By name; none is called 'key'.
            key: What they were made from, such as `Embeddings.fingerprint`.

        Raises:
            InputError: The project is open for reading only.
            StorageError: The disk cannot take them.
            ValueError: The name cannot be used, or an array is called 'key'.
        """
        if _KEY in arrays:
            raise ValueError("no derived array may be called 'key'")
        self._project.refuse_if_read_only()
        path = self.path(name)
        try:
            path.parent.mkdir(exist_ok=True)
            with whole_file(path) as stream:
                # Each member of an npz carries a checksum, which reading verifies.
                note = json.dumps({"key": key, "arrays": sorted(arrays)})
                np.savez(stream, allow_pickle=False, **{_KEY: np.array(note)}, **arrays)
        except OSError as error:
            raise storage_error(error, f"the file {path.name}") from error

    def read(self, name: str, *, key: str | None = None) -> Derived | None:
        """Return arrays, each checked against its checksum.

        Args:
            name: As it was written.
            key: What they must have been made from; None for whatever is there.

        Returns:
            None where there are none, where they are damaged (which is logged), and where they were
            made from something else.
        """
        path = self.path(name)
        try:
            # Given a path, numpy leaves the file open where its content is damaged.
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
                note = json.loads(str(stored[_KEY]))
                if key is not None and note["key"] != key:
                    return None
                arrays = {each: stored[each] for each in note["arrays"]}
        except FileNotFoundError:
            return None
        except _DAMAGE as error:
            log.info("%s cannot be used and has to be made again: %s", path, error)
            return None
        return Derived(key=note["key"], arrays=arrays)
