"""Choosing a range of scores on their histogram, by mouse, by keys or by typing."""

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
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from histoviewer.domain.arrays import Int64
from histoviewer.domain.facets import SCORE_BINS
from histoviewer.ui.widgets import inset

_STEP: Final = 0.01
_LEAP: Final = 0.1
_HANDLE: Final = 5.0  # half the width of a handle, logical pixels
_BUTTONS: Final = 34  # pixels for the arrows and the frame of a number
_EPSILON: Final = 1e-9


class ScoreHistogram(QWidget):
    """A histogram with two handles.

    Left and Right move the active handle, with Shift by more; Up and Down change the active one.
    """

    range_changed = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bins: Int64 = np.zeros(SCORE_BINS, np.int64)
        self._ends = [0.0, 1.0]
        self._active = 0
        self._dragged = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Score range")
        self.setToolTip("Drag the ends, or use the arrow keys; Up and Down choose the end")

    def set_bins(self, bins: Int64) -> None:
        """Show these counts."""
        self._bins = bins
        self.update()

    def set_range(self, low: float, high: float) -> None:
        """Show this range; says nothing about it."""
        self._ends = [low, high]
        self.setAccessibleDescription(f"{low:.2f} to {high:.2f}")
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

    def _move_active(self, score: float) -> None:
        low, high = self._ends
        limits = (0.0, high) if self._active == 0 else (low, 1.0)
        moved = round(min(max(score, limits[0]), limits[1]), 2)
        if abs(moved - self._ends[self._active]) > _EPSILON:
            self._ends[self._active] = moved
            self.set_range(*self.ends)
            self.range_changed.emit(*self.ends)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the active end, or change which one is active."""
        step = _LEAP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
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
        """Take the nearer end."""
        x = event.position().x()
        distances = [abs(x - self._x(end)) for end in self._ends]
        at_left = x < self._x(self._ends[0])
        nearer = (
            0 if distances[0] < distances[1] or (distances[0] == distances[1] and at_left) else 1
        )
        self._active, self._dragged = nearer, True
        self.mouseMoveEvent(event)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the active end."""
        if self._dragged:
            start, width = self._span()
            self._move_active((event.position().x() - start) / width)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        del event
        self._dragged = False

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


class ScoreRange(QWidget):
    """The histogram with the two ends as numbers below it."""

    range_changed = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.histogram = ScoreHistogram()
        self.low = _end_box("Lowest score", 0.0)
        self.high = _end_box("Highest score", 1.0)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.low, 1)
        row.addWidget(QLabel("to"))
        row.addWidget(self.high, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.histogram)
        layout.addLayout(row)
        self.histogram.range_changed.connect(self._histogram_moved)
        self.low.valueChanged.connect(self._typed)
        self.high.valueChanged.connect(self._typed)

    def set_range(self, low: float, high: float) -> None:
        """Show this range; says nothing about it."""
        self.histogram.set_range(low, high)
        for box, value in ((self.low, low), (self.high, high)):
            blocked = box.blockSignals(True)  # noqa: FBT003 - Qt's own signature
            box.setValue(value)
            box.blockSignals(blocked)

    @property
    def ends(self) -> tuple[float, float]:
        """Return the range."""
        return self.histogram.ends

    def _histogram_moved(self, low: float, high: float) -> None:
        self.set_range(low, high)
        self.range_changed.emit(low, high)

    def _typed(self) -> None:
        low, high = self.low.value(), self.high.value()
        if low > high:  # the end being typed pushes the other one along
            low, high = (low, low) if self.sender() is self.low else (high, high)
        self.set_range(low, high)
        self.range_changed.emit(low, high)


def _end_box(name: str, value: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(0.0, 1.0)
    box.setSingleStep(_STEP)
    box.setDecimals(2)
    box.setValue(value)
    box.setAccessibleName(name)
    box.setKeyboardTracking(False)  # a half-typed number is not a filter
    inset(box)
    # Qt would have it wide enough for any number of decimals; a panel has room for two such boxes.
    box.setMinimumWidth(box.fontMetrics().horizontalAdvance("0.000") + _BUTTONS)
    return box
