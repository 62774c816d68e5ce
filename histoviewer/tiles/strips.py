"""The fast path for uncompressed TIFF: a look at the header, then the pixels as they lie.

Kaggle ships 277,483 tiles as 8-bit RGB TIFF without compression, all pixels in one run. An image
library spends most of its time on finding that out. Here the directory is parsed once; a file whose
directory has the same bytes needs one comparison. Whatever is not exactly that form is left to
`decode`. Format: TIFF Revision 6.0, Adobe 1992, section 2.
"""

import os
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from histoviewer.domain.arrays import UInt8

_WIDTH, _LENGTH, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_FILL_ORDER, _OFFSETS, _ORIENTATION, _SAMPLES, _COUNTS = 266, 273, 274, 277, 279
_PLANAR, _PREDICTOR, _EXTRA, _FORMAT = 284, 317, 338, 339

# Tag: the values it must have, and whether it may be absent.
_EXPECTED: Final[dict[int, tuple[tuple[tuple[int, ...], ...], bool]]] = {
    _BITS: (((8, 8, 8),), False),
    _COMPRESSION: (((1,),), True),
    _PHOTOMETRIC: (((2,),), False),
    _FILL_ORDER: (((1,),), True),
    _ORIENTATION: (((1,),), True),
    _SAMPLES: (((3,),), False),
    _PLANAR: (((1,),), True),
    _PREDICTOR: (((1,),), True),
    _EXTRA: ((), True),
    _FORMAT: (((1,), (1, 1, 1)), True),
}
_CODES: Final = {3: "H", 4: "I"}  # field types SHORT and LONG
_WANTED: Final = frozenset((*_EXPECTED, _WIDTH, _LENGTH, _OFFSETS, _COUNTS))
_MAX_ENTRIES: Final = 64
_MAX_VALUES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the pixels of a file are.

    Args:
        offset: Of the first pixel, bytes.
        height: Pixels.
        width: Pixels.
        key: All bytes from the start of the file that led to this; empty where that would take in
            pixels, because the directory stands behind them.
    """

    offset: int
    height: int
    width: int
    key: bytes

    def view(self, data: bytes) -> UInt8 | None:
        """Return the pixels as (H, W, 3) uint8 RGB, not copied; None if the file is too short."""
        count = self.height * self.width * 3
        if len(data) < self.offset + count:
            return None
        flat = np.frombuffer(data, np.uint8, count, self.offset)
        return flat.reshape(self.height, self.width, 3)


class StripReader:
    """Finds the pixels in uncompressed RGB TIFFs. One for each thread: it remembers a form."""

    def __init__(self) -> None:
        self._last: Layout | None = None
        self._head = bytearray()

    def read(self, data: bytes) -> UInt8 | None:
        """Return (H, W, 3) uint8 RGB as a view of `data`; None for any other kind of file."""
        last = self._last
        if last is None or not last.key or not data.startswith(last.key):
            last = parse(data)
            if last is None:
                return None
            self._last = last
            self._head = bytearray(last.offset)
        return last.view(data)

    def read_into(self, path: str, pixels: memoryview) -> bool:
        """Read a file of the same form as the last one straight to where its pixels belong.

        Every step more that holds Python's lock is felt when several threads read: so the header
        and the pixels are taken apart by the system (readv) and nothing is copied afterwards.

        Args:
            path: Of the file.
            pixels: Writable, as long as the pixels of a tile; garbage where this fails.

        Returns:
            Whether it worked; if not, for whatever reason, the file is to be read as any other.
        """
        if sys.platform == "win32":  # has no readv
            return False
        last = self._last
        if last is None or not last.key or last.height * last.width * 3 != len(pixels):
            return False
        try:
            file = os.open(path, os.O_RDONLY)
            try:
                count = os.readv(file, (self._head, pixels))
            finally:
                os.close(file)
        except OSError:
            return False
        return count == len(self._head) + len(pixels) and self._head.startswith(last.key)


def parse(data: bytes) -> Layout | None:
    """Return where the pixels of an uncompressed 8-bit RGB TIFF are; None for any other file."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        return None
    try:
        tags, end = _directory(data, order)
    except struct.error:  # points outside the file
        return None
    return _layout(data, tags, end) if tags else None


def _directory(data: bytes, order: str) -> tuple[dict[int, tuple[int, ...]], int]:
    """Return the wanted tags, none if not simple, and the end of all bytes that were looked at."""
    (start,) = struct.unpack_from(order + "I", data, 4)
    (entries,) = struct.unpack_from(order + "H", data, start)
    end = start + 2 + 12 * entries
    tags: dict[int, tuple[int, ...]] = {}
    if entries > _MAX_ENTRIES:
        return {}, 0
    for entry in range(start + 2, end, 12):
        tag, kind, count = struct.unpack_from(order + "HHI", data, entry)
        if tag not in _WANTED:
            continue
        if kind not in _CODES or count > _MAX_VALUES:
            return {}, 0
        code = f"{order}{count}{_CODES[kind]}"
        at = entry + 8
        if struct.calcsize(code) > 4:  # noqa: PLR2004 - larger values stand elsewhere
            (at,) = struct.unpack_from(order + "I", data, at)
        tags[tag] = struct.unpack_from(code, data, at)
        end = max(end, at + struct.calcsize(code))
    return tags, end


def _layout(data: bytes, tags: dict[int, tuple[int, ...]], end: int) -> Layout | None:
    if not all(_is_expected(tag, tags.get(tag)) for tag in _EXPECTED):
        return None
    if any(len(tags.get(tag, ())) != 1 for tag in (_WIDTH, _LENGTH)):
        return None
    width, height = tags[_WIDTH][0], tags[_LENGTH][0]
    offsets, counts = tags.get(_OFFSETS, ()), tags.get(_COUNTS, ())
    if not width * height or not _is_one_run(offsets, counts, width * height * 3):
        return None
    key = data[:end] if end <= offsets[0] else b""
    return Layout(offset=offsets[0], height=height, width=width, key=key)


def _is_expected(tag: int, values: tuple[int, ...] | None) -> bool:
    allowed, optional = _EXPECTED[tag]
    return optional if values is None else values in allowed


def _is_one_run(offsets: Sequence[int], counts: Sequence[int], size: int) -> bool:
    """Return whether strips follow each other without a gap and hold exactly `size` bytes."""
    if not offsets or len(offsets) != len(counts) or sum(counts) != size:
        return False
    return all(
        offset + count == following
        for offset, count, following in zip(offsets[:-1], counts[:-1], offsets[1:], strict=True)
    )
