"""The view on the tiles: lays cells out, paints those in view, scrolls, and keeps their place."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from typing import Final

import numpy as np
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSizeF,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPaintEvent, QRegion, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from histoviewer.domain.arrays import Int32, Int64
from histoviewer.domain.source import TileSource
from histoviewer.ui.review.cells import CellPainter, Cells
from histoviewer.ui.review.facts import CellFacts
from histoviewer.ui.review.geometry import GridGeometry
from histoviewer.ui.review.headers import HeaderPainter
from histoviewer.ui.review.holding import Holder
from histoviewer.ui.review.overlaid import OverlaidTiles
from histoviewer.ui.review.painting import Scene, ScenePainter
from histoviewer.ui.review.scrolling import NOTCH, Glide, Wheel
from histoviewer.ui.review.sections import Sections
from histoviewer.ui.review.selection import Selection
from histoviewer.ui.review.sprites import CellStyle, Sprites

SMALLEST: Final = 32
LARGEST: Final = 384
_DEFAULT_SIZE: Final = 96
_MOST_BOXES: Final = 16  # of a region that is still faster to paint than all around it
_REFRESH: Final = QEvent.Type(QEvent.registerEventType())
_SMALLEST_NOTCH: Final = 60  # logical pixels that a notch of the wheel scrolls at least


class GridView(QAbstractScrollArea):
    """Tiles in the order given; nothing it does on a paint grows with their number.

    All lengths inside are device pixels, so that tiles stay sharp on high-resolution screens.

    Args:
        parent: Owner.
    """

    current_changed = Signal(int)  # index of the current tile, -1 for none
    selection_changed = Signal()
    tile_size_changed = Signal(int)  # logical pixels

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selection = Selection()
        self.tiles = OverlaidTiles(self.refresh)
        self.supply = self.tiles.plain
        self._facts_of: Callable[[Int64], CellFacts] | None = None
        self._sections: Sections | None = None
        self._size = float(_DEFAULT_SIZE)
        self._is_due = False
        self._reported: int | None = None
        self._glide = Glide(self.verticalScrollBar())
        self.verticalScrollBar().sliderPressed.connect(self._glide.stop)
        self._wheel = Wheel(self.verticalScrollBar(), self._glide)
        self._holder = Holder(self.verticalScrollBar(), self.selection)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A bar that comes and goes would change the number of columns.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._take_style()
        self._geometry = self._new_geometry()

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
        with self._laying_out():
            self.selection.reset(count)
            self._facts_of, self._sections = facts_of, None
            self.tiles.aim(source, self._style.side)
        self.verticalScrollBar().setValue(0)
        self._report_current()

    def set_source(self, source: TileSource) -> None:
        """Take the pixels from another place, such as the packed store once it is there."""
        self.tiles.aim(source, self._style.side)
        self.refresh()

    def set_order(
        self, order: Int64, places: Int32 | None = None, sections: Sections | None = None
    ) -> None:
        """Show these tiles in this order.

        The current tile stays where it is in the view; where it is out of view, what is in view
        stays there.

        Args:
            order: (n,) tile indexes, each at most once.
            places: (N,) as from `selection.places_of`; worked out where not given.
            sections: What the order falls into; a header is painted above each.
        """
        with self._laying_out():
            self.selection.reorder(order, places)
            self._sections = sections if sections is not None and len(sections) else None
            self.tiles.retry()
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
        return round(self._size)

    def set_tile_size(self, size: float) -> None:
        """Paint tiles with this side, logical pixels; what is in view stays there."""
        before, self._size = self.tile_size, min(LARGEST, max(SMALLEST, size))
        if self.tile_size != before:
            self._restyle()
            self.tile_size_changed.emit(self.tile_size)

    def refresh(self) -> None:
        """Paint the cells again soon that have changed; enough after verdicts.

        Facts are asked for then, once for all that is done until the event loop has the turn.
        """
        if not self._is_due:
            self._is_due = True
            QCoreApplication.postEvent(self, QEvent(_REFRESH))

    def refresh_all(self) -> None:
        """Paint the whole view again soon, as after scrolling."""
        self.viewport().update()

    def scroll_by(self, pixels: float) -> None:
        """Scroll by some logical pixels at once."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + round(pixels * self._style.ratio))

    @property
    def is_gliding(self) -> bool:
        """Return whether a turn of the wheel still moves the view."""
        return self._glide.state() is Glide.State.Running

    def _report_current(self) -> None:
        if self.selection.current != self._reported:
            self._reported = self.selection.current
            self.current_changed.emit(-1 if self._reported is None else self._reported)

    # -- where things are ---------------------------------------------------------------------

    def geometry_now(self) -> GridGeometry:
        """Return the layout of the cells, device pixels."""
        return self._geometry

    def content_point(self, position: QPointF) -> QPoint:
        """Return where a point of the view is in content coordinates, device pixels."""
        point = (position * self._style.ratio).toPoint()
        return QPoint(point.x(), point.y() + self.verticalScrollBar().value())

    def place_at(self, position: QPointF) -> int | None:
        """Return the place of the cell at a point of the view; None beside cells, on headers."""
        point = self.content_point(position)
        is_covered = self.header_at(position) is not None
        return None if is_covered else self._geometry.at(point.x(), point.y())

    def header_at(self, position: QPointF) -> int | None:
        """Return the section whose header is at a point of the view, None beside headers."""
        y = round(position.y() * self._style.ratio)
        for section, top in self._geometry.headers(self.verticalScrollBar().value()):
            if top <= y < top + self._geometry.header:
                return section
        return None

    def cell_rect(self, place: int) -> QRect:
        """Return where a cell is in the view, logical pixels."""
        x, y = self._geometry.origin(place)
        ratio, pitch = self._style.ratio, self._geometry.pitch
        box = QRectF(x, y - self.verticalScrollBar().value(), pitch, pitch)
        return QRectF(box.topLeft() / ratio, box.size() / ratio).toAlignedRect()

    def header_rect(self, section: int) -> QRect:
        """Return where the header of a section is in the view, logical pixels; empty if nowhere."""
        ratio, height = self._style.ratio, self._geometry.header
        tops = dict(self._geometry.headers(self.verticalScrollBar().value()))
        if section not in tops:
            return QRect()
        width = self.viewport().width()
        return QRectF(0, tops[section] / ratio, width, height / ratio).toAlignedRect()

    # -- layout -------------------------------------------------------------------------------

    def _new_geometry(self) -> GridGeometry:
        ratio, sections = self._style.ratio, self._sections
        return GridGeometry(
            count=len(self.order),
            tile=self._style.side,
            margin=self._style.margin,
            width=max(1, ceil(self.viewport().width() * ratio)),
            height=max(1, ceil(self.viewport().height() * ratio)),
            starts=np.zeros(1, np.int64) if sections is None else sections.starts,
            header=0 if sections is None else self._painter.headers.height,
        )

    @contextmanager
    def _laying_out(self) -> Iterator[None]:
        """Lay the cells out anew after what is done inside; what is in view stays in its place."""
        self._glide.stop()
        self.before_layout()
        self._holder.note(self._geometry, self._style.ratio)
        yield
        self._geometry = geometry = self._new_geometry()
        bar = self.verticalScrollBar()
        bar.setRange(0, geometry.greatest_scroll)
        bar.setPageStep(geometry.height)
        bar.setSingleStep(geometry.pitch // 2)
        self._holder.restore(geometry, self._style.ratio)
        self.refresh_all()

    def before_layout(self) -> None:
        """Give up what goes by the layout that holds now; for subclasses."""

    def _restyle(self) -> None:
        """Draw in the size, resolution, colours and font that hold now."""
        with self._laying_out():
            self._take_style()
            self.tiles.resize(self._style.side)

    def _take_style(self) -> None:
        ratio, palette = self.devicePixelRatioF(), self.palette()
        self._style = CellStyle(round(self.tile_size * ratio), ratio)
        self._painter = ScenePainter(
            self._style,
            palette,
            cells=CellPainter(
                Sprites(self._style, palette, self.font()), palette, pictures=self.tiles
            ),
            headers=HeaderPainter(palette, self.font(), ratio),
        )

    # -- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is in view; Qt cuts off what it does not need."""
        if self.devicePixelRatioF() != self._style.ratio:  # dragged to another screen
            self._restyle()
        geometry, scroll = self._geometry, self.verticalScrollBar().value()
        is_whole = event.rect().contains(self.viewport().rect())
        if is_whole or not self._painter.has_composed(geometry, scroll):
            self._painter.compose(geometry, scroll, self._cells())
        scene = Scene(
            geometry=geometry, scroll=scroll, sections=self._sections, band=self.band(scroll)
        )
        painter = QPainter(self.viewport())
        # In device pixels: a picture that Qt takes for one of another resolution is scaled, slowly.
        painter.scale(1 / self._style.ratio, 1 / self._style.ratio)
        self._painter.paint(painter, scene)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Compose the cells that have changed, and have just them painted."""
        if event.type() != _REFRESH:
            return super().event(event)
        self._is_due = False
        scroll = self.verticalScrollBar().value()
        if self.isVisible() and self._painter.has_composed(self._geometry, scroll):
            changed = self._painter.compose(self._geometry, scroll, self._cells())
            self.viewport().update(self._region(changed))
        return True  # else the whole view waits to be painted anyway

    def _region(self, boxes: Sequence[QRect]) -> QRegion:
        """Return what some boxes of device pixels cover of the view; of many, all around them."""
        ratio, region = self._style.ratio, QRegion()
        for box in boxes:
            corner, size = QPointF(box.topLeft()) / ratio, QSizeF(box.size()) / ratio
            region |= QRectF(corner, size).toAlignedRect()
        return region if len(boxes) <= _MOST_BOXES else QRegion(region.boundingRect())

    def _cells(self) -> Cells:
        """Return what the cells in view show now."""
        scroll = self.verticalScrollBar().value()
        places = self._geometry.visible(scroll) if self._facts_of else range(0)
        tiles = self.order[places.start : places.stop]
        place = self.selection.current_place
        return Cells(
            tiles=tiles,
            stamps=self.tiles.take(tiles, self._tiles_around(places, scroll)),
            facts=self._facts_of(tiles) if self._facts_of else CellFacts.none(),
            chosen=self.selection.holds(tiles),
            current=places.index(place) if place is not None and place in places else None,
            focused=self.hasFocus(),
        )

    def _tiles_around(self, places: range, scroll: int) -> Int64:
        """Return the tiles a page beyond the view: those below it, then those above."""
        around = self._geometry.visible(scroll, beyond=self._geometry.height)
        below = self.order[places.stop : around.stop]
        return np.concatenate((below, self.order[around.start : places.start][::-1]))

    def band(self, scroll: int) -> QRect | None:
        """Return the rubber band in the view, device pixels; for subclasses."""
        del scroll
        return None

    # -- events -------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll by pixels, gliding where the wheel has notches; with Ctrl change the size."""
        event.accept()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_tile_size(self._size * 1.1 ** (event.angleDelta().y() / NOTCH))
            return
        ratio = self._style.ratio
        notch = max(self._geometry.pitch, _SMALLEST_NOTCH * ratio)
        self._wheel.scroll(event, ratio=ratio, notch=notch)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint again; called by Qt when the scroll bar moves."""
        del dx, dy
        self.refresh_all()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the cells out again around what was in view."""
        super().resizeEvent(event)
        with self._laying_out():
            pass

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme and the text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._restyle()
