"""What the mouse does on the map: pan, draw a lasso, point, pick."""

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent

from histoviewer.ui.review.selection import Pick

if TYPE_CHECKING:
    from histoviewer.ui.map.canvas import MapCanvas

_DRAG: Final = 5.0  # logical pixels from which a click is a drag
_LEFT, _MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


class Tool(Enum):
    """What dragging with the left button does."""

    PAN = auto()
    LASSO = auto()


class MapPointer:
    """Turns mouse events of a map into moves, lassos and picks. UI thread only.

    Shift draws a lasso whatever the tool is, the middle button pans; with Ctrl what is surrounded
    or clicked on is added to what is selected.

    Args:
        canvas: The map.
    """

    def __init__(self, canvas: "MapCanvas") -> None:
        self._canvas = canvas
        self._pressed: QPointF | None = None
        self._last: QPointF | None = None
        self._pans = False
        self.tool = Tool.PAN
        self.place: QPointF | None = None  # where mouse or keyboard points
        self.draws = False
        self._show_cursor()

    def set_tool(self, tool: Tool) -> bool:
        """Change what the left button does; returns whether that is new."""
        is_new, self.tool = tool is not self.tool, tool
        self._show_cursor()
        return is_new

    def press(self, event: QMouseEvent) -> None:
        """Take hold, or begin a lasso."""
        if event.button() not in (_LEFT, _MIDDLE):
            event.ignore()
            return
        self._pressed = self._last = event.position()
        is_lasso = self.tool is Tool.LASSO or bool(event.modifiers() & _SHIFT)
        if event.button() is _LEFT and is_lasso and self._canvas.view is not None:
            self.draws = True
            self._canvas.lasso.begin()
            self._canvas.lasso.add(event.position(), self._canvas.view)

    def move(self, event: QMouseEvent) -> None:
        """Draw, pan, or point."""
        here = self.place = event.position()
        self._canvas.follow_mouse()
        if self._pressed is None or self._last is None:
            self._canvas.point_at(here)
        elif self.draws and self._canvas.view is not None:
            self._canvas.lasso.add(here, self._canvas.view, apart=True)
            self._canvas.update()
        elif self._pans or (here - self._pressed).manhattanLength() >= _DRAG:
            self._pans = True
            self._show_cursor()
            moved, self._last = here - self._last, here
            self._canvas.pan_by(moved.x(), moved.y())

    def release(self, event: QMouseEvent) -> None:
        """End what was begun; a click that moved nothing picks the point."""
        draws, pans, self.draws, self._pans = self.draws, self._pans, False, False
        pressed, self._pressed = self._pressed, None
        self._show_cursor()
        pick = Pick.ADD if event.modifiers() & _CTRL else Pick.REPLACE
        if pressed is None:
            return
        is_click = (event.position() - pressed).manhattanLength() < _DRAG
        if draws:
            outline = self._canvas.lasso.close()
            self._canvas.update()
            if not is_click:
                self._canvas.lassoed.emit(outline, pick)
                return
        tile = self._canvas.tile_at(event.position())
        if is_click and not pans and event.button() is _LEFT and tile is not None:
            self._canvas.picked.emit(tile, Pick.TOGGLE if pick is Pick.ADD else pick)

    def leave(self) -> None:
        """Point at nothing any more."""
        if self._pressed is None:
            self.place = None
            self._canvas.point_at(None)

    def _show_cursor(self) -> None:
        if self._pans:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self.tool is Tool.LASSO:
            shape = Qt.CursorShape.CrossCursor
        else:
            shape = Qt.CursorShape.ArrowCursor
        self._canvas.setCursor(shape)
