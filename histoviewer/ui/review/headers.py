"""The headers above the groups of the grid."""

from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPalette

from histoviewer.ui.translation import translate

_PAD: Final = 6  # logical pixels above and below the text
_KEPT: Final = 64  # more than fit into a view


def header_texts(title: str, count: int) -> tuple[str, str]:
    """Return what a header says: the title, and how many tiles there are."""
    if count == 1:
        return title, translate("TileGrid", "1 tile")
    text = translate("TileGrid", "{count} tiles")
    return title, text.format(count=f"{count:,}")


class HeaderPainter:
    """Draws headers for one palette, font and screen. UI thread only.

    Args:
        palette: Colours of the window.
        font: The font of the window; headers are as high as its text needs.
        ratio: Device pixels a logical pixel.
    """

    def __init__(self, palette: QPalette, font: QFont, ratio: float) -> None:
        self._palette = palette
        self._ratio = ratio
        self._title_font, self._count_font = _scaled(font, ratio), _scaled(font, ratio)
        self._title_font.setBold(True)
        self.height = round(QFontMetricsF(self._title_font).height() + 2 * _PAD * ratio)
        self._drawn: dict[tuple[str, int, int], QImage] = {}

    def image(self, title: str, count: int, width: int) -> QImage:
        """Return a header as wide as the view, device pixels."""
        key = (title, count, width)
        if key not in self._drawn:
            if len(self._drawn) >= _KEPT:
                del self._drawn[next(iter(self._drawn))]
            self._drawn[key] = self._draw(title, count, width)
        return self._drawn[key]

    def _draw(self, title: str, count: int, width: int) -> QImage:
        image = QImage(width, self.height, QImage.Format.Format_RGB32)
        image.fill(self._palette.color(QPalette.ColorRole.Window))
        painter = QPainter(image)
        line = max(1, round(self._ratio))
        painter.fillRect(
            0, self.height - line, width, line, self._palette.color(QPalette.ColorRole.Mid)
        )
        self._draw_texts(painter, header_texts(title, count), width)
        painter.end()
        return image

    def _draw_texts(self, painter: QPainter, texts: tuple[str, str], width: int) -> None:
        pad = round(2 * _PAD * self._ratio)
        title, count = texts
        count_width = round(QFontMetricsF(self._count_font).horizontalAdvance(count)) + 1
        room = max(0, width - count_width - 3 * pad)
        metrics = QFontMetricsF(self._title_font)
        title = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, room)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self._palette.color(QPalette.ColorRole.WindowText))
        painter.setFont(self._title_font)
        painter.drawText(QRect(pad, 0, room, self.height), middle, title)
        left = pad + round(metrics.horizontalAdvance(title)) + pad
        painter.setFont(self._count_font)
        painter.setPen(_faded(self._palette))
        painter.drawText(QRect(left, 0, count_width, self.height), middle, count)


def _scaled(font: QFont, ratio: float) -> QFont:
    """Return a font for device pixels."""
    scaled = QFont(font)
    scaled.setPixelSize(max(1, round(QFontMetricsF(font).height() * 0.8 * ratio)))
    return scaled


def _faded(palette: QPalette) -> QColor:
    return palette.color(QPalette.ColorRole.PlaceholderText)
