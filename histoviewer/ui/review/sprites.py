"""The marks painted over a tile, drawn once per combination and then only copied.

Layout of a tile: sign of the label and the tick of a verdict at the top left, slash of a
disagreement at the top right, queue dot and flag at the bottom left, score at the bottom right.
What is opaque is kept as an array, which numpy copies fastest; the rest as small pictures, which
Qt blends.
"""

from dataclasses import dataclass
from math import ceil
from typing import Final, NamedTuple

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter, QPalette

from histoviewer.domain.arrays import Int64
from histoviewer.ui.review import colours
from histoviewer.ui.review.facts import CellFacts
from histoviewer.ui.review.marks import CORNER, PLATE, WITH_TICK, Pencil
from histoviewer.ui.review.mosaic import UInt32

_DECIDED, _FLAGGED, _QUEUED, _DISAGREES = 4, 8, 16, 32
_STALE: Final = 64
_LABEL_BITS: Final = 3
_SIGN: Final = _LABEL_BITS | _DECIDED  # the bits that say which sign a tile has
_SMALL, _ROOMY = 48, 64  # logical pixels of a tile from which there is room for more
_MOST_REASONS: Final = 32  # kept; there are few, unless each names its file


class Mark(NamedTuple):
    """A picture and where it goes on a tile, device pixels."""

    x: int
    y: int
    image: QImage


class Plate(NamedTuple):
    """A picture and its size, device pixels."""

    width: int
    height: int
    image: QImage


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
    def pitch(self) -> int:
        """Return the side of a cell: the tile and the free space around it."""
        return self.side + 2 * self.margin

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
        self._pencil = Pencil(
            side=style.side, badge=style.badge, font=self._font, scheme=self.colours
        )
        self._signs: dict[int, UInt32] = {}
        self._marks: dict[int, tuple[Mark, ...]] = {}
        self._scores: dict[int, Plate] = {}
        self._placeholders: dict[str, UInt32] = {}

    def sign(self, code: int) -> UInt32:
        """Return the sign of a combination of marks, (h, w) opaque: the top left of the tile."""
        code &= _SIGN
        if code not in self._signs:
            self._signs[code] = self._draw_sign(code)
        return self._signs[code]

    def marks(self, code: int) -> tuple[Mark, ...]:
        """Return the other marks of a combination."""
        code &= _DISAGREES | _QUEUED | _FLAGGED
        if code not in self._marks:
            self._marks[code] = self._draw_marks(code)
        return self._marks[code]

    def score(self, hundredth: int) -> Plate:
        """Return the plate of a score in hundredths, 0-100."""
        if hundredth not in self._scores:
            image = self._draw_score(f"{hundredth / 100:.2f}")
            self._scores[hundredth] = Plate(image.width(), image.height(), image)
        return self._scores[hundredth]

    def placeholder(self, reason: str) -> UInt32:
        """Return what stands in for a tile that cannot be used, with the reason: (side, side)."""
        if reason not in self._placeholders:
            if len(self._placeholders) >= _MOST_REASONS:
                self._placeholders.clear()
            self._placeholders[reason] = self._draw_placeholder(reason)
        return self._placeholders[reason]

    def _draw_sign(self, code: int) -> UInt32:
        badge = self.style.badge
        width = round(badge * (WITH_TICK if code & _DECIDED else 1))
        image = QImage(width, badge, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._pencil.sign(painter, (code & _LABEL_BITS) - 1, decided=bool(code & _DECIDED))
        painter.end()
        return _as_array(image)

    def _draw_marks(self, code: int) -> tuple[Mark, ...]:
        """Draw a whole tile, and cut out what has something on it: less is blended then."""
        image = _transparent(self.style.side, self.style.side)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if code & _DISAGREES:
            self._pencil.slash(painter)
        queued, flagged = bool(code & _QUEUED), bool(code & _FLAGGED)
        if queued or flagged:
            self._pencil.dot_and_flag(painter, queued=queued, flagged=flagged)
        painter.end()
        return tuple(Mark(box.x(), box.y(), image.copy(box)) for box in self._boxes(code))

    def _boxes(self, code: int) -> list[QRect]:
        """Return the parts of a tile that a combination of marks covers."""
        side = self.style.side
        cut, plate = ceil(self.style.badge * CORNER), ceil(self.style.badge * PLATE)
        plates = bool(code & _QUEUED) + bool(code & _FLAGGED)
        boxes = [QRect(side - cut, 0, cut, cut)] if code & _DISAGREES else []
        return boxes + ([QRect(0, side - plate, plate * plates, plate)] if plates else [])

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

    def _draw_placeholder(self, reason: str) -> UInt32:
        image = QImage(self.style.side, self.style.side, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        self._pencil.placeholder(painter, self._palette, reason, in_words=self.style.has_score)
        painter.end()
        return _as_array(image)


def _transparent(width: int, height: int) -> QImage:
    image = QImage(max(1, width), max(1, height), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _as_array(image: QImage) -> UInt32:
    """Return a copy of the pixels of an opaque picture, (height, width) uint32."""
    pixels = np.frombuffer(image.constBits(), np.uint32)
    return pixels.reshape(image.height(), -1)[:, : image.width()].copy()
