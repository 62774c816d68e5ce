"""A histogram of scores on which a range is brushed."""

from collections.abc import Callable
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QWidget

from histoviewer.domain.arrays import Int64
from histoviewer.domain.facets import SCORE_BINS

STEP: Final = 0.01
_LEAP: Final = 0.1
_HANDLE: Final = 5.0  # half the width of a handle, logical pixels
_EPSILON: Final = 1e-9
_DRAG: Final = 3.0  # logical pixels that the mouse moves before a new range begins


class ScoreHistogram(QWidget):
    """A histogram with two handles. UI thread only.

    Dragging a handle moves it, dragging between them moves both, dragging elsewhere brushes a new
    range, and a double click takes all scores. Left and Right move the active handle, with Shift
    by more; Up and Down change the active one.
    """

    range_changed = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bins: Int64 = np.zeros(SCORE_BINS, np.int64)
        self._ends = [0.0, 1.0]
        self._active = 0
        self._drag: Callable[[float], None] | None = None  # what moving the mouse to a score does
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Score range"))
        self.setToolTip(
            self.tr(
                "Drag across the scores you want to see, or move the ends with the arrow keys; "
                "Up and Down choose the end. A double click takes all scores."
            )
        )

    def set_bins(self, bins: Int64) -> None:
        """Show these counts."""
        self._bins = bins
        self.update()

    def set_range(self, low: float, high: float) -> None:
        """Show this range; says nothing about it."""
        self._ends = [low, high]
        words = self.tr("{low} to {high}").format(low=f"{low:.2f}", high=f"{high:.2f}")
        self.setAccessibleDescription(words)
        self.update()

    @property
    def ends(self) -> tuple[float, float]:
        """Return the range."""
        return self._ends[0], self._ends[1]

    def sizeHint(self) -> QSize:
        """Return a size that suits a side panel."""
        return QSize(180, QFontMetrics(self.font()).height() * 4)

    def minimumSizeHint(self) -> QSize:
        """Return the least useful size."""
        return QSize(100, QFontMetrics(self.font()).height() * 3)

    def _span(self) -> tuple[float, float]:
        """Return where 0 and the width of 1 are, logical pixels."""
        return _HANDLE + 1, max(1.0, self.width() - 2 * _HANDLE - 2)

    def _x(self, score: float) -> float:
        start, width = self._span()
        return start + score * width

    def _score(self, event: QMouseEvent) -> float:
        start, width = self._span()
        return min(max((event.position().x() - start) / width, 0.0), 1.0)

    def _move_active(self, score: float) -> None:
        low, high = self._ends
        limits = (0.0, high) if self._active == 0 else (low, 1.0)
        ends = list(self._ends)
        ends[self._active] = min(max(score, limits[0]), limits[1])
        self._choose(*ends)

    def _move_both(self, low: float) -> None:
        width = self._ends[1] - self._ends[0]
        low = min(max(low, 0.0), 1.0 - width)
        self._choose(low, low + width)

    def _choose(self, low: float, high: float) -> None:
        low, high = round(low, 2), round(high, 2)
        if abs(low - self._ends[0]) > _EPSILON or abs(high - self._ends[1]) > _EPSILON:
            self.set_range(low, high)
            self.range_changed.emit(low, high)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the active end, or change which one is active."""
        step = _LEAP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        match event.key():
            case Qt.Key.Key_Left:
                self._move_active(self._ends[self._active] - step)
            case Qt.Key.Key_Right:
                self._move_active(self._ends[self._active] + step)
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                self._active = 1 - self._active
                self.update()
            case Qt.Key.Key_Home:
                self._move_active(0.0)
            case Qt.Key.Key_End:
                self._move_active(1.0)
            case _:
                event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take an end, or the range, or begin a new one."""
        score = self._score(event)
        end = self._end_at(event.position().x())
        if end is not None:
            self._active = end
            self._drag = self._move_active
        elif self._is_inside(score):
            grip = score - self._ends[0]
            self._drag = lambda moved: self._move_both(moved - grip)
        else:
            self._drag = self._brush_from(score)
        self.update()

    def _brush_from(self, origin: float) -> Callable[[float], None]:
        """Return what brushes a range from a score on; a mere click does nothing."""
        began = False

        def brush(score: float) -> None:
            nonlocal began
            began = began or abs(score - origin) * self._span()[1] >= _DRAG
            if began:
                self._active = int(score >= origin)
                self._choose(min(origin, score), max(origin, score))

        return brush

    def _end_at(self, x: float) -> int | None:
        """Return the end whose handle is there; where both are, the one that can move."""
        near = [number for number in (0, 1) if abs(x - self._x(self._ends[number])) <= _HANDLE + 1]
        if len(near) > 1:
            return 0 if x < self._x(self._ends[0]) else 1
        return near[0] if near else None

    def _is_inside(self, score: float) -> bool:
        """Return whether a score is between the ends of a range that is not all there is."""
        low, high = self._ends
        return low < score < high and (low, high) != (0.0, 1.0)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or show what could be dragged."""
        if self._drag is not None:
            self._drag(self._score(event))
        elif self._end_at(event.position().x()) is not None:
            self.setCursor(Qt.CursorShape.SplitHCursor)
        elif self._is_inside(self._score(event)):
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.setCursor(Qt.CursorShape.CrossCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        del event
        self._drag = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take all scores."""
        del event
        self._choose(0.0, 1.0)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bars, those out of range pale, and the handles."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, bottom = self.palette(), self.height() - 1.0
        start, width = self._span()
        inside = palette.color(QPalette.ColorRole.Highlight)
        outside = palette.color(QPalette.ColorRole.Mid)
        painter.fillRect(QRectF(start, bottom - 1, width, 1), outside)
        # Roots: a few uncertain tiles stay visible beside many sure ones.
        heights = np.sqrt(self._bins / max(1, int(self._bins.max(initial=0)))) * (bottom - 4)
        bar = width / SCORE_BINS
        for place, height in enumerate(heights.tolist()):
            middle = (place + 0.5) / SCORE_BINS
            colour = inside if self._ends[0] <= middle <= self._ends[1] else outside
            box = QRectF(start + place * bar, bottom - height, max(1.0, bar - 1), height)
            painter.fillRect(box, colour)
        for which, end in enumerate(self._ends):
            self._paint_handle(painter, self._x(end), is_active=which == self._active)
        painter.end()

    def _paint_handle(self, painter: QPainter, x: float, *, is_active: bool) -> None:
        palette, height = self.palette(), float(self.height())
        text = palette.color(QPalette.ColorRole.WindowText)
        painter.setPen(QPen(text, 1.5))
        painter.drawLine(QPointF(x, 0), QPointF(x, height))
        grip = QRectF(x - _HANDLE, height / 2 - 9, 2 * _HANDLE, 18)
        painter.setBrush(palette.color(QPalette.ColorRole.Button))
        if self.hasFocus() and is_active:
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 2))
        painter.drawRoundedRect(grip, 3, 3)
