"""Reading tiles by their location: image files, and rows of HDF5 files."""

import os
import re
import threading
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from histoviewer.domain.arrays import UInt8
from histoviewer.tiles.decode import Missing, Unreadable, decode_rgb
from histoviewer.tiles.strips import StripReader

_ROW: Final = re.compile(r"(.+\.(?:h5|hdf5|hdf|h5py))#(\d+)", re.IGNORECASE)
_BINARY: Final = getattr(os, "O_BINARY", 0)  # Windows would translate line ends
_CACHE_BYTES: Final = 64 << 20  # PatchCamelyon is compressed in chunks of many tiles
# HDF5 keeps one lock for the whole process; sharing the open files shares their chunk caches too.
_hdf5_lock = threading.Lock()


class TileReader:
    """Reads the originals of a data set. Not thread-safe: each thread has its own.

    Args:
        root: The data set folder, or the folder of its HDF5 file.
    """

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._strips = StripReader()
        self._expected = 1 << 15
        self._hdf5: dict[str, Any] = {}

    def read(self, location: str) -> UInt8:
        """Return a tile at its own size, (H, W, 3) uint8 RGB; perhaps read-only.

        Args:
            location: As in `Catalogue.locations`; absolute paths are taken as they are.

        Raises:
            Missing: There is no such file.
            Unreadable: It cannot be read or is damaged.
        """
        if "#" in location and (row := _ROW.fullmatch(location)):
            return self._read_row(os.path.join(self._root, row[1]), int(row[2]))  # noqa: PTH118 - as below
        data = self._read_bytes(os.path.join(self._root, location))  # noqa: PTH118 - 10 times faster, and this runs for every tile
        pixels = self._strips.read(data)
        return decode_rgb(data) if pixels is None else pixels

    def read_into(self, location: str, pixels: memoryview) -> bool:
        """Read an uncompressed TIFF of the form and size of the last one; see `StripReader`.

        Args:
            location: As in `read`.
            pixels: Where they go, size * size * 3 bytes; garbage where this fails.

        Returns:
            Whether it worked; if not, `read` is to be asked.
        """
        return not location.startswith("/") and self._strips.read_into(
            f"{self._root}/{location}", pixels
        )

    def close(self) -> None:
        """Close the HDF5 files that were opened."""
        with _hdf5_lock:
            for file in self._hdf5.values():
                file.close()
        self._hdf5.clear()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close."""
        self.close()

    def _read_bytes(self, path: str) -> bytes:
        """Return the content of a file, in one system call where it is as long as the last one."""
        try:
            file = os.open(path, os.O_RDONLY | _BINARY)
            try:
                data = os.read(file, self._expected + 1)
                if len(data) > self._expected:
                    data += _read_rest(file)
            finally:
                os.close(file)
        except FileNotFoundError as error:
            raise Missing("file is missing") from error
        except OSError as error:
            raise Unreadable(error.strerror or str(error)) from error
        self._expected = max(len(data), 1024)
        return data

    def _read_row(self, path: str, row: int) -> UInt8:
        import h5py

        try:
            with _hdf5_lock:
                if path not in self._hdf5:
                    self._hdf5[path] = h5py.File(path, "r", rdcc_nbytes=_CACHE_BYTES)
                return np.asarray(self._hdf5[path]["x"][row], np.uint8)
        except FileNotFoundError as error:
            raise Missing("file is missing") from error
        except (OSError, KeyError, IndexError, ValueError) as error:
            raise Unreadable("damaged HDF5 row") from error


def _read_rest(file: int) -> bytes:
    parts = []
    while part := os.read(file, 1 << 20):
        parts.append(part)
    return b"".join(parts)
