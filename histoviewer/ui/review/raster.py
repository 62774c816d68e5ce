"""An image made ready for painting at any size: at its own size, and halved again and again.

Painting from the level next above the size wanted costs no more than the view is large, even for
an X-ray of ten million pixels, and skips none of its pixels, as painting from the whole image
would: nothing glitters while zooming. Everything here runs in any thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from histoviewer.domain.arrays import UInt8

_SMALLEST: Final = 128  # longer side from which halving is worth it, pixels


@dataclass(frozen=True, eq=False)
class Raster:
    """An image and its smaller copies.

    Args:
        levels: The image, then each time half the size; all 32-bit RGB, which Qt paints fastest.
    """

    levels: Sequence[QImage]

    @classmethod
    def of(cls, rgb: UInt8) -> Self:
        """Return the raster of pixels.

        Args:
            rgb: (H, W, 3) uint8 RGB.
        """
        levels = [to_image(rgb)]
        while max(levels[-1].width(), levels[-1].height()) > _SMALLEST:
            levels.append(_halved(levels[-1]))
        return cls(levels)

    @property
    def image(self) -> QImage:
        """Return the image at its own size."""
        return self.levels[0]

    @property
    def nbytes(self) -> int:
        """Return how much memory it holds."""
        return sum(level.sizeInBytes() for level in self.levels)

    def at(self, scale: float) -> QImage:
        """Return the smallest level that need not be enlarged to be painted at a scale.

        Args:
            scale: Device pixels a pixel of the image.
        """
        wanted = self.image.width() * scale
        for level in reversed(self.levels):
            if level.width() >= wanted:
                return level
        return self.image


def to_image(rgb: UInt8) -> QImage:
    """Return a QImage of 32-bit RGB that owns its pixels.

    Args:
        rgb: (H, W, 3) uint8 RGB.
    """
    height, width = rgb.shape[:2]
    data = np.ascontiguousarray(rgb)
    view = QImage(data.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return view.convertToFormat(QImage.Format.Format_RGB32)  # a copy: `data` may go


def to_veil(rgba: UInt8) -> QImage:
    """Return a translucent QImage that owns its pixels.

    Args:
        rgba: (H, W, 4) uint8 RGB and opacity, the colours multiplied by it.
    """
    height, width = rgba.shape[:2]
    data = np.ascontiguousarray(rgba)
    view = QImage(data.data, width, height, 4 * width, QImage.Format.Format_RGBA8888_Premultiplied)
    return view.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)  # a copy


def _halved(image: QImage) -> QImage:
    return image.scaled(
        max(1, (image.width() + 1) // 2),
        max(1, (image.height() + 1) // 2),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
