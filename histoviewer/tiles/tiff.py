"""Writing tiles as Kaggle ships them: uncompressed RGB TIFF, directory first, pixels in one run."""

import struct
from typing import Final

from histoviewer.domain.arrays import UInt8

_SHORT, _LONG = 3, 4
_ENTRIES: Final = 10
_BITS_AT: Final = 8 + 2 + 12 * _ENTRIES + 4
_PIXELS_AT: Final = _BITS_AT + 6


def encode(rgb: UInt8) -> bytes:
    """Return the bytes of a TIFF file (Revision 6.0, section 6) with the pixels of a tile.

    Args:
        rgb: (H, W, 3) uint8 RGB.
    """
    return header(rgb.shape[0], rgb.shape[1]) + rgb.tobytes()


def header(height: int, width: int) -> bytes:
    """Return all bytes before the pixels."""
    entries = (
        (256, _LONG, 1, width),
        (257, _LONG, 1, height),
        (258, _SHORT, 3, _BITS_AT),  # bits of each sample
        (259, _SHORT, 1, 1),  # not compressed
        (262, _SHORT, 1, 2),  # RGB
        (273, _LONG, 1, _PIXELS_AT),
        (277, _SHORT, 1, 3),  # samples of each pixel
        (278, _LONG, 1, height),  # rows in the one strip
        (279, _LONG, 1, height * width * 3),
        (284, _SHORT, 1, 1),  # samples side by side
    )
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    start = b"II" + struct.pack("<HIH", 42, 8, _ENTRIES)
    return start + body + struct.pack("<I3H", 0, 8, 8, 8)
