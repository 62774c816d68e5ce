"""A difference with its interval, drawn beside the margin that it must not fall below."""

import math
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from histoviewer.domain.gate import GateResult

_LINES: Final = 5  # heights of a line of text
_ROOM: Final = 0.15  # of the range, at both ends
_THICK, _CAP, _DOT = 3.0, 6.0, 5.0  # pixels


class IntervalPlot(QWidget):
    """Draws the difference of two areas: a dot, its interval, zero and the margin. UI thread only.

    Everything it draws is also said in words beside it.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: GateResult | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Difference between the models and its interval"))

    def show_gate(self, found: GateResult | None) -> None:
        """Draw what the gate found; None for nothing."""
        self._found = found
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height that the drawing takes at this text size."""
        height = self.fontMetrics().height()
        return QSize(40 * self.fontMetrics().averageCharWidth(), _LINES * height)

    def minimumSizeHint(self) -> QSize:
        """Return the same height."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        found = self._found
        if found is None or math.isnan(found.comparison.at_least):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw(painter, found)
        painter.end()

    def _draw(self, painter: QPainter, found: GateResult) -> None:
        difference = found.comparison.difference
        marks = (difference.low, difference.high, -found.margin, 0.0)
        low, high = min(marks), max(marks)
        room = max((high - low) * _ROOM, 1e-4)
        low, high = low - room, high + room

        def place(value: float) -> float:
            return (value - low) / (high - low) * self.width()

        line, middle = self.fontMetrics().height(), self.height() / 2
        text, muted = self._colour(QPalette.ColorRole.Text), self._colour(QPalette.ColorRole.Mid)
        painter.setPen(QPen(muted, 1))
        painter.drawLine(QLineF(0, middle, self.width(), middle))
        for value, dashed in ((0.0, False), (-found.margin, True)):
            style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
            painter.setPen(QPen(text, 1, style))
            painter.drawLine(QLineF(place(value), line, place(value), self.height() - line))
        self._write(painter, place(0.0), 0, self.tr("as good"), prefer_right=True)
        self._write(
            painter, place(-found.margin), 0, self.tr("margin"), prefer_right=found.margin == 0
        )
        accent = self._colour(QPalette.ColorRole.Highlight)
        painter.setPen(QPen(accent, _THICK))
        start, end = place(difference.low), place(difference.high)
        painter.drawLine(QLineF(start, middle, end, middle))
        at_least = place(found.comparison.at_least)
        painter.drawLine(QLineF(at_least, middle - _CAP, at_least, middle + _CAP))
        painter.setBrush(accent)
        painter.drawEllipse(QPointF(place(difference.value), middle), _DOT, _DOT)
        below = self.height() - line
        painter.setPen(text)
        self._write(
            painter, at_least, below, f"{found.comparison.at_least:+.4f}", prefer_right=False
        )

    def _write(
        self, painter: QPainter, x: float, top: float, words: str, *, prefer_right: bool
    ) -> None:
        """Write words beside a place, on the other side where they would be cut."""
        width, height = self.fontMetrics().horizontalAdvance(words), self.fontMetrics().height()
        left = x + _CAP / 2 if prefer_right else x - width - _CAP / 2
        left = min(max(left, 0.0), self.width() - width)
        painter.setPen(self._colour(QPalette.ColorRole.Text))
        painter.drawText(QRectF(left, top, width + 1, height), words)

    def _colour(self, role: QPalette.ColorRole) -> QColor:
        return self.palette().color(role)
