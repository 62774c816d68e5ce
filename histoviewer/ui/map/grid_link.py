"""The grid of the review page as the map sees it: which tiles it shows, and which are selected."""

import numpy as np
from PySide6.QtCore import QObject, Signal

from histoviewer.domain.arrays import Int64
from histoviewer.domain.tile_list import Tells
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.review.selection import Pick


class GridLink(QObject):
    """Selects in the grid, and tells when something else has. UI thread only.

    There is one selection, that of the grid: the map keeps none of its own, so they cannot differ.

    Args:
        page: The page with the grid.
        parent: Owner.
    """

    changed = Signal()  # other tiles are selected, or shown

    def __init__(self, page: ReviewPage, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        page.selection_changed.connect(self.changed)
        page.changed_order.connect(self.changed)

    @property
    def selected(self) -> Int64:
        """Return (n,) int64 the selected tiles, in the order of the grid."""
        grid = self._page.grid
        return grid.order[grid.selection.holds(grid.order)]

    @property
    def count(self) -> int:
        """Return how many tiles are selected."""
        return self._page.grid.selection.count

    @property
    def shown(self) -> Int64 | None:
        """Return (n,) int64 the tiles that the grid shows; None where it shows all of them."""
        session = self._page.judge.session
        order = self._page.grid.order
        return None if session is None or len(order) == len(session.tiles) else order

    def select(self, tiles: Int64, pick: Pick) -> None:
        """Select those of some tiles that the grid shows; none of them shown selects none.

        Args:
            tiles: (n,) int64, each at most once.
            pick: What becomes of the tiles selected before.
        """
        if pick is not Pick.REPLACE:
            before = self.selected
            combine = np.union1d if pick is Pick.ADD else np.setxor1d
            tiles = combine(before, tiles)
        grid = self._page.grid
        if len(grid.selection.places(tiles)):
            grid.choose(tiles, go=False)
        else:
            grid.select_none()

    def select_all(self) -> None:
        """Select every tile that the grid shows."""
        self._page.select_all()

    def invert(self) -> None:
        """Select what the grid shows and is not selected."""
        self._page.invert_selection()

    def copy_ids(self) -> None:
        """Copy the ids of the selected tiles."""
        self._page.copy_ids()

    def show_alone(self, tiles: Int64, title: str) -> None:
        """Let the grid show some tiles only, until the reader takes the list off.

        Args:
            tiles: (n,) int64.
            title: What they are, in the reader's language.
        """
        self._page.show_list(tiles, title, ordered=False, tells=Tells.ORDER)

    def go_to(self, tile: int) -> None:
        """Make a tile the current one; filters that hide it are taken off."""
        self._page.show_tiles(np.array([tile], np.int64))
