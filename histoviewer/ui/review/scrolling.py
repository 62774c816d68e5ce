"""Scrolling by wheel and touchpad, and by a rubber band dragged to the edge of the view."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEasingCurve, QElapsedTimer, QObject, QPropertyAnimation, QTimerEvent
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QScrollBar

NOTCH: Final = 120  # eighths of a degree that one click of a mouse wheel reports
_GLIDE_MS: Final = 110
_EDGE_MS: Final = 16
_EDGE_ZONE: Final = 16  # logical pixels inside the view where a drag begins to scroll
_EDGE_GAIN: Final = 14.0  # speed, logical pixels a second, for each pixel beyond that
_EDGE_FASTEST: Final = 3000.0
_LONGEST_TICK_S: Final = 0.1  # a machine that hung must not make the view leap


class Glide(QPropertyAnimation):
    """Moves a scroll bar smoothly; turns of the wheel during a glide add to it.

    Args:
        bar: The scroll bar, which owns the animation.
    """

    def __init__(self, bar: QScrollBar) -> None:
        super().__init__(bar, b"value", bar)
        self._bar = bar
        self.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.setDuration(_GLIDE_MS)

    def by(self, pixels: int) -> None:
        """Scroll by some pixels from where the last glide ends."""
        is_gliding = self.state() is QPropertyAnimation.State.Running
        start = int(self.endValue()) if is_gliding else self._bar.value()
        self.stop()
        self.setStartValue(self._bar.value())
        self.setEndValue(min(max(start + pixels, self._bar.minimum()), self._bar.maximum()))
        self.start()


class Wheel:
    """Turns wheel events into scrolling: pixel by pixel from a touchpad, gliding from a wheel.

    Fractions of a pixel are kept for the next event, so that slow fingers are not lost.

    Args:
        bar: The scroll bar to move; its values are device pixels.
        glide: Moves it.
    """

    def __init__(self, bar: QScrollBar, glide: Glide) -> None:
        self._bar = bar
        self._glide = glide
        self._rest = 0.0

    def scroll(self, event: QWheelEvent, *, ratio: float, notch: float) -> None:
        """Follow a wheel event.

        Args:
            event: The event.
            ratio: Device pixels a logical pixel.
            notch: Device pixels to scroll for one notch of a mouse wheel.
        """
        if event.pixelDelta().isNull():
            self._glide.by(self._whole(-event.angleDelta().y() / NOTCH * notch))
        else:
            self._glide.stop()
            pixels = self._whole(-event.pixelDelta().y() * ratio)
            self._bar.setValue(self._bar.value() + pixels)

    def _whole(self, pixels: float) -> int:
        wanted = pixels + self._rest
        self._rest = wanted - round(wanted)
        return round(wanted)


class EdgeScroller(QObject):
    """Scrolls while a drag is held at an edge of the view, the faster the farther beyond.

    Args:
        step: Scrolls by some logical pixels.
        parent: Owner.
    """

    def __init__(self, step: Callable[[float], None], parent: QObject) -> None:
        super().__init__(parent)
        self._step = step
        self._timer = 0
        self._speed = 0.0
        self._since = QElapsedTimer()

    def drag(self, y: float, height: float) -> None:
        """Follow a drag.

        Args:
            y: Where the mouse is, logical pixels from the top of the view.
            height: Height of the view.
        """
        beyond = min(0.0, y - _EDGE_ZONE) + max(0.0, y - height + _EDGE_ZONE)
        self._speed = min(max(beyond * _EDGE_GAIN, -_EDGE_FASTEST), _EDGE_FASTEST)
        if self._speed and not self._timer:
            self._since.start()
            self._timer = self.startTimer(_EDGE_MS)
        elif not self._speed:
            self.end()

    def end(self) -> None:
        """Stop."""
        if self._timer:
            self.killTimer(self._timer)
            self._timer = 0

    def timerEvent(self, event: QTimerEvent) -> None:
        """Scroll by what the time since the last step makes."""
        if event.timerId() == self._timer:
            seconds = min(self._since.restart() / 1000, _LONGEST_TICK_S)
            self._step(self._speed * seconds)
