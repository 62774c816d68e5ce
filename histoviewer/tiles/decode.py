"""Decoding image files into 8-bit RGB, and back: the one place that knows OpenCV's channel order.

Read are TIFF (first page), PNG, JPEG, WebP and BMP; grey, RGB and RGBA; 8 and 16 bits.

* Grey becomes three equal channels.
* RGBA is laid on white, the background of a slide.
* 16 bits are scaled by full range: 0-65535 to 0-255, rounded. Nothing is stretched, so that
  brightness means the same in every tile.
* An orientation noted in EXIF is not applied: tiles, their labels and their SHA-1 names refer to
  the pixels as stored.
"""

import struct
import zlib
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from histoviewer.domain.arrays import UInt8
from histoviewer.errors import HistoViewerError

# A damaged tile is a finding that we report with its id; OpenCV must not also print it.
cv2.utils.logging.setLogLevel(0)

_JPEG: Final = b"\xff\xd8"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_ALPHA: Final = 4  # channels


class Unreadable(HistoViewerError):
    """A tile has no pixels to show.

    Args:
        reason: A few words, such as 'truncated JPEG'.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Missing(Unreadable):
    """The file of a tile is not there."""


def read_rgb(path: Path) -> UInt8:
    """Read an image file. Any thread.

    OpenCV is kept silent; of a JPEG that is damaged inside, libjpeg itself may still complain on
    stderr, which belongs to the log wherever many files are read.

    Returns:
        (H, W, 3) uint8 RGB.

    Raises:
        Missing: There is no such file.
        Unreadable: It cannot be read or is damaged.
    """
    try:
        # Not cv2.imread: on Windows it takes no path outside the code page of the system.
        return decode_rgb(path.read_bytes())
    except FileNotFoundError as error:
        raise Missing("file is missing") from error
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error


def decode_rgb(data: bytes) -> UInt8:
    """Decode the bytes of an image file; see `read_rgb`."""
    _refuse_damaged(data)
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise Unreadable("damaged image") from error
    if image is None:
        raise Unreadable("damaged or not an image")
    return _rgb_from_opencv(_to_8_bit(np.asarray(image)))


def encode_png(rgb: UInt8) -> bytes:
    """Return pixels as the bytes of a PNG file, without loss. Any thread.

    Args:
        rgb: (H, W, 3) uint8 RGB.
    """
    _, data = cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    return data.tobytes()


def _refuse_damaged(data: bytes) -> None:
    """Refuse what decoders would fill up with grey, or comment on where nobody should read it."""
    if not data:
        raise Unreadable("empty file")
    # The end-of-image marker of an embedded preview comes before the scan of the image itself.
    if data.startswith(_JPEG) and data.rfind(b"\xff\xd9") < data.rfind(b"\xff\xda"):
        raise Unreadable("truncated JPEG")
    if data.startswith(_PNG):
        _check_png(data)


def _check_png(data: bytes) -> None:
    """Check that all chunks are there and fit their checksums (ISO/IEC 15948, section 5)."""
    at, kind = len(_PNG), b""
    while kind != b"IEND":
        if len(data) < at + 12:
            raise Unreadable("truncated PNG")
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 8 + length
        if len(data) < end + 4:
            raise Unreadable("truncated PNG")
        if zlib.crc32(data[at + 4 : end]) != int.from_bytes(data[end : end + 4]):
            raise Unreadable("damaged PNG")
        at = end + 4


def _to_8_bit(image: np.ndarray) -> UInt8:
    if image.dtype == np.uint8:
        return image
    if image.dtype == np.uint16:
        return ((image.astype(np.uint32) + 128) // 257).astype(np.uint8)
    raise Unreadable(f"{image.dtype} pixels; 8 or 16 bits are read")


def _rgb_from_opencv(image: UInt8) -> UInt8:
    """Turn OpenCV's grey, BGR or BGRA into RGB."""
    if image.ndim == 2:  # noqa: PLR2004 - no channel axis
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2RGB), np.uint8)
    if image.shape[2] == _ALPHA:
        return _on_white(np.asarray(cv2.cvtColor(image, cv2.COLOR_BGRA2RGBA), np.uint8))
    if image.shape[2] == 3:  # noqa: PLR2004 - BGR
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)
    raise Unreadable(f"{image.shape[2]} channels; grey, RGB and RGBA are read")


def _on_white(rgba: UInt8) -> UInt8:
    """Lay (H, W, 4) over white."""
    alpha = rgba[..., 3:].astype(np.uint32)
    return ((rgba[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
