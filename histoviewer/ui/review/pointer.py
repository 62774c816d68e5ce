"""What the mouse does in the grid: clicks select, a drag of five pixels starts a rubber band."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QMouseEvent

if TYPE_CHECKING:
    from histoviewer.ui.review.grid import TileGrid

DRAG_THRESHOLD: Final = 5  # logical pixels; a hand that clicks fast moves less


class Pointer:
    """Turns mouse events of a grid into selections. UI thread only.

    A press selects at once, so that fast clicks are never lost to a drag.

    Args:
        grid: The grid whose viewport the mouse is over.
    """

    def __init__(self, grid: "TileGrid") -> None:
        self._grid = grid
        self._pressed: QPoint | None = None  # in the view, logical pixels
        self._start = QPoint()  # the same in content coordinates, device pixels
        self._end = QPoint()
        self._keeps = False
        self.is_banding = False

    def press(self, event: QMouseEvent) -> None:
        """Select the tile pressed on, as the modifiers say."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._pressed = event.position().toPoint()
        self._start = self._end = self._grid.content_point(event.position())
        modifiers = event.modifiers()
        ctrl = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        self._keeps = ctrl or shift
        place = self._grid.geometry_now().at(self._start.x(), self._start.y())
        if place is None:
            if not self._keeps:
                self._grid.select_none()
            return
        selection = self._grid.selection
        if shift:
            selection.extend(place)
        elif ctrl:
            selection.toggle(place)
        else:
            selection.go(place)
        self._grid.selection_moved()

    def move(self, event: QMouseEvent) -> None:
        """Stretch the rubber band, once the mouse has moved far enough."""
        if self._pressed is None:
            return
        way = event.position().toPoint() - self._pressed
        if not self.is_banding and way.manhattanLength() >= DRAG_THRESHOLD:
            self.is_banding = True
            self._grid.selection.begin_band(keep=self._keeps)
            self._grid.begin_edge_scrolling()
        if self.is_banding:
            self._end = self._grid.content_point(event.position())
            self.stretch()

    def scrolled(self, pixels: int) -> None:
        """Follow a scroll of the content under a resting mouse, device pixels."""
        if self.is_banding:
            self._end += QPoint(0, pixels)
            self.stretch()

    def stretch(self) -> None:
        """Select what the band touches now."""
        start, end = self._start, self._end
        places = self._grid.geometry_now().inside(start.x(), start.y(), end.x(), end.y())
        self._grid.selection.stretch_band(places)
        self._grid.selection_moved(scroll=False)

    def release(self) -> None:
        """End the rubber band."""
        self._pressed = None
        if self.is_banding:
            self.is_banding = False
            self._grid.refresh()

    def band(self, scroll: int) -> QRect | None:
        """Return the rubber band in the view, device pixels; None while there is none."""
        if not self.is_banding:
            return None
        return QRect(self._start, self._end).normalized().translated(0, -scroll)
