"""Drawing the marks that a tile carries. UI thread only."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPalette, QPen, QPolygonF

from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.ui.review import colours
from histoviewer.ui.review.colours import LabelColours

# Sizes in badges: sign with tick, corner of the slash, plate of the queue dot or the flag.
WITH_TICK: Final = 1.9
CORNER: Final = 1.35
PLATE: Final = 0.85
_MIN_FONT: Final = 8  # pixels


@dataclass(frozen=True, kw_only=True)
class Pencil:
    """Draws marks on a tile whose top left corner is the origin.

    Args:
        side: Side of the tile, device pixels.
        badge: Side of the square with the sign, device pixels.
        font: For text, in device pixels.
        scheme: Colours of the labels.
    """

    side: int
    badge: int
    font: QFont
    scheme: LabelColours

    def sign(self, painter: QPainter, label: int, *, decided: bool) -> None:
        """Draw the sign of a label on its colour, with a tick where a reader gave it."""
        badge = float(self.badge)
        width = round(badge * (WITH_TICK if decided else 1))
        painter.fillRect(QRectF(0, 0, width, badge), self.scheme.of(label))
        pen = QPen(self.scheme.on_label, max(1.5, badge * 0.15))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        near, middle, far = badge * 0.22, badge * 0.5, badge * 0.78
        if label in (POSITIVE, NEGATIVE):
            painter.drawLine(QPointF(near, middle), QPointF(far, middle))
            if label == POSITIVE:
                painter.drawLine(QPointF(middle, near), QPointF(middle, far))
        else:
            self._letter(painter, QRectF(0, 0, badge, badge), "?")
        if decided:
            tick = [(1.08, 0.52), (1.32, 0.76), (1.72, 0.24)]
            painter.drawPolyline(QPolygonF([QPointF(x * badge, y * badge) for x, y in tick]))

    def slash(self, painter: QPainter) -> None:
        """Draw the slash of a disagreement into the top right corner."""
        side, cut = float(self.side), self.badge * CORNER
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.PLATE)
        corner = [QPointF(side - cut, 0), QPointF(side, 0), QPointF(side, cut)]
        painter.drawPolygon(QPolygonF(corner))
        painter.setPen(QPen(colours.DISAGREES, max(2.0, self.badge * 0.17)))
        painter.drawLine(corner[0], corner[2])

    def dot_and_flag(self, painter: QPainter, *, queued: bool, flagged: bool) -> None:
        """Draw the queue dot and the flag side by side on one plate at the bottom left."""
        size, bottom = self.badge * PLATE, float(self.side)
        painter.fillRect(QRectF(0, bottom - size, size * (queued + flagged), size), colours.PLATE)
        painter.setPen(Qt.PenStyle.NoPen)
        if queued:
            painter.setBrush(colours.QUEUED)
            painter.drawEllipse(QPointF(size / 2, bottom - size / 2), size * 0.27, size * 0.27)
        if flagged:
            painter.translate(size * queued, bottom - size)
            _draw_flag(painter, size)
            painter.resetTransform()

    def placeholder(
        self, painter: QPainter, palette: QPalette, reason: str, *, in_words: bool
    ) -> None:
        """Draw what stands in for a tile that cannot be used.

        Args:
            painter: Draws on the tile.
            palette: Colours of the window.
            reason: Why.
            in_words: There is room for the reason.
        """
        box = QRect(0, 0, self.side, self.side)
        text = palette.color(QPalette.ColorRole.WindowText)
        hatch = QColor(text)
        hatch.setAlpha(40)
        painter.fillRect(box, palette.color(QPalette.ColorRole.Window))
        painter.fillRect(box, QBrush(hatch, Qt.BrushStyle.BDiagPattern))
        painter.setPen(text)
        if in_words:
            painter.setFont(self.font)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(box.adjusted(4, self.badge, -4, -self.badge), flags, reason)
        else:
            middle = QRectF(box).adjusted(*(self.side * part for part in (0.3, 0.3, -0.3, -0.3)))
            self._letter(painter, middle, "!")

    def _letter(self, painter: QPainter, box: QRectF, letter: str) -> None:
        font = QFont(self.font)
        font.setPixelSize(max(_MIN_FONT, round(box.height() * 0.85)))
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)


def _draw_flag(painter: QPainter, size: float) -> None:
    """Draw a pennant on a pole into a square of `size` at the origin."""
    painter.fillRect(QRectF(size * 0.24, size * 0.16, size * 0.1, size * 0.7), colours.FLAGGED)
    painter.setBrush(colours.FLAGGED)
    cloth = [(0.34, 0.16), (0.82, 0.36), (0.34, 0.56)]
    painter.drawPolygon(QPolygonF([QPointF(x * size, y * size) for x, y in cloth]))
