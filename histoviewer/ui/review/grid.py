"""The grid of tiles: the view on them, moved through and selected from by keyboard and mouse."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
)
from PySide6.QtWidgets import QWidget

from histoviewer.domain.arrays import Int64
from histoviewer.ui.review.geometry import Move
from histoviewer.ui.review.hints import Hints
from histoviewer.ui.review.keys import Keys
from histoviewer.ui.review.pointer import Pointer
from histoviewer.ui.review.selection import Pick
from histoviewer.ui.review.view import LARGEST, SMALLEST, GridView

__all__ = ["LARGEST", "SMALLEST", "TileGrid"]

_ROWS_UP_AND_DOWN: Final = (Move.UP, Move.DOWN, Move.PAGE_UP, Move.PAGE_DOWN)


class TileGrid(GridView):
    """Tiles to move through and to select from, as in a file manager. UI thread only.

    Args:
        parent: Owner.
    """

    activated = Signal(int)  # double click on this tile
    menu_asked = Signal(QPoint)  # a context menu for the selected tiles, at this global point

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys, self._pointer, self._hints = Keys(self), Pointer(self), Hints(self)
        self._column = (-1, 0)  # the place that a move up or down ended at, and the column it keeps
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Tile grid"))

    def set_tips(self, tip_of: Callable[[int], str] | None) -> None:
        """Say what to show when the mouse rests on a tile.

        Args:
            tip_of: Returns the tooltip of a tile, '' for none; called when one is due.
        """
        self._hints.tip_of = tip_of

    def describe_current(self, text: str) -> None:
        """Say what the current tile is, for those who cannot see it."""
        self._hints.announce(text)

    # -- moving and selecting -----------------------------------------------------------------

    def move_current(self, move: Move, *, extend: bool = False, keep: bool = False) -> None:
        """Move the current tile one step.

        Args:
            move: Which step.
            extend: Select everything from where the selection began.
            keep: Leave what is selected; with `extend`, add to it.
        """
        if len(self.order) == 0:
            return
        place, column = self.selection.current_place, None
        if move in _ROWS_UP_AND_DOWN and place is not None:
            known = self._column[0] == place
            column = self._column[1] if known else self._geometry.column_of(place)
        target = 0 if place is None else self._geometry.moved(place, move, column=column)
        if extend:
            self.selection.extend(target, pick=Pick.ADD if keep else Pick.REPLACE)
        else:
            (self.selection.point if keep else self.selection.go)(target)
        self._column = (-1, 0) if column is None else (target, column)
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

    def choose(self, tiles: Int64, *, go: bool = True) -> None:
        """Select those of some tiles that are shown; none of them shown changes nothing.

        Args:
            tiles: Tile indexes.
            go: Make the first of them current.
        """
        places = self.selection.places(tiles)
        if len(places):
            if go:
                self.selection.go(int(places.min()))
            self.selection.choose(tiles)
            self.selection_moved(scroll=go)

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

    def toggle_current(self) -> None:
        """Select the current tile, or take it out of the selection."""
        if (place := self.selection.current_place) is not None:
            self.selection.toggle(place)
            self.selection_moved()

    def select_section(self, section: int, pick: Pick = Pick.REPLACE) -> None:
        """Select the tiles below a header.

        Args:
            section: Number of the group in the order.
            pick: What becomes of the tiles selected before.
        """
        if self._sections is None:
            return
        places = self._sections.places(section, len(self.order))
        if pick is Pick.REPLACE and self.selection.current_place not in places:
            self.selection.go(places.start)
        self.selection.pick(places, pick)
        self.selection_moved(scroll=False)

    def selection_moved(self, *, scroll: bool = True) -> None:
        """Tell about a change of the selection, and bring the current tile into view."""
        place = self.selection.current_place
        if scroll and place is not None:
            self._glide.stop()
            bar = self.verticalScrollBar()
            bar.setValue(self._geometry.scroll_to_show(place, bar.value()))
        self._report_current()
        self.selection_changed.emit()
        self.refresh()

    # -- keyboard -----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move and select; every other key is for the window."""
        event.setAccepted(self._keys.press(event))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is in view; a key held down may move on then."""
        super().paintEvent(event)
        self._keys.painted()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the ring of the current tile as focused."""
        super().focusInEvent(event)
        self.refresh()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Draw the ring of the current tile as not focused."""
        super().focusOutEvent(event)
        self.refresh()

    # -- mouse --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select."""
        self._pointer.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Stretch the rubber band."""
        self._pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the rubber band."""
        del event
        self._pointer.release()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for the large view of the tile clicked on; with modifiers it is just a click."""
        self._pointer.press(event)
        is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        place = self.place_at(event.position())
        if place is not None and is_plain and event.button() is Qt.MouseButton.LeftButton:
            self.activated.emit(int(self.order[place]))

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Let a rubber band follow the tiles that move below the mouse."""
        super().scrollContentsBy(dx, dy)
        self._pointer.stretch()

    def before_layout(self) -> None:
        """End a rubber band: where it began is somewhere else now."""
        self._pointer.release()

    def band(self, scroll: int) -> QRect | None:
        """Return the rubber band in the view, device pixels."""
        return self._pointer.band(scroll)

    @property
    def is_banding(self) -> bool:
        """Return whether a rubber band is being drawn."""
        return self._pointer.is_banding

    def cancel_band(self) -> None:
        """Give the rubber band up, and what it has selected."""
        self._pointer.cancel()

    # -- menu and tooltips --------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the tile below the mouse, or of the current one (Menu key)."""
        event.accept()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self.ask_menu_at_current()
            return
        place = self.place_at(QPointF(event.pos()))
        if place is not None:
            self._take_for_menu(place)
        self.menu_asked.emit(event.globalPos())

    def _take_for_menu(self, place: int) -> None:
        """Make a tile current, and select it alone unless it is one of the selected ones."""
        is_chosen = bool(self.selection.holds(self.order[place : place + 1])[0])
        (self.selection.point if is_chosen else self.selection.go)(place)
        self.selection_moved(scroll=False)

    def ask_menu_at_current(self) -> None:
        """Ask for the menu of the current tile, which is brought into view."""
        place = self.selection.current_place
        centre = self.viewport().rect().center()
        if place is not None:
            self.selection_moved()
            centre = (self.cell_rect(place) & self.viewport().rect()).center()
        self.menu_asked.emit(self.viewport().mapToGlobal(centre))

    def viewportEvent(self, event: QEvent) -> bool:
        """Show tooltips."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._hints.show_tip(event)
            return True
        return super().viewportEvent(event)
