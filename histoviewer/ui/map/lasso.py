"""The lasso: an outline that is drawn around points, by mouse or by keyboard."""

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPalette, QPen

from histoviewer.domain.arrays import Float64
from histoviewer.domain.map_view import MapView

_STEP: Final = 3.0  # logical pixels between two corners that the mouse draws
_FILL: Final = 36  # opacity, 0-255
_DASH: Final = (4.0, 3.0)


class Lasso:
    """An outline that is being drawn. Its corners lie on the plane, so that one may move and zoom.

    UI thread only.
    """

    def __init__(self) -> None:
        self._corners: list[tuple[float, float]] = []
        self.is_open = False

    def begin(self) -> None:
        """Begin an outline without a corner."""
        self._corners = []
        self.is_open = True

    def add(self, pixel: QPointF, view: MapView, *, apart: bool = False) -> None:
        """Add a corner.

        Args:
            pixel: Where, logical pixels.
            view: What is seen.
            apart: Leave it out where it is hardly away from the last one.
        """
        here = view.to_plane(np.array([[pixel.x(), pixel.y()]]))[0]
        if apart and self._corners:
            last = np.array(self._corners[-1])
            if np.hypot(*((here - last) * view.scale)) < _STEP:
                return
        self._corners.append((float(here[0]), float(here[1])))

    def take_back(self) -> None:
        """Take the last corner back; without one, give the lasso up."""
        if self._corners:
            self._corners.pop()
        else:
            self.is_open = False

    def close(self) -> Float64:
        """End the outline and return its (k, 2) corners on the plane."""
        corners, self._corners = self._corners, []
        self.is_open = False
        return np.array(corners, np.float64).reshape(-1, 2)

    def cancel(self) -> None:
        """Give the outline up."""
        self._corners = []
        self.is_open = False

    @property
    def corner_count(self) -> int:
        """Return how many corners there are."""
        return len(self._corners)

    def paint(
        self, painter: QPainter, view: MapView, palette: QPalette, pointer: QPointF | None
    ) -> None:
        """Paint the outline up to now.

        Args:
            painter: Paints in logical pixels.
            view: What is seen.
            palette: Colours of the window.
            pointer: Where the next corner would be; None where nobody points.
        """
        if not self.is_open or not self._corners:
            return
        seen = [QPointF(*place) for place in view.to_picture(np.array(self._corners)).tolist()]
        if pointer is not None:
            seen.append(pointer)
        path = QPainterPath(seen[0])
        for place in seen[1:]:
            path.lineTo(place)
        path.closeSubpath()
        accent = palette.color(QPalette.ColorRole.Link)
        veil = QColor(accent)
        veil.setAlpha(_FILL)
        painter.fillPath(path, veil)
        ground = QPen(palette.color(QPalette.ColorRole.Base), 3)
        line = QPen(accent, 1.5, Qt.PenStyle.CustomDashLine)
        line.setDashPattern(list(_DASH))
        for pen in (ground, line):
            painter.strokePath(path, pen)
