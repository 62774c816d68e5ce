"""One tile, as large as there is room or nearer: zoom, pan, and the centre square."""

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from histoviewer.ui.review.look import CentreSquare
from histoviewer.ui.review.pixels import paint_centre, paint_pixels, paint_veil
from histoviewer.ui.review.raster import Raster
from histoviewer.ui.review.viewport import FIT, WHOLE, Frame, Viewport
from histoviewer.ui.zooming import pinch_factor, wheel_factor

_NOTCHES_TO_DOUBLE: Final = 4


class TilePicture(QWidget):
    """Shows one image, or a sentence where there is none. UI thread only.

    The wheel zooms about the mouse, dragging pans. Pixels are exact at one to one, squares from two
    to one on, and averaged where the image is larger than the view.

    Args:
        parent: Owner.
    """

    viewport_changed = Signal(object)  # Viewport the reader zoomed or panned to
    framed = Signal()  # the image, its size or what is seen of it may be another now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._raster: Raster | None = None
        self._veil: QImage | None = None
        self._text = ""
        self._centre = CentreSquare.OFF
        self._viewport = WHOLE
        self._held: QPointF | None = None  # where the mouse that pans was last
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(64, 64)
        self.setAccessibleName(self.tr("Tile at its own resolution"))

    # -- what is shown ------------------------------------------------------------------------

    def show_raster(self, raster: Raster) -> None:
        """Show an image."""
        self._raster, self._text = raster, ""
        self.setAccessibleDescription("")
        self._follow()

    def show_text(self, text: str) -> None:
        """Show why there is no image."""
        self._raster, self._text = None, text
        self.setAccessibleDescription(text)
        self._follow()

    @property
    def image(self) -> QImage | None:
        """Return what is shown, at its own size."""
        return None if self._raster is None else self._raster.image

    @property
    def text(self) -> str:
        """Return the sentence shown in place of an image."""
        return self._text

    def set_veil(self, veil: QImage | None) -> None:
        """Lay something translucent over the image from now on, whichever it is; None for nothing.

        Args:
            veil: As `raster.to_veil` makes it, over the square that the image was fitted to.
        """
        self._veil = veil
        self.update()

    @property
    def veil(self) -> QImage | None:
        """Return what is laid over the image."""
        return self._veil

    def set_centre(self, centre: CentreSquare) -> None:
        """Show the centre square in this way."""
        self._centre = centre
        self.update()

    def set_viewport(self, viewport: Viewport) -> None:
        """Zoom and pan to here; says nothing about it."""
        self._viewport = viewport
        self._follow()

    @property
    def viewport(self) -> Viewport:
        """Return what is zoomed and panned to."""
        return self._viewport

    @property
    def frame(self) -> Frame | None:
        """Return where the image is, logical pixels; None without one."""
        if self._raster is None:
            return None
        size = self._raster.image.size()
        image, view = (size.width(), size.height()), (max(1, self.width()), max(1, self.height()))
        return Frame(image, view, self._viewport)

    # -- zoom and pan -------------------------------------------------------------------------

    def zoom_by(self, factor: float, about: QPointF | None = None) -> None:
        """Come nearer by a factor above 1, or go back by one below.

        Args:
            factor: Of the size.
            about: Stays where it is, logical pixels; the middle by default.
        """
        if (frame := self.frame) is not None:
            self._go(frame.zoomed(factor, None if about is None else (about.x(), about.y())))

    def zoom_to_fit(self) -> None:
        """Show the whole image."""
        self._go(WHOLE)

    def toggle_zoom(self) -> None:
        """Come near, or back to the whole image."""
        if self._viewport.zoom > FIT:
            self.zoom_to_fit()
        elif (frame := self.frame) is not None:
            self._go(frame.near())

    def pan_by(self, columns: float, rows: float) -> None:
        """Look further right and down by shares of the view; below 0 further left and up."""
        if (frame := self.frame) is not None:
            self._go(frame.panned((-columns * self.width(), -rows * self.height())))

    def _go(self, viewport: Viewport) -> None:
        if viewport != self._viewport:
            self.set_viewport(viewport)
            self.viewport_changed.emit(viewport)

    def _follow(self) -> None:
        """Paint anew, and show with the mouse whether there is something to drag."""
        self.update()
        self.framed.emit()
        if self._held is None:
            pans = self._raster is not None and self._viewport.zoom > FIT
            self.setCursor(Qt.CursorShape.OpenHandCursor if pans else Qt.CursorShape.ArrowCursor)

    # -- events -------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the image anew."""
        super().resizeEvent(event)
        self.framed.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the mouse."""
        factor = wheel_factor(event, notches_to_double=_NOTCHES_TO_DOUBLE)
        self.zoom_by(factor, event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Zoom by pinching on a touch pad."""
        if isinstance(event, QNativeGestureEvent) and (factor := pinch_factor(event)) is not None:
            self.zoom_by(factor, event.position())
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the image."""
        if event.button() == Qt.MouseButton.LeftButton and self._viewport.zoom > FIT:
            self._held = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Leave it to the view around, zoomed or not: Qt would take hold of the image again."""
        event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the image."""
        frame = self.frame
        if self._held is None or frame is None:
            event.ignore()
            return
        moved = event.position() - self._held
        self._held = event.position()
        self._go(frame.panned((moved.x(), moved.y())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the image."""
        del event
        self._held = None
        self._follow()

    def sizeHint(self) -> QSize:
        """Return a square that suits a side panel."""
        return QSize(280, 280)

    # -- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is seen of the image."""
        del event
        painter = QPainter(self)
        frame = self.frame
        if self._raster is None or frame is None:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 16, -16, -16), flags, self._text)
        else:
            box = self._snapped(frame)
            paint_pixels(painter, self._raster, box, QRectF(self.rect()))
            if self._veil is not None:
                paint_veil(painter, self._veil, box, QRectF(self.rect()))
            paint_centre(painter, box, self._centre)
        painter.end()

    def _snapped(self, frame: Frame) -> QRectF:
        """Return where the whole image goes, beginning at a device pixel: so 1:1 is exact."""
        ratio = self.devicePixelRatioF()
        left, top, width, height = frame.target
        return QRectF(round(left * ratio) / ratio, round(top * ratio) / ratio, width, height)
