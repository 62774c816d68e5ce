"""Where each cell of the grid is: pure arithmetic on whole device pixels, no Qt.

A *place* is a position in the order shown, 0 to count-1; a tile's index in the project is something
else. Content coordinates start at the top left of the first row; the scroll offset is the content
coordinate at the top of the view. Rows are numbered through all sections.
"""

from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import NamedTuple

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
    SECTION_UP = auto()
    SECTION_DOWN = auto()


class Header(NamedTuple):
    """A header in view: the number of its section and its top edge in the view, pixels."""

    section: int
    y: int


def _one_section() -> Int64:
    return np.zeros(1, np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class GridGeometry:
    """The layout of equal square cells in rows, filled from the top left.

    Each section begins a new row below a header. Nothing but the first question is O(sections);
    the others are O(log sections) and grow with what they return.

    Args:
        count: Number of cells.
        tile: Side of a tile, pixels.
        margin: Free space on each side of a tile, pixels.
        width: Width of the view, pixels.
        height: Height of the view, pixels.
        starts: (G,) place of the first cell of each section, as in `Sections`.
        header: Height of a header, pixels; 0 for none.
    """

    count: int
    tile: int
    margin: int
    width: int
    height: int
    starts: Int64 = field(default_factory=_one_section)
    header: int = 0

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
        return int(self._first_rows[-1])

    @property
    def left(self) -> int:
        """Return where the first column starts: both sides share what is left of the width."""
        return max(0, (self.width - self.columns * self.pitch) // 2)

    @property
    def greatest_scroll(self) -> int:
        """Return the scroll offset at which the last row touches the bottom of the view."""
        headers = self.header * len(self.starts)
        return max(0, headers + self.rows * self.pitch - self.height)

    @cached_property
    def _first_rows(self) -> Int64:
        """(G+1,) number of the first row of each section, and that of all rows."""
        counts = np.diff(self.starts, append=self.count)
        return np.concatenate(([0], np.cumsum(-(-counts // self.columns)))).astype(np.int64)

    @cached_property
    def _tops(self) -> Int64:
        """(G,) top edge of the first row of each section, content coordinates."""
        headers = np.arange(1, len(self.starts) + 1) * self.header
        return np.asarray(self._first_rows[:-1] * self.pitch + headers, np.int64)

    # -- rows ---------------------------------------------------------------------------------

    def rows_above(self, y: int) -> int:
        """Return how many rows have their top edge above a content coordinate."""
        section = int(self._tops.searchsorted(y, "left")) - 1
        if section < 0:
            return 0
        rows = -(-(y - int(self._tops[section])) // self.pitch)
        return min(int(self._first_rows[section]) + rows, int(self._first_rows[section + 1]))

    def row_of(self, place: int) -> int:
        """Return the row of a cell."""
        section = self._section(place)
        into = (place - int(self.starts[section])) // self.columns
        return int(self._first_rows[section]) + into

    def row(self, row: int) -> range:
        """Return the places of a row, none for the one after the last."""
        return range(self._row_start(row), self._row_start(row + 1))

    def row_top(self, row: int) -> int:
        """Return the top edge of a row in content coordinates."""
        section = int(self._first_rows.searchsorted(row, "right")) - 1
        into = row - int(self._first_rows[section])
        return int(self._tops[section]) + into * self.pitch

    def row_tops(self, rows: range) -> Int64:
        """Return (R,) top edges of rows in content coordinates."""
        numbers = np.arange(rows.start, rows.stop)
        sections = self._first_rows.searchsorted(numbers, "right") - 1
        return self._tops[sections] + (numbers - self._first_rows[sections]) * self.pitch

    def table(self, rows: range) -> Int64:
        """Return (R, columns) the places in some rows, -1 beside the last one of a short row."""
        numbers = np.arange(rows.start, rows.stop)
        sections = self._first_rows.searchsorted(numbers, "right") - 1
        starts = self.starts[sections] + (numbers - self._first_rows[sections]) * self.columns
        ends = np.append(self.starts, self.count)[sections + 1]
        places = starts[:, None] + np.arange(self.columns)
        return np.where(places < ends[:, None], places, -1)

    def visible_rows(self, scroll: int, *, beyond: int = 0) -> range:
        """Return the rows of which at least one pixel row is in view.

        Args:
            scroll: Scroll offset, pixels.
            beyond: Pixels above and below the view that count as well.
        """
        first = self.rows_above(scroll - beyond - self.pitch + 1)
        return range(first, self.rows_above(scroll + self.height + beyond))

    def _row_start(self, row: int) -> int:
        """Return the place a row begins with; the number of cells for a row after the last."""
        if row >= self.rows:
            return self.count
        section = int(self._first_rows.searchsorted(row, "right")) - 1
        into = row - int(self._first_rows[section])
        return int(self.starts[section]) + into * self.columns

    def _section(self, place: int) -> int:
        return int(self.starts.searchsorted(place, "right")) - 1

    # -- cells --------------------------------------------------------------------------------

    def visible(self, scroll: int, *, beyond: int = 0) -> range:
        """Return the places of the rows in view; arguments as for `visible_rows`."""
        rows = self.visible_rows(scroll, beyond=beyond)
        return range(self._row_start(rows.start), self._row_start(rows.stop))

    def origin(self, place: int) -> tuple[int, int]:
        """Return the left and top edge of a cell in content coordinates."""
        return self.left + self.column_of(place) * self.pitch, self.row_top(self.row_of(place))

    def at(self, x: int, y: int) -> int | None:
        """Return the place at a point in content coordinates, None beside the cells."""
        column, row = (x - self.left) // self.pitch, self.rows_above(y + 1) - 1
        if not 0 <= column < self.columns or row < 0 or y >= self.row_top(row) + self.pitch:
            return None
        places = self.row(row)
        return places[column] if column < len(places) else None

    def inside(self, x0: int, y0: int, x1: int, y1: int) -> Int64:
        """Return the places whose tile, margins left out, meets a rectangle, edges included."""
        columns = self._columns_meeting(min(x0, x1) - self.left, max(x0, x1) - self.left)
        first = self.rows_above(min(y0, y1) - self.margin - self.tile + 1)
        rows = range(first, self.rows_above(max(y0, y1) - self.margin + 1))
        places = self.table(rows)[:, columns.start : columns.stop].ravel()
        return places[places >= 0]

    def _columns_meeting(self, low: int, high: int) -> range:
        """Return the columns with tile pixels from `low` to `high`."""
        first = max(0, -(-(low - self.margin - self.tile + 1) // self.pitch))
        last = min(self.columns - 1, (high - self.margin) // self.pitch)
        return range(first, max(first, last + 1))  # below 0 an end would count from the right

    def scroll_to_show(self, place: int, scroll: int) -> int:
        """Return the scroll offset nearest to `scroll` with which a cell is wholly in view.

        Below the header of its section, that is, which sticks to the top of the view.
        """
        top = self.row_top(self.row_of(place))
        highest = top - self.header
        lowest = min(highest, max(0, top + self.pitch - self.height))
        return min(max(scroll, lowest), highest)

    # -- headers ------------------------------------------------------------------------------

    def headers(self, scroll: int) -> list[Header]:
        """Return the headers in view; that of the uppermost section sticks to the top."""
        if not self.header or not self.count:
            return []
        first = max(0, int(self._tops.searchsorted(scroll + self.header, "right")) - 1)
        end = int(self._tops.searchsorted(scroll + self.height + self.header, "left"))
        found = [Header(at, int(self._tops[at]) - self.header - scroll) for at in range(first, end)]
        if found and found[0].y < 0:
            found[0] = Header(first, self._stuck(found))
        return found

    def _stuck(self, headers: list[Header]) -> int:
        """Return where the uppermost header is: at the top, or pushed out by the next one."""
        return min(0, headers[1].y - self.header) if len(headers) > 1 else 0

    # -- moves --------------------------------------------------------------------------------

    def moved(self, place: int, move: Move, *, column: int | None = None) -> int:
        """Return the place one step away; at an edge as far as it goes. Needs at least one cell.

        Args:
            place: From where.
            move: Which step.
            column: The column to keep when going up or down; that of `place` if not given.
        """
        page = max(1, (self.height - self.header) // self.pitch)
        match move:
            case Move.LEFT:
                return max(0, place - 1)
            case Move.RIGHT:
                return min(self.count - 1, place + 1)
            case Move.UP | Move.DOWN:
                return self._rows_away(place, 1 if move is Move.DOWN else -1, column)
            case Move.PAGE_UP | Move.PAGE_DOWN:
                return self._rows_away(place, page if move is Move.PAGE_DOWN else -page, column)
            case Move.FIRST:
                return 0
            case Move.LAST:
                return self.count - 1
            case Move.SECTION_UP:
                return int(self.starts[self._section(max(0, place - 1))])
            case Move.SECTION_DOWN:
                following = self._section(place) + 1
                return int(np.append(self.starts, self.count - 1)[following])

    def column_of(self, place: int) -> int:
        """Return the column of a cell, 0 for the leftmost."""
        return (place - int(self.starts[self._section(place)])) % self.columns

    def _rows_away(self, place: int, rows: int, column: int | None) -> int:
        """Return the place in a column some rows away, or the last one of a row that is short."""
        column = self.column_of(place) if column is None else column
        target = self.row(min(max(0, self.row_of(place) + rows), self.rows - 1))
        return target[min(column, len(target) - 1)]
