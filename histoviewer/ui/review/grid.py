"""The grid of tiles: paints what is in view, scrolls by pixels, selects by keyboard and mouse."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from histoviewer.domain.arrays import Int32, Int64
from histoviewer.domain.source import TileSource
from histoviewer.ui.review.facts import CellFacts
from histoviewer.ui.review.geometry import GridGeometry, Move
from histoviewer.ui.review.moves import MOVES
from histoviewer.ui.review.painting import Canvas, Scene, ScenePainter
from histoviewer.ui.review.pointer import Pointer
from histoviewer.ui.review.scrolling import EdgeScroller, Glide
from histoviewer.ui.review.sections import Sections
from histoviewer.ui.review.selection import Selection
from histoviewer.ui.review.sprites import CellStyle, Sprites
from histoviewer.ui.review.supply import TileSupply

SMALLEST: Final = 32
LARGEST: Final = 384
_DEFAULT_SIZE: Final = 96
_NOTCH: Final = 120  # eighths of a degree that one click of a mouse wheel reports
_EDGE_STEP: Final = 18  # logical pixels a tick while a band is dragged beyond the view


class TileGrid(QAbstractScrollArea):
    """Tiles in the order given; nothing it does on a paint or a key grows with their number.

    All lengths inside are device pixels, so that tiles stay sharp on high-resolution screens.

    Args:
        parent: Owner.
    """

    current_changed = Signal(int)  # index of the current tile, -1 for none
    selection_changed = Signal()
    tile_size_changed = Signal(int)  # logical pixels
    activated = Signal(int)  # double click on this tile
    menu_asked = Signal(QPoint)  # a context menu for the selected tiles, at this global point

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selection = Selection()
        self.supply = TileSupply(self.refresh)
        self._facts_of: Callable[[Int64], CellFacts] | None = None
        self._tip_of: Callable[[int], str] | None = None
        self._sections: Sections | None = None
        self._size = _DEFAULT_SIZE
        self._pointer = Pointer(self)
        self._canvas = Canvas(1, 1)
        self._painter: ScenePainter | None = None
        self._style = CellStyle(_DEFAULT_SIZE, 1.0)
        self._reported: int | None = None
        self._last_scroll = 0
        self._glide = Glide(self.verticalScrollBar())
        self._edge = EdgeScroller(self._scroll_to_mouse, self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A bar that comes and goes would change the number of columns.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAccessibleName("Tile grid")
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._restyle()

    # -- what is shown ------------------------------------------------------------------------

    def show_project(
        self, count: int, facts_of: Callable[[Int64], CellFacts] | None, source: TileSource | None
    ) -> None:
        """Start over with the tiles of a project; None for no project.

        Args:
            count: Number of tiles.
            facts_of: Returns what to paint over some tiles; called on each paint.
            source: Their pixels.
        """
        self.selection.reset(count)
        self._facts_of = facts_of
        self.supply.aim(source, self._style.side)
        self.verticalScrollBar().setValue(0)
        self._after_order()

    def set_source(self, source: TileSource) -> None:
        """Take the pixels from another place, such as the packed store once it is there."""
        self.supply.aim(source, self._style.side)
        self.refresh()

    def set_tips(self, tip_of: Callable[[int], str] | None) -> None:
        """Say what to show when the mouse rests on a tile.

        Args:
            tip_of: Returns the tooltip of a tile, '' for none; called when one is due.
        """
        self._tip_of = tip_of

    def set_order(
        self, order: Int64, places: Int32 | None = None, sections: Sections | None = None
    ) -> None:
        """Show these tiles in this order. The current tile stays where it was in the view.

        Args:
            order: (n,) tile indexes, each at most once.
            places: (N,) as from `selection.places_of`; worked out where not given.
            sections: What the order falls into; a header is painted above each.
        """
        self._sections = sections if sections is not None and len(sections) else None
        place = self.selection.current_place
        offset = None if place is None else self.geometry_now().origin(place)[1] - self._scroll
        self.selection.reorder(order, places)
        self._after_order()
        new_place = self.selection.current_place
        if offset is not None and new_place is not None:
            self._hold(new_place, offset)
        self._report_current()
        self.selection_changed.emit()

    @property
    def order(self) -> Int64:
        """Return the indexes of the tiles shown, in order."""
        return self.selection.order

    @property
    def current(self) -> int | None:
        """Return the index of the current tile."""
        return self.selection.current

    @property
    def tile_size(self) -> int:
        """Return the side of a tile, logical pixels."""
        return self._size

    def set_tile_size(self, size: int) -> None:
        """Paint tiles with this side, logical pixels; the tile in the middle stays there."""
        size = min(LARGEST, max(SMALLEST, size))
        if size == self._size:
            return
        self._size = size
        self._restyle()
        self.tile_size_changed.emit(size)

    def refresh(self) -> None:
        """Paint again soon; enough after verdicts, since facts are asked for on each paint."""
        self.viewport().update()

    # -- moving and selecting -----------------------------------------------------------------

    def move_current(self, move: Move, *, extend: bool = False) -> None:
        """Move the current tile one step."""
        place = self.selection.current_place
        if len(self.order) == 0:
            return
        target = 0 if place is None else self.geometry_now().moved(place, move)
        (self.selection.extend if extend else self.selection.go)(target)
        self.selection_moved()

    def go_to(self, tile: int) -> bool:
        """Make a tile current; returns whether it is shown at all."""
        place = self.selection.place(tile)
        if place is not None:
            self.go_to_place(place)
        return place is not None

    def go_to_place(self, place: int) -> None:
        """Make the tile at a place of the order current."""
        self.selection.go(place)
        self.selection_moved()

    def choose(self, tiles: Int64) -> None:
        """Select those of some tiles that are shown, and make the first of them current."""
        places = self.selection.places(tiles)
        if len(places):
            self.selection.go(int(places.min()))
            self.selection.choose(tiles)
            self.selection_moved()

    def select_all(self) -> None:
        """Select every tile of the order, in view or not."""
        self.selection.choose_all()
        self.selection_moved(scroll=False)

    def select_none(self) -> None:
        """Select nothing; the current tile stays."""
        self.selection.choose_none()
        self.selection_moved(scroll=False)

    def invert_selection(self) -> None:
        """Select what is not selected."""
        self.selection.invert()
        self.selection_moved(scroll=False)

    def selection_moved(self, *, scroll: bool = True) -> None:
        """Tell about a change of the selection, and bring the current tile into view."""
        place = self.selection.current_place
        if scroll and place is not None:
            self._glide.stop()
            bar = self.verticalScrollBar()
            bar.setValue(self.geometry_now().scroll_to_show(place, bar.value()))
        self._report_current()
        self.selection_changed.emit()
        self.refresh()

    def _report_current(self) -> None:
        if self.selection.current != self._reported:
            self._reported = self.selection.current
            self.current_changed.emit(-1 if self._reported is None else self._reported)

    # -- geometry -----------------------------------------------------------------------------

    def geometry_now(self) -> GridGeometry:
        """Return the layout of the cells, device pixels."""
        ratio = self._style.ratio
        return GridGeometry(
            count=len(self.order),
            tile=self._style.side,
            margin=self._style.margin,
            width=max(1, int(self.viewport().width() * ratio)),
            height=max(1, int(self.viewport().height() * ratio)),
        )

    def content_point(self, position: QPointF) -> QPoint:
        """Return where a point of the view is in content coordinates, device pixels."""
        point = (position * self._style.ratio).toPoint()
        return QPoint(point.x(), point.y() + self._scroll)

    @property
    def _scroll(self) -> int:
        return self.verticalScrollBar().value()

    def _hold(self, place: int, offset: int) -> None:
        """Scroll so that a cell is this far below the top of the view, or in view at least."""
        geometry = self.geometry_now()
        wanted = geometry.scroll_to_show(place, geometry.origin(place)[1] - offset)
        self.verticalScrollBar().setValue(wanted)

    def _fit_scroll_bar(self) -> None:
        geometry, bar = self.geometry_now(), self.verticalScrollBar()
        bar.setRange(0, geometry.greatest_scroll)
        bar.setPageStep(geometry.height)
        bar.setSingleStep(geometry.pitch // 2)

    def _after_order(self) -> None:
        self._glide.stop()
        self._fit_scroll_bar()
        self._report_current()
        self.refresh()

    def _restyle(self) -> None:
        """Draw in the size, resolution, colours and font that hold now."""
        anchor = self._anchor()
        ratio = self.devicePixelRatioF()
        self._style = CellStyle(round(self._size * ratio), ratio)
        sprites = Sprites(self._style, self.palette(), self.font())
        self._painter = ScenePainter(sprites, self.palette())
        self.supply.resize(self._style.side)
        self._glide.stop()
        self._fit_scroll_bar()
        if anchor is not None:
            self._hold(*anchor)
        self.refresh()

    def _anchor(self) -> tuple[int, int] | None:
        """Return the cell that shall stay where it is, and how far below the top that is."""
        geometry = self.geometry_now()
        visible = geometry.visible(self._scroll)
        if len(visible) == 0:
            return None
        place = self.selection.current_place
        if place is None or place not in visible:
            place = visible.start
        return place, geometry.origin(place)[1] - self._scroll

    # -- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Compose the cells in view and copy them to the screen."""
        del event  # scrolling moves nearly everything: the whole view is painted
        if self.devicePixelRatioF() != self._style.ratio:  # dragged to another screen
            self._restyle()
        geometry = self.geometry_now()
        if self._canvas.pixels.shape != (geometry.height, geometry.width):
            self._canvas = Canvas(geometry.width, geometry.height)
        assert self._painter is not None
        self._painter.paint(self._canvas, self._scene(geometry))
        self._canvas.image.setDevicePixelRatio(self._style.ratio)
        painter = QPainter(self.viewport())
        painter.drawImage(0, 0, self._canvas.image)
        painter.end()
        self._canvas.image.setDevicePixelRatio(1.0)

    def _scene(self, geometry: GridGeometry) -> Scene:
        visible = geometry.visible(self._scroll) if self._facts_of else range(0)
        tiles = self.order[visible.start : visible.stop]
        xs, ys = geometry.origins(visible)
        around = geometry.visible(self._scroll, beyond=geometry.height)
        place = self.selection.current_place
        return Scene(
            tiles=tiles,
            xs=xs,
            ys=[y - self._scroll for y in ys],
            facts=self._facts_of(tiles) if self._facts_of else CellFacts.none(),
            pixels=self.supply.take(tiles, self.order[around.start : around.stop]),
            chosen=self.selection.holds(tiles),
            current=place - visible.start if place is not None and place in visible else None,
            focused=self.hasFocus(),
            failed=self.supply.failed,
            band=self._pointer.band(self._scroll),
        )

    # -- events -------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move and select; every other key is for the window."""
        move = MOVES.get(Qt.Key(event.key()))
        if move is not None:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.move_current(move, extend=shift)
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() in (
            Qt.Key.Key_D,
            Qt.Key.Key_I,
        ):
            (self.select_none if event.key() == Qt.Key.Key_D else self.invert_selection)()
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll by pixels, gliding where the wheel has notches; with Ctrl change the size."""
        event.accept()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_tile_size(round(self._size * 1.1 ** (event.angleDelta().y() / _NOTCH)))
            return
        if not event.pixelDelta().isNull():
            self._glide.stop()
            self.verticalScrollBar().setValue(
                self._scroll - round(event.pixelDelta().y() * self._style.ratio)
            )
            return
        notches = event.angleDelta().y() / _NOTCH
        self._glide.by(-round(notches * max(self.geometry_now().pitch, 60 * self._style.ratio)))

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Repaint; called by Qt when the scroll bar moves."""
        del dx, dy
        self._pointer.scrolled(self._scroll - self._last_scroll)
        self._last_scroll = self._scroll
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the cells out again around the tile that was in view."""
        super().resizeEvent(event)
        place = self.selection.current_place
        self._fit_scroll_bar()
        if place is not None:
            bar = self.verticalScrollBar()
            bar.setValue(self.geometry_now().scroll_to_show(place, bar.value()))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme and the text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._restyle()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select."""
        self._pointer.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Stretch the rubber band."""
        self._pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the rubber band."""
        del event
        self._edge.end()
        self._pointer.release()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for the large view of the tile clicked on; with modifiers it is just a click."""
        self._pointer.press(event)
        point = self.content_point(event.position())
        place = self.geometry_now().at(point.x(), point.y())
        if place is not None and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.activated.emit(int(self.order[place]))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the ring of the current tile as focused."""
        super().focusInEvent(event)
        self.refresh()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Draw the ring of the current tile as not focused."""
        super().focusOutEvent(event)
        self.refresh()

    def begin_edge_scrolling(self) -> None:
        """Watch whether the mouse leaves the view, until it is released."""
        self._edge.begin()

    def _scroll_to_mouse(self) -> None:
        """Scroll towards a mouse that is above or below the view."""
        y, height = self.viewport().mapFromGlobal(self.cursor().pos()).y(), self.viewport().height()
        beyond = -1 if y < 0 else int(y >= height)
        step = round(beyond * _EDGE_STEP * self._style.ratio)
        self.verticalScrollBar().setValue(self._scroll + step)
