"""The map itself: points that are moved, neared, pointed at and surrounded."""

from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from histoviewer.domain.map_view import MapView
from histoviewer.services.embedding_map.scene import MapPoints, Scene
from histoviewer.ui.map.keys import MapKeys
from histoviewer.ui.map.lasso import Lasso
from histoviewer.ui.map.pointer import MapPointer, Tool
from histoviewer.ui.map.rendering import MapPicture, MapRenderer
from histoviewer.ui.zooming import pinch_factor, wheel_factor

_NOTCHES_TO_DOUBLE: Final = 3
_MARGIN: Final = 96  # logical pixels that are painted beyond each edge, to be panned into view
_REACH: Final = 12.0  # logical pixels from which a point is pointed at
_RING: Final = 8.5
_CROSS: Final = 9.0


class MapCanvas(QWidget):
    """Shows the points of a map. UI thread only; nothing it does while painting is O(N).

    What is seen is a picture painted by a thread: it is moved and stretched along at once, and
    painted anew as soon as may be. The wheel zooms about the mouse, dragging pans, the lasso
    surrounds; `MapKeys` does the same by keyboard.

    Args:
        parent: Owner.
    """

    lassoed = Signal(object, object)  # (k, 2) float64 corners on the plane, Pick
    picked = Signal(int, object)  # tile, Pick
    opened = Signal(int)  # double click on this tile, or Enter
    pointed = Signal(object)  # tile under the pointer, None for none
    framed = Signal()  # another part of the plane is seen
    tool_changed = Signal(object)  # Tool

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: MapPoints | None = None
        self._scene: Scene | None = None
        self._view: MapView | None = None
        self._picture: MapPicture | None = None
        self._pointed: int | None = None
        self.lasso = Lasso()
        self.renderer = MapRenderer(self)
        self.renderer.painted.connect(self._show_picture)
        self.pointer, self._keys = MapPointer(self), MapKeys(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self.setAccessibleName(self.tr("Embedding map"))

    # -- what is shown ------------------------------------------------------------------------

    def show_points(self, points: MapPoints | None) -> None:
        """Show another map, all of it; its `Scene` follows. None for none."""
        self._points = points
        self.show_plain()
        self.lasso.cancel()
        self._set_pointed(None)
        self.zoom_to_fit()

    def show_plain(self) -> None:
        """Show no point until the next `Scene`; where they are stays known."""
        self._scene = self._picture = None
        self.renderer.forget()
        self.update()

    def show_scene(self, scene: Scene) -> None:
        """Show the points in other colours, or others of them chosen."""
        if scene.points is self._points:
            self._scene = scene
            if not self.pointer.draws:  # the mouse may rest where a point has come or gone
                self.point_at(self.pointer.place)
            self._ask()

    @property
    def points(self) -> MapPoints | None:
        """Return the points shown."""
        return self._points

    @property
    def scene(self) -> Scene | None:
        """Return what the points look like."""
        return self._scene

    @property
    def is_painted(self) -> bool:
        """Return whether points are seen, and not only known."""
        return self._picture is not None

    @property
    def view(self) -> MapView | None:
        """Return which part of the plane is seen, in logical pixels; None without points."""
        return self._view

    @property
    def pointed_tile(self) -> int | None:
        """Return the tile that is pointed at, by mouse or keyboard."""
        return self._pointed

    # -- zoom and pan -------------------------------------------------------------------------

    def zoom_by(self, factor: float, about: QPointF | None = None) -> None:
        """Come nearer by a factor above 1, or go back by one below.

        Args:
            factor: Of the scale.
            about: Stays where it is, logical pixels; the middle by default.
        """
        if self._view is not None:
            place = None if about is None else (about.x(), about.y())
            self._go(self._view.zoomed(factor, place))

    def zoom_to_fit(self) -> None:
        """Show all points."""
        size = self.size()
        if self._points is None:
            self._view = None
            self.update()
        else:
            self._go(
                MapView.of_all(
                    self._points.index.bounds,
                    width=max(1, size.width()),
                    height=max(1, size.height()),
                )
            )

    def pan_by(self, right: float, down: float) -> None:
        """Move the points by so many logical pixels."""
        if self._view is not None:
            self._go(self._view.panned(right, down))

    def _go(self, view: MapView) -> None:
        if view != self._view:
            self._view = view
            self.point_at(self.pointer.place)
            self._ask()
            self.framed.emit()

    def _ask(self) -> None:
        """Have the picture painted anew, and show what there is meanwhile."""
        if self._scene is not None and self._view is not None and self.isVisible():
            self.renderer.ask(self._scene, self._view.widened(_MARGIN), self.devicePixelRatioF())
        self.update()

    def _show_picture(self, picture: MapPicture) -> None:
        self._picture = picture
        self.update()

    # -- pointing -----------------------------------------------------------------------------

    def tile_at(self, pixel: QPointF) -> int | None:
        """Return the tile whose point is nearest to a place, within reach; None for none."""
        if self._points is None or self._view is None or self._scene is None:
            return None
        ((x, y),) = self._view.to_plane(np.array([[pixel.x(), pixel.y()]])).tolist()
        return self._points.index.nearest(
            x,
            y,
            within=_REACH / self._view.scale,
            among=self._scene.present,
        )

    def point_at(self, pixel: QPointF | None) -> None:
        """Point at what is at a place; None for nowhere."""
        self._set_pointed(None if pixel is None else self.tile_at(pixel))

    def place_of(self, tile: int) -> QPointF | None:
        """Return where the point of a tile is seen, logical pixels; None without a map."""
        if self._points is None or self._view is None:
            return None
        at = int(self._points.places_of[tile])
        index = self._points.index
        ((x, y),) = self._view.to_picture(np.array([[index.x[at], index.y[at]]])).tolist()
        return QPointF(x, y)

    def _set_pointed(self, tile: int | None) -> None:
        if tile != self._pointed:
            self._pointed = tile
            self.pointed.emit(tile)
            self.update()

    def follow_mouse(self) -> None:
        """Let the mouse point, and no longer the keyboard."""
        self._keys.is_pointing = False

    def set_tool(self, tool: Tool) -> None:
        """Let the left mouse button pan, or draw a lasso."""
        if self.pointer.set_tool(tool):
            self.tool_changed.emit(tool)

    # -- events -------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the map, or begin a lasso."""
        self.pointer.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the map, draw the lasso, or point."""
        self.pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the map, close the lasso, or pick the point."""
        self.pointer.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the tile."""
        if (tile := self.tile_at(event.position())) is not None:
            self.opened.emit(tile)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing any more."""
        super().leaveEvent(event)
        self.pointer.leave()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the mouse."""
        factor = wheel_factor(event, notches_to_double=_NOTCHES_TO_DOUBLE)
        self.zoom_by(factor, event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Zoom by pinching; keep from the window's commands the keys of an open lasso."""
        if isinstance(event, QNativeGestureEvent) and (factor := pinch_factor(event)) is not None:
            self.zoom_by(factor, event.position())
            return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.setAccepted(self._keys.claims(event))
            return event.isAccepted()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the pointer, zoom, and draw a lasso; every other key is for the window."""
        event.setAccepted(self._keys.press(event))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the keyboard's pointer."""
        super().focusOutEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what is in the middle there."""
        super().resizeEvent(event)
        if self._view is not None and self._points is not None:
            size = {"width": max(1, self.width()), "height": max(1, self.height())}
            self._go(self._view.resized(self._points.index.bounds, **size))

    def showEvent(self, event: QShowEvent) -> None:
        """Paint what changed while nobody looked."""
        super().showEvent(event)
        self._ask()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        self.update()

    def sizeHint(self) -> QSize:
        """Return a size that suits a page."""
        return QSize(800, 600)

    # -- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the newest picture, the lasso, and what is pointed at."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        if self._view is not None:
            if self._picture is not None:
                self._picture.paint(painter, self._view)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_pointed(painter)
            tip = self.pointer.place if self.pointer.draws or self._keys.is_pointing else None
            self.lasso.paint(painter, self._view, self.palette(), tip)
            if self.hasFocus() and self._keys.is_pointing:
                self._paint_cross(painter)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_pointed(self, painter: QPainter) -> None:
        place = None if self._pointed is None else self.place_of(self._pointed)
        if place is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((QPalette.ColorRole.Base, 4.0), (QPalette.ColorRole.Text, 1.75)):
            painter.setPen(QPen(self.palette().color(colour), width))
            painter.drawEllipse(place, _RING, _RING)

    def _paint_cross(self, painter: QPainter) -> None:
        """Paint where the keyboard points."""
        place = self.pointer.place
        if place is None:
            return
        for colour, width in ((QPalette.ColorRole.Base, 3.5), (QPalette.ColorRole.Text, 1.5)):
            painter.setPen(QPen(self.palette().color(colour), width))
            painter.drawLine(place - QPointF(_CROSS, 0), place + QPointF(_CROSS, 0))
            painter.drawLine(place - QPointF(0, _CROSS), place + QPointF(0, _CROSS))
