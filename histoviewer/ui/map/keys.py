"""What keys do on the map: point, pan, pick, draw a lasso corner by corner."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from histoviewer.ui.review.selection import Pick

if TYPE_CHECKING:
    from histoviewer.ui.map.canvas import MapCanvas

_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_HELD: Final = _CTRL | _SHIFT
_STEP: Final = 12.0  # logical pixels
_LEAP: Final = 60.0
_PAN: Final = 0.15  # of the view
_EDGE: Final = 24.0  # logical pixels from the edge at which the view moves along
_WAYS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class MapKeys:
    """Turns key events of a map into what the mouse could do. UI thread only.

    Arrows move a pointer of their own, with Shift by more; the view follows it over the edge. With
    Ctrl they pan. L begins a lasso: Space sets a corner where the pointer is, Backspace takes the
    last one back, Enter closes it, Escape gives it up. Without a lasso Space picks the point that
    is pointed at, with Ctrl beside those picked before, and Enter opens it. Home shows all.

    Args:
        canvas: The map that has the keyboard.
    """

    def __init__(self, canvas: "MapCanvas") -> None:
        self._canvas = canvas
        self.is_pointing = False  # an arrow moved the pointer last, and not the mouse
        self._in_lasso: Mapping[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Space: self._add_corner,
            Qt.Key.Key_Backspace: self._take_corner_back,
            Qt.Key.Key_Return: self._close,
            Qt.Key.Key_Enter: self._close,
            Qt.Key.Key_Escape: self._give_up,
        }

    def claims(self, event: QKeyEvent) -> bool:
        """Return whether a key is the map's own now, though it may start a command elsewhere."""
        if self._canvas.lasso.is_open:
            return Qt.Key(event.key()) in self._in_lasso
        return event.key() == Qt.Key.Key_Space

    def press(self, event: QKeyEvent) -> bool:
        """Act on a key; returns whether it was one of the map's."""
        key, held = Qt.Key(event.key()), event.modifiers() & _HELD
        if key in _WAYS:
            self._move(_WAYS[key], held)
        elif self._canvas.lasso.is_open and key in self._in_lasso:
            self._in_lasso[key]()
        elif key == Qt.Key.Key_Home:
            self._canvas.zoom_to_fit()
        elif key == Qt.Key.Key_L and not held:
            self._begin()
        elif key == Qt.Key.Key_Space:
            self._pick(Pick.TOGGLE if held & _CTRL else Pick.REPLACE)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        else:
            return False
        return True

    def _move(self, way: tuple[int, int], held: Qt.KeyboardModifier) -> None:
        canvas = self._canvas
        right, down = way
        if held & _CTRL:
            canvas.pan_by(-right * _PAN * canvas.width(), -down * _PAN * canvas.height())
            return
        by = _LEAP if held & _SHIFT else _STEP
        self._point(self._place + QPointF(right * by, down * by))

    @property
    def _place(self) -> QPointF:
        known = self._canvas.pointer.place
        return QPointF(self._canvas.rect().center()) if known is None else known

    def _point(self, place: QPointF) -> None:
        """Point at a place; what lies beyond the edge is moved into view."""
        canvas, self.is_pointing = self._canvas, True
        inside = QPointF(
            min(max(place.x(), _EDGE), canvas.width() - _EDGE),
            min(max(place.y(), _EDGE), canvas.height() - _EDGE),
        )
        canvas.pointer.place = inside
        beyond = inside - place
        if not beyond.isNull():
            canvas.pan_by(beyond.x(), beyond.y())
        canvas.point_at(inside)
        canvas.update()

    def _begin(self) -> None:
        self.is_pointing = True
        self._canvas.lasso.begin()
        self._add_corner()

    def _add_corner(self) -> None:
        view = self._canvas.view
        if view is not None:
            self._canvas.lasso.add(self._place, view)
            self._point(self._place)

    def _take_corner_back(self) -> None:
        self._canvas.lasso.take_back()
        self._canvas.update()

    def _close(self) -> None:
        outline = self._canvas.lasso.close()
        self._canvas.update()
        self._canvas.lassoed.emit(outline, Pick.REPLACE)

    def _give_up(self) -> None:
        self._canvas.lasso.cancel()
        self._canvas.update()

    def _pick(self, pick: Pick) -> None:
        if (tile := self._canvas.pointed_tile) is not None:
            self._canvas.picked.emit(tile, pick)

    def _open(self) -> None:
        if (tile := self._canvas.pointed_tile) is not None:
            self._canvas.opened.emit(tile)
