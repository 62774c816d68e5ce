"""What fills the middle of the review page: the grid, one tile large, or why there is nothing."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from histoviewer.ui.review.empty import EmptyState
from histoviewer.ui.review.geometry import Move
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.review.large import LargeView


class Views(QStackedWidget):
    """The grid, the large view and the empty state, of which one is seen. UI thread only.

    Args:
        parent: Owner.
    """

    switched = Signal()  # another of them is seen now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid, self.large, self.empty = TileGrid(), LargeView(), EmptyState()
        for view in (self.grid, self.large, self.empty):
            self.addWidget(view)
        self.grid.activated.connect(self.open_large)
        self.large.moved.connect(self._move)
        self.large.left.connect(self.close_large)
        self.currentChanged.connect(self.switched)

    def minimumSizeHint(self) -> QSize:
        """Return that of the grid: the panes beside it must not move when a view is switched."""
        return self.grid.minimumSizeHint()

    @property
    def is_large(self) -> bool:
        """Return whether one tile is shown in place of the grid."""
        return self.currentWidget() is self.large

    def open_large(self) -> None:
        """Show the current tile in place of the grid, or go back where it is shown already."""
        if self.is_large:
            self.close_large()
        elif (place := self.grid.selection.current_place) is not None:
            self.grid.go_to_place(place)  # a hidden selection would be judged along with it
            self.setCurrentWidget(self.large)
            self.large.setFocus()

    def close_large(self) -> None:
        """Go back to the grid."""
        if self.is_large:
            self.setCurrentWidget(self.grid)
            self.grid.setFocus()

    @property
    def top(self) -> tuple[int | None, float]:
        """Return the tile at the top left of the grid, and how much of its row is out of view."""
        geometry, scroll = self.grid.geometry_now(), self.grid.verticalScrollBar().value()
        visible = geometry.visible(scroll)
        if len(visible) == 0:
            return None, 0.0
        above = (scroll - geometry.origin(visible.start)[1]) / geometry.pitch
        return int(self.grid.order[visible.start]), min(1.0, max(0.0, above))

    def scroll_to(self, tile: int, above: float) -> None:
        """Scroll so that the row of a tile is the first in view.

        Args:
            tile: One of those shown; nothing happens otherwise.
            above: How much of its row is out of view, 0-1.
        """
        place = self.grid.selection.place(tile)
        if place is not None:
            geometry = self.grid.geometry_now()
            wanted = geometry.origin(place)[1] + round(above * geometry.pitch)
            self.grid.verticalScrollBar().setValue(wanted)

    def show_tiles(self) -> None:
        """Show tiles where there was nothing."""
        if self.currentWidget() is self.empty:
            self.setCurrentWidget(self.grid)

    def explain_nothing(self, heading: str, sentence: str, *, offers_all: bool) -> None:
        """Say why there is no tile to show.

        Args:
            heading: A few words.
            sentence: Why, and what to do.
            offers_all: Whether taking the filters off would help.
        """
        self.empty.explain(heading, sentence, offers_all=offers_all)
        self.setCurrentWidget(self.empty)

    def take_keyboard(self, reason: Qt.FocusReason) -> None:
        """Hand the keyboard to what is seen."""
        for view in (self.grid, self.large, self.empty):
            if view is self.currentWidget():
                view.setFocus(reason)

    def _move(self, move: Move) -> None:
        self.grid.move_current(move)
