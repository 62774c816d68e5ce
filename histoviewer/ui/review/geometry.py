"""Where each cell of the grid is: pure arithmetic on whole device pixels, no Qt.

A *place* is a position in the order shown, 0 to count-1; a tile's index in the project is something
else. Content coordinates start at the top left of the first row; the scroll offset is the content
coordinate at the top of the view.
"""

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from histoviewer.domain.arrays import Int64


class Move(Enum):
    """Steps of the current tile."""

    LEFT = auto()
    RIGHT = auto()
    UP = auto()
    DOWN = auto()
    PAGE_UP = auto()
    PAGE_DOWN = auto()
    FIRST = auto()
    LAST = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class GridGeometry:
    """The layout of equal square cells in rows, filled from the top left.

    Args:
        count: Number of cells.
        tile: Side of a tile, pixels.
        margin: Free space on each side of a tile, pixels.
        width: Width of the view, pixels.
        height: Height of the view, pixels.
    """

    count: int
    tile: int
    margin: int
    width: int
    height: int

    @property
    def pitch(self) -> int:
        """Return the distance from one cell to the next, pixels."""
        return self.tile + 2 * self.margin

    @property
    def columns(self) -> int:
        """Return the number of cells in a row, at least one."""
        return max(1, self.width // self.pitch)

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return -(-self.count // self.columns)

    @property
    def left(self) -> int:
        """Return where the first column starts: both sides share what is left of the width."""
        return max(0, (self.width - self.columns * self.pitch) // 2)

    @property
    def greatest_scroll(self) -> int:
        """Return the scroll offset at which the last row touches the bottom of the view."""
        return max(0, self.rows * self.pitch - self.height)

    def visible(self, scroll: int, *, beyond: int = 0) -> range:
        """Return the places of which at least one pixel row is in view.

        Args:
            scroll: Scroll offset, pixels.
            beyond: Pixels above and below the view that count as well.
        """
        first = max(0, (scroll - beyond) // self.pitch)
        end = -(-(scroll + self.height + beyond) // self.pitch)
        return range(min(first * self.columns, self.count), min(end * self.columns, self.count))

    def origins(self, places: range) -> tuple[list[int], list[int]]:
        """Return the left and top edges of cells in content coordinates."""
        pitch, columns, left = self.pitch, self.columns, self.left
        xs = [left + place % columns * pitch for place in places]
        return xs, [place // columns * pitch for place in places]

    def origin(self, place: int) -> tuple[int, int]:
        """Return the left and top edge of one cell in content coordinates."""
        xs, ys = self.origins(range(place, place + 1))
        return xs[0], ys[0]

    def at(self, x: int, y: int) -> int | None:
        """Return the place at a point in content coordinates, None beside the cells."""
        column, row = (x - self.left) // self.pitch, y // self.pitch
        if not 0 <= column < self.columns or row < 0:
            return None
        place = row * self.columns + column
        return place if place < self.count else None

    def inside(self, x0: int, y0: int, x1: int, y1: int) -> Int64:
        """Return the places whose tile, margins left out, meets a rectangle, edges included."""
        columns = self._meeting(min(x0, x1) - self.left, max(x0, x1) - self.left, self.columns)
        rows = self._meeting(min(y0, y1), max(y0, y1), self.rows)
        grid = np.add.outer(np.array(rows, np.int64) * self.columns, np.array(columns, np.int64))
        places = grid.ravel()
        return places[places < self.count]

    def _meeting(self, low: int, high: int, count: int) -> range:
        """Return which of `count` cells along one axis have tile pixels from `low` to `high`."""
        first = -(-(low - self.margin - self.tile + 1) // self.pitch)
        last = (high - self.margin) // self.pitch
        return range(max(0, first), min(count - 1, last) + 1)

    def scroll_to_show(self, place: int, scroll: int) -> int:
        """Return the scroll offset nearest to `scroll` with which a cell is wholly in view."""
        top = self.origin(place)[1]
        lowest = min(top, max(0, top + self.pitch - self.height))
        return min(max(scroll, lowest), top)

    def moved(self, place: int, move: Move) -> int:
        """Return the place one step away; at an edge as far as it goes. Needs at least one cell."""
        page = max(1, self.height // self.pitch)
        match move:
            case Move.LEFT:
                return max(0, place - 1)
            case Move.RIGHT:
                return min(self.count - 1, place + 1)
            case Move.UP:
                return self._rows_away(place, -1)
            case Move.DOWN:
                return self._rows_away(place, 1)
            case Move.PAGE_UP:
                return self._rows_away(place, -page)
            case Move.PAGE_DOWN:
                return self._rows_away(place, page)
            case Move.FIRST:
                return 0
            case Move.LAST:
                return self.count - 1

    def _rows_away(self, place: int, rows: int) -> int:
        """Return the place in the same column some rows away, in the last such row that has one."""
        row, column = divmod(place, self.columns)
        row = min(max(0, row + rows), self.rows - 1)
        wanted = row * self.columns + column
        return min(wanted, self.count - 1)
