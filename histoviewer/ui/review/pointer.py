"""What the mouse does in the grid: clicks select, a drag of five pixels starts a rubber band."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QMouseEvent

from histoviewer.ui.review.scrolling import EdgeScroller
from histoviewer.ui.review.selection import Pick

if TYPE_CHECKING:
    from histoviewer.ui.review.grid import TileGrid

DRAG_THRESHOLD: Final = 5  # logical pixels; a hand that clicks fast moves less


class Pointer:
    """Turns mouse events of a grid into selections. UI thread only.

    A press selects at once, so that fast clicks are never lost to a drag. With Ctrl it turns over
    what it touches, with Shift it reaches from the last tile clicked on, with both it adds that.

    Args:
        grid: The grid whose viewport the mouse is over.
    """

    def __init__(self, grid: "TileGrid") -> None:
        self._grid = grid
        self._edge = EdgeScroller(grid.scroll_by, grid)
        self._pressed: QPoint | None = None  # in the view, logical pixels
        self._start = QPoint()  # the same in content coordinates, device pixels
        self._mouse = QPointF()  # in the view, logical pixels
        self._pick = Pick.REPLACE
        self.is_banding = False

    def press(self, event: QMouseEvent) -> None:
        """Select what was pressed on, as the modifiers say."""
        if event.button() is not Qt.MouseButton.LeftButton:
            self.cancel()
            return
        self._end()  # where the release was lost, as when the grid was hidden
        self._pressed = event.position().toPoint()
        self._start = self._grid.content_point(event.position())
        ctrl, shift = _modifiers(event)
        self._pick = Pick.TOGGLE if ctrl and not shift else Pick.ADD if shift else Pick.REPLACE
        self._grid.selection.begin_band()
        if (section := self._grid.header_at(event.position())) is not None:
            self._pressed = None  # no band begins on a header
            self._grid.select_section(section, self._pick)
        elif (place := self._grid.geometry_now().at(self._start.x(), self._start.y())) is not None:
            self._press_tile(place, ctrl=ctrl, shift=shift)
        elif self._pick is Pick.REPLACE:
            self._grid.select_none()

    def _press_tile(self, place: int, *, ctrl: bool, shift: bool) -> None:
        selection = self._grid.selection
        if shift:
            selection.extend(place, pick=Pick.ADD if ctrl else Pick.REPLACE)
        elif ctrl:
            selection.toggle(place)
        else:
            selection.go(place)
        self._grid.selection_moved()

    def move(self, event: QMouseEvent) -> None:
        """Stretch the rubber band, once the mouse has moved far enough."""
        if self._pressed is None:
            return
        self._mouse = event.position()
        way = self._mouse.toPoint() - self._pressed
        if not self.is_banding and way.manhattanLength() >= DRAG_THRESHOLD:
            self.is_banding = True
        if self.is_banding:
            self._edge.drag(self._mouse.y(), self._grid.viewport().height())
            self.stretch()

    def stretch(self) -> None:
        """Select what the band touches now; to be called when the view has scrolled, too."""
        if self.is_banding:
            start, end = self._start, self._grid.content_point(self._mouse)
            places = self._grid.geometry_now().inside(start.x(), start.y(), end.x(), end.y())
            self._grid.selection.stretch_band(places, self._pick)
            self._grid.selection_moved(scroll=False)
            self._grid.refresh_all()  # the band itself

    def release(self) -> None:
        """End the rubber band; what it has selected stays."""
        self._grid.selection.end_band()
        self._end()

    def cancel(self) -> None:
        """Give the rubber band up: what was selected before it is selected again."""
        if self.is_banding:
            self._grid.selection.cancel_band()
            self._grid.selection_moved(scroll=False)
        self._end()

    def _end(self) -> None:
        self._pressed = None
        self._edge.end()
        if self.is_banding:
            self.is_banding = False
            self._grid.refresh_all()

    def band(self, scroll: int) -> QRect | None:
        """Return the rubber band in the view, device pixels; None while there is none."""
        if not self.is_banding:
            return None
        end = self._grid.content_point(self._mouse)
        return QRect(self._start, end).normalized().translated(0, -scroll)


def _modifiers(event: QMouseEvent) -> tuple[bool, bool]:
    """Return whether Ctrl and Shift are held."""
    held = event.modifiers()
    return (
        bool(held & Qt.KeyboardModifier.ControlModifier),
        bool(held & Qt.KeyboardModifier.ShiftModifier),
    )
