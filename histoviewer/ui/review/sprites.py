"""The marks painted over a tile, drawn once per combination and then only copied.

Layout of a tile: sign of the label and the tick of a verdict at the top left, slash of a
disagreement at the top right, queue dot and flag at the bottom left, score at the bottom right.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPalette,
    QPen,
    QPolygonF,
)

from histoviewer.domain.arrays import Int64
from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.ui.review import colours
from histoviewer.ui.review.facts import CellFacts

_DECIDED, _FLAGGED, _QUEUED, _DISAGREES, _STALE = 4, 8, 16, 32, 64
_LABEL_BITS: Final = 3
_SMALL, _ROOMY = 48, 64  # logical pixels of a tile from which there is room for more


@dataclass(frozen=True, slots=True)
class CellStyle:
    """How large the parts of a cell are, in device pixels.

    Args:
        side: Side of the tile, device pixels.
        ratio: Device pixels a logical pixel.
    """

    side: int
    ratio: float

    @property
    def logical(self) -> float:
        """Return the side in logical pixels."""
        return self.side / self.ratio

    @property
    def margin(self) -> int:
        """Return the free space on each side of a tile."""
        return self._pixels(7 if self.logical >= _ROOMY else 5 if self.logical >= _SMALL else 4)

    @property
    def border(self) -> int:
        """Return the width of the coloured border."""
        return self._pixels(3 if self.logical >= _ROOMY else 2)

    @property
    def badge(self) -> int:
        """Return the side of the square with the sign of the label."""
        return self._pixels(min(26.0, max(10.0, self.logical * 0.18)))

    @property
    def has_score(self) -> bool:
        """Return whether there is room for the score."""
        return self.logical >= _ROOMY

    def _pixels(self, logical: float) -> int:
        return max(1, round(logical * self.ratio))


def chrome_codes(facts: CellFacts) -> Int64:
    """Return (n,) int64: which combination of marks each tile carries."""
    codes = facts.labels.astype(np.int64) + 1
    marks = (facts.decided, facts.flagged, facts.queued, facts.disagrees, facts.stale)
    for bit, mark in zip((_DECIDED, _FLAGGED, _QUEUED, _DISAGREES, _STALE), marks, strict=True):
        codes |= np.where(mark, bit, 0)
    return codes


class Sprites:
    """The marks for one cell style, palette and font. UI thread only.

    Args:
        style: Sizes.
        palette: Colours of the window.
        font: The font of the window; text follows its size.
    """

    def __init__(self, style: CellStyle, palette: QPalette, font: QFont) -> None:
        self.style = style
        self.colours = colours.label_colours(palette)
        self._palette = palette
        self._font = QFont(font)
        wanted = QFontMetricsF(font).height() * 0.72 * style.ratio
        self._font.setPixelSize(max(8, round(min(wanted, style.side * 0.2))))
        self._chrome: dict[int, QImage] = {}
        self._scores: dict[int, QImage] = {}
        self._placeholders: dict[str, QImage] = {}

    def chrome(self, code: int) -> QImage:
        """Return the marks of a combination, as large as the tile, transparent elsewhere."""
        if code not in self._chrome:
            self._chrome[code] = self._draw_chrome(code)
        return self._chrome[code]

    def score(self, hundredth: int) -> QImage:
        """Return the plate of a score in hundredths, 0-100."""
        if hundredth not in self._scores:
            self._scores[hundredth] = self._draw_score(f"{hundredth / 100:.2f}")
        return self._scores[hundredth]

    def placeholder(self, reason: str) -> QImage:
        """Return what stands in for a tile that cannot be used, with the reason."""
        if reason not in self._placeholders:
            self._placeholders[reason] = self._draw_placeholder(reason)
        return self._placeholders[reason]

    def _draw_chrome(self, code: int) -> QImage:
        image = _transparent(self.style.side, self.style.side)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if code & _STALE:
            veil = self._palette.color(QPalette.ColorRole.Base)
            veil.setAlpha(165)
            painter.fillRect(image.rect(), veil)
        self._draw_sign(painter, (code & _LABEL_BITS) - 1, decided=bool(code & _DECIDED))
        if code & _DISAGREES:
            self._draw_slash(painter)
        self._draw_marks(painter, queued=bool(code & _QUEUED), flagged=bool(code & _FLAGGED))
        painter.end()
        return image

    def _draw_sign(self, painter: QPainter, label: int, *, decided: bool) -> None:
        badge = float(self.style.badge)
        painter.fillRect(
            QRectF(0, 0, badge * (1.9 if decided else 1), badge), self.colours.of(label)
        )
        pen = QPen(self.colours.on_label, max(1.5, badge * 0.15))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        near, middle, far = badge * 0.22, badge * 0.5, badge * 0.78
        if label in (POSITIVE, NEGATIVE):
            painter.drawLine(QPointF(near, middle), QPointF(far, middle))
            if label == POSITIVE:
                painter.drawLine(QPointF(middle, near), QPointF(middle, far))
        else:
            self._draw_letter(painter, QRectF(0, 0, badge, badge), "?")
        if decided:
            tick = [(1.08, 0.52), (1.32, 0.76), (1.72, 0.24)]
            painter.drawPolyline(QPolygonF([QPointF(x * badge, y * badge) for x, y in tick]))

    def _draw_letter(self, painter: QPainter, box: QRectF, letter: str) -> None:
        font = QFont(self._font)
        font.setPixelSize(max(8, round(box.height() * 0.85)))
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)

    def _draw_slash(self, painter: QPainter) -> None:
        side, cut = float(self.style.side), self.style.badge * 1.35
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.PLATE)
        corner = [QPointF(side - cut, 0), QPointF(side, 0), QPointF(side, cut)]
        painter.drawPolygon(QPolygonF(corner))
        painter.setPen(QPen(colours.DISAGREES, max(2.0, self.style.badge * 0.17)))
        painter.drawLine(corner[0], corner[2])

    def _draw_marks(self, painter: QPainter, *, queued: bool, flagged: bool) -> None:
        """Draw the queue dot and the flag side by side on one plate."""
        if not queued and not flagged:
            return
        size, bottom = self.style.badge * 0.85, float(self.style.side)
        painter.fillRect(QRectF(0, bottom - size, size * (queued + flagged), size), colours.PLATE)
        painter.setPen(Qt.PenStyle.NoPen)
        if queued:
            painter.setBrush(colours.QUEUED)
            painter.drawEllipse(QPointF(size / 2, bottom - size / 2), size * 0.27, size * 0.27)
        if flagged:
            painter.translate(size * queued, bottom - size)
            _draw_flag(painter, size)
            painter.resetTransform()

    def _draw_score(self, text: str) -> QImage:
        metrics = QFontMetricsF(self._font)
        pad = round(3 * self.style.ratio)
        image = _transparent(
            round(metrics.horizontalAdvance(text)) + 2 * pad, round(metrics.height())
        )
        image.fill(colours.PLATE)
        painter = QPainter(image)
        painter.setFont(self._font)
        painter.setPen(colours.ON_PLATE)
        painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
        return image

    def _draw_placeholder(self, reason: str) -> QImage:
        side = self.style.side
        image = QImage(side, side, QImage.Format.Format_RGB32)
        image.fill(self._palette.color(QPalette.ColorRole.Window))
        text = self._palette.color(QPalette.ColorRole.WindowText)
        painter = QPainter(image)
        hatch = QColor(text)
        hatch.setAlpha(40)
        painter.fillRect(image.rect(), QBrush(hatch, Qt.BrushStyle.BDiagPattern))
        painter.setPen(text)
        if self.style.has_score:
            inset = self.style.badge
            painter.setFont(self._font)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(image.rect().adjusted(4, inset, -4, -inset), flags, reason)
        else:
            self._draw_letter(painter, QRectF(side * 0.3, side * 0.3, side * 0.4, side * 0.4), "!")
        painter.end()
        return image


def _draw_flag(painter: QPainter, size: float) -> None:
    """Draw a pennant on a pole into a square of `size` at the origin."""
    painter.fillRect(QRectF(size * 0.24, size * 0.16, size * 0.1, size * 0.7), colours.FLAGGED)
    painter.setBrush(colours.FLAGGED)
    cloth = [(0.34, 0.16), (0.82, 0.36), (0.34, 0.56)]
    painter.drawPolygon(QPolygonF([QPointF(x * size, y * size) for x, y in cloth]))


def _transparent(width: int, height: int) -> QImage:
    image = QImage(max(1, width), max(1, height), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image
