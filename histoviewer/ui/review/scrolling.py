"""Scrolling that glides, and scrolling by a rubber band dragged beyond the view."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEasingCurve, QObject, QPropertyAnimation, QTimerEvent
from PySide6.QtWidgets import QScrollBar

_GLIDE_MS: Final = 110
_EDGE_MS: Final = 16


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


class EdgeScroller(QObject):
    """Calls a function again and again between `begin` and `end`.

    Args:
        step: Scrolls a little where the mouse is beyond the edge.
        parent: Owner.
    """

    def __init__(self, step: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._step = step
        self._timer = 0

    def begin(self) -> None:
        """Start."""
        if not self._timer:
            self._timer = self.startTimer(_EDGE_MS)

    def end(self) -> None:
        """Stop."""
        if self._timer:
            self.killTimer(self._timer)
            self._timer = 0

    def timerEvent(self, event: QTimerEvent) -> None:
        """Scroll."""
        if event.timerId() == self._timer:
            self._step()
