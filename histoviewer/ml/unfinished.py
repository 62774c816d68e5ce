"""Rows of an .npy file written bit by bit, so that a killed run goes on where it left off.

While it is under way there is '<out>.part', which is the .npy file to be, header and all, and
'<out>.part.json', which says what it is made from, how many rows are done and their checksum. The
whole gets its name when the last row is on the disk; '<out stem>.json' then says what it was made
from. Only rows that are new are written, so a large array costs no more to save than a small one.
"""

import io
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from histoviewer.errors import storage_error
from histoviewer.files import flush, whole_file

_BLOCK_BYTES: Final = 1 << 24  # of rows read at once, be it to check or to copy them


class UnfinishedRows:
    """An array on its way to `out`. One thread.

    Args:
        out: Where the whole will be: an .npy file.
        key: What the rows depend on, plain JSON values; rows of another key are not taken up.
        shape: Of the whole, (N, ...).
        dtype: Of the whole.
        what: What the rows are, for an error: 'the scores'.
    """

    def __init__(
        self,
        out: Path,
        key: Mapping[str, object],
        *,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        what: str,
    ) -> None:
        self._out = out
        self._key = dict(key)
        self._shape = shape
        self._dtype = dtype
        self._what = what
        self._part = out.with_name(out.name + ".part")
        self._note = out.with_name(out.name + ".part.json")
        self._header = _header(shape, dtype)
        self._stream: BinaryIO | None = None
        self._checksum = 0
        self.done = 0

    @property
    def count(self) -> int:
        """Return the number of rows of the whole."""
        return self._shape[0]

    @contextmanager
    def opened(self, *, earlier: NDArray[Any] | None = None) -> Iterator[None]:
        """Open the part for writing; `done` then says with which row to go on.

        What is written is saved on the way out, whatever the reason.

        Args:
            earlier: The first rows of the whole, known from before; taken where no part is there
                that can be gone on with.

        Raises:
            StorageError: The disk cannot take it.
        """
        with self._storage_errors():
            self._open(earlier)
        try:
            yield
        finally:
            try:
                self.save()
            finally:
                self._close()

    def write(self, rows: NDArray[Any]) -> None:
        """Append rows to the part; they count from the next `save` on.

        Args:
            rows: (n, ...) of the whole's dtype.

        Raises:
            StorageError: The disk cannot take them.
        """
        assert self._stream is not None
        with self._storage_errors():
            content = np.ascontiguousarray(rows, self._dtype).tobytes()
            self._stream.write(content)
            self._checksum = zlib.crc32(content, self._checksum)
            self.done += len(rows)

    def save(self) -> None:
        """Note what is done. The note follows the rows, so that it never claims too much.

        Raises:
            StorageError: The disk cannot take it.
        """
        assert self._stream is not None
        with self._storage_errors():
            flush(self._stream)
            note = {"key": self._key, "done": self.done, "crc32": self._checksum}
            with whole_file(self._note) as file:
                file.write(json.dumps(note).encode())

    def finish(self) -> None:
        """Give the whole its name, and say beside it what it was made from.

        The old note goes first and the new one comes last: a crash in between leaves rows that
        count as out of date.

        Raises:
            StorageError: The disk cannot take it.
        """
        assert self.done == self.count
        note = {**self._key, "crc32": self._checksum}
        with self._storage_errors():
            self._out.with_suffix(".json").unlink(missing_ok=True)
            self._part.replace(self._out)
            with whole_file(self._out.with_suffix(".json")) as file:
                file.write(json.dumps(note).encode())
            self._note.unlink(missing_ok=True)

    def _open(self, earlier: NDArray[Any] | None) -> None:
        self._out.parent.mkdir(parents=True, exist_ok=True)
        self._take_up()
        self._stream = self._part.open("r+b" if self.done else "wb")
        try:
            if not self.done:
                self._stream.write(self._header)
                self._copy(earlier)
            self._stream.seek(len(self._header) + self.done * self._row_bytes)
        except BaseException:
            self._close()
            raise

    def _close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            with self._storage_errors():
                stream.close()

    @property
    def _row_bytes(self) -> int:
        return int(np.prod(self._shape[1:], dtype=np.int64)) * self._dtype.itemsize

    def _take_up(self) -> None:
        """Find out how many rows a run before this one has left.

        A part that is damaged, or of another key, counts as nothing done.
        """
        self.done = self._checksum = 0
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            done, checksum = int(note["done"]), int(note["crc32"])
            same = note["key"] == self._key and 0 <= done <= self.count
            if same and self._checksum_of_part(done) == checksum:
                self.done, self._checksum = done, checksum
        except (OSError, ValueError, KeyError, TypeError):
            return

    def _checksum_of_part(self, done: int) -> int | None:
        """Return the checksum of the first rows of the part; None where it does not hold them."""
        left = done * self._row_bytes
        checksum = 0
        with self._part.open("rb") as stream:
            if stream.read(len(self._header)) != self._header:
                return None
            while left:
                content = stream.read(min(left, _BLOCK_BYTES))
                if not content:
                    return None
                checksum = zlib.crc32(content, checksum)
                left -= len(content)
        return checksum

    def _copy(self, earlier: NDArray[Any] | None) -> None:
        if earlier is None:
            return
        step = max(1, _BLOCK_BYTES // max(1, self._row_bytes))
        for start in range(0, len(earlier), step):
            self.write(earlier[start : start + step])

    @contextmanager
    def _storage_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise storage_error(error, self._what) from error


def _header(shape: tuple[int, ...], dtype: np.dtype[Any]) -> bytes:
    """Return what an .npy file of C-ordered rows begins with."""
    stream = io.BytesIO()
    described = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    npy.write_array_header_1_0(stream, described)
    return stream.getvalue()
