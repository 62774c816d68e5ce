"""By how much a wheel or two fingers bring what is shown nearer, alike wherever one can zoom."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QNativeGestureEvent, QWheelEvent

_NOTCH: Final = 120  # eighths of a degree that one click of a mouse wheel reports


def wheel_factor(event: QWheelEvent, *, notches_to_double: int) -> float:
    """Return the factor of a turn of the wheel: above 1 for nearer.

    Args:
        event: The turn.
        notches_to_double: Clicks of the wheel that make everything twice as large.
    """
    return float(2 ** (event.angleDelta().y() / _NOTCH / notches_to_double))


def pinch_factor(event: QNativeGestureEvent) -> float | None:
    """Return the factor of two fingers drawn apart on a touch pad; None for another gesture."""
    pinches = Qt.NativeGestureType.ZoomNativeGesture
    if event.gestureType() == pinches:
        return 1 + event.value()
    return None
