"""The packed tile store: all tiles of a project in one memory-mapped array.

`tiles.u8` is (N, H, W, 3) uint8 RGB in C order; `tiles.json` says its shape and what it was made
from. The array may be longer than the JSON says, because tiles are being appended; what the JSON
says is whole. `tiles.npy` keeps what was found of each tile (see `records`).
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Int64, UInt8
from histoviewer.errors import InputError

DATA_NAME: Final = "tiles.u8"
DESCRIPTION_NAME: Final = "tiles.json"
RECORDS_NAME: Final = "tiles.npy"
_VERSION: Final = 1


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """How a tile of another size was fitted.

    Args:
        height: Of the original, pixels.
        width: Of the original, pixels.
        how: What was done, such as 'shrunk to 96x96 by area'.
    """

    height: int
    width: int
    how: str


@dataclass(frozen=True, kw_only=True)
class Description:
    """What `tiles.json` holds.

    Args:
        shape: (N, H, W, 3).
        fingerprint: Of ids, pixels and tile size.
        ids_key: Hash of the ids in their order, see `hash_ids`.
        fitted: By tile index, tiles that had another size.
        faults: By tile index, why there are no pixels.
    """

    shape: tuple[int, int, int, int]
    fingerprint: str
    ids_key: str
    fitted: Mapping[int, Fitted] = field(default_factory=dict)
    faults: Mapping[int, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        """Return the content of `tiles.json`."""
        return json.dumps({"version": _VERSION, **asdict(self)}, indent=1).encode()

    @classmethod
    def read(cls, folder: Path) -> "Description":
        """Read `tiles.json`.

        Raises:
            InputError: It is missing, damaged or of a newer version.
        """
        path = folder / DESCRIPTION_NAME
        try:
            content = json.loads(path.read_bytes())
            if content.pop("version") != _VERSION:
                raise InputError(
                    f"{path} was written by a newer version of the program.",
                    "Install the newest version.",
                )
            fitted = {int(key): Fitted(**value) for key, value in content.pop("fitted").items()}
            faults = {int(key): str(value) for key, value in content.pop("faults").items()}
            count, height, width, channels = map(int, content.pop("shape"))
            return cls(
                shape=(count, height, width, channels), fitted=fitted, faults=faults, **content
            )
        except FileNotFoundError as error:
            raise InputError(
                f"There are no packed tiles in {folder}.", "Pack the tiles."
            ) from error
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise InputError(f"{path} is damaged.", "Pack the tiles again.") from error


class PackedTiles:
    """A `TileSource` on a packed store; pickles by its path. Any thread. Opened by `open`."""

    def __init__(self, folder: Path, description: Description, array: UInt8) -> None:
        self._folder = folder
        self._description = description
        self._array = array

    @classmethod
    def open(cls, folder: Path) -> "PackedTiles":
        """Map the store in a folder.

        Raises:
            InputError: It is missing, incomplete or damaged.
        """
        description = Description.read(folder)
        path = folder / DATA_NAME
        try:
            found = path.stat().st_size
            if found < int(np.prod(description.shape)):
                raise InputError(f"{path} is shorter than it should be.", "Pack the tiles again.")
            if description.shape[0] == 0:  # nothing cannot be mapped
                return cls(folder, description, np.empty(description.shape, np.uint8))
            mapped = np.memmap(path, np.uint8, "r", shape=description.shape)
        except OSError as error:
            raise InputError(f"{path} cannot be read.", "Pack the tiles again.") from error
        return cls(folder, description, mapped.view(np.ndarray))

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return (N, H, W, 3)."""
        return self._description.shape

    @property
    def fingerprint(self) -> str:
        """Return the hash of ids and pixels that scores and models refer to."""
        return self._description.fingerprint

    @property
    def fitted(self) -> Mapping[int, Fitted]:
        """Return how tiles of other sizes were fitted, by index."""
        return self._description.fitted

    @property
    def faults(self) -> Mapping[int, str]:
        """Return why tiles have no pixels and are plain grey, by index."""
        return self._description.faults

    def gather(self, index: Int64, out: UInt8 | None = None) -> UInt8:
        """Return copies of tiles as (n, H, W, 3) uint8 RGB.

        Args:
            index: Tile numbers, any order, repeats allowed.
            out: (n, H, W, 3) uint8 C-contiguous; written to and returned where given.

        Raises:
            IndexError: There is no such tile.
        """
        if len(index) and not 0 <= int(index.min()) <= int(index.max()) < len(self._array):
            raise IndexError(f"tiles {index.min()} to {index.max()} of {len(self._array)}")
        if len(index) == 0:  # numpy takes nothing from nothing only without a mode
            return np.empty((0, *self.shape[1:]), np.uint8) if out is None else out
        # Bounds are checked above: the mode 'raise' would gather into a copy of `out` first.
        return np.take(self._array, index, axis=0, out=out, mode="clip")

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        """Pickle by path: another process maps the same file."""
        return (PackedTiles.open, (self._folder,))


def hash_ids(ids: Sequence[str]) -> str:
    """Return a hash of ids in their order."""
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()


def stage(path: Path, content: bytes) -> Path:
    """Write what is to become a file under a temporary name, and flush it.

    Returns:
        The temporary file; renaming it makes it the file.
    """
    staged = path.with_name(path.name + ".tmp")
    with staged.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return staged
