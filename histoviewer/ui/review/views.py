"""What fills the middle of the review page: the grid, one tile large, or why there is nothing."""

from PySide6.QtCore import Qt, Signal
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
