"""One tile, large, with the centre square that decides the label of a Kaggle tile."""

from enum import Enum

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPalette, QPen, QRegion
from PySide6.QtWidgets import QSizePolicy, QWidget

from histoviewer.domain.arrays import UInt8

_CENTRE_SHARE = 3  # the centre square is a third of the side: 32 of 96 pixels in the Kaggle set


class CentreSquare(Enum):
    """How the centre square is shown; the value is stored in settings."""

    OFF = "off"
    BOX = "box"
    DIM = "dim"

    def next(self) -> "CentreSquare":
        """Return what the key C leads to."""
        ways = list(CentreSquare)
        return ways[(ways.index(self) + 1) % len(ways)]


def to_image(rgb: UInt8) -> QImage:
    """Return a QImage that owns its pixels. Any thread.

    Args:
        rgb: (H, W, 3) uint8 RGB.
    """
    height, width = rgb.shape[:2]
    data = np.ascontiguousarray(rgb)
    return QImage(data.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


class TilePicture(QWidget):
    """Shows one image as large as it fits, or a sentence where there is none.

    Args:
        is_square: Be as high as wide, rather than as high as there is room.
        parent: Owner.
    """

    def __init__(self, *, is_square: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_square = is_square
        self._image: QImage | None = None
        self._scaled: QImage | None = None
        self._text = ""
        self._centre = CentreSquare.OFF
        vertical = QSizePolicy.Policy.Preferred if is_square else QSizePolicy.Policy.Expanding
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, vertical)
        policy.setHeightForWidth(is_square)
        self.setSizePolicy(policy)
        self.setMinimumSize(64, 64)
        self.setAccessibleName("Large tile")

    def show_image(self, image: QImage) -> None:
        """Show an image."""
        self._image, self._scaled, self._text = image, None, ""
        self.update()

    def show_text(self, text: str) -> None:
        """Show why there is no image."""
        self._image, self._scaled, self._text = None, None, text
        self.setAccessibleDescription(text)
        self.update()

    @property
    def image(self) -> QImage | None:
        """Return what is shown."""
        return self._image

    @property
    def text(self) -> str:
        """Return the sentence shown in place of an image."""
        return self._text

    def set_centre(self, centre: CentreSquare) -> None:
        """Show the centre square in this way."""
        self._centre = centre
        self.update()

    def sizeHint(self) -> QSize:
        """Return a square that suits a side panel."""
        return QSize(280, 280)

    def heightForWidth(self, width: int) -> int:
        """Return the height of a square."""
        return width if self._is_square else -1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the image in the middle."""
        del event
        painter = QPainter(self)
        if self._image is None:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 16, -16, -16), flags, self._text)
        else:
            box = self._box(self._image)
            painter.drawImage(box, self._fitted(self._image, box.size()))
            self._paint_centre(painter, box)
        painter.end()

    def _box(self, image: QImage) -> QRect:
        """Return where the image goes."""
        size = image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        box = QRect(0, 0, size.width(), size.height())
        box.moveCenter(self.rect().center())
        return box

    def _fitted(self, image: QImage, size: QSize) -> QImage:
        """Return the image scaled once for this size, in device pixels."""
        wanted = size * self.devicePixelRatioF()
        if self._scaled is None or self._scaled.size() != wanted:
            self._scaled = image.scaled(
                wanted,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        return self._scaled

    def _paint_centre(self, painter: QPainter, box: QRect) -> None:
        if self._centre is CentreSquare.OFF:
            return
        side = min(box.width(), box.height()) // _CENTRE_SHARE
        square = QRect(0, 0, side, side)
        square.moveCenter(box.center())
        if self._centre is CentreSquare.DIM:
            painter.setClipRegion(QRegion(box).subtracted(QRegion(square)))
            painter.fillRect(box, QColor(0, 0, 0, 170))
            painter.setClipping(False)
        # Black beside white is seen on any tissue.
        painter.setPen(QPen(QColor("black"), 3))
        painter.drawRect(square)
        painter.setPen(QPen(QColor("white"), 1))
        painter.drawRect(square)
