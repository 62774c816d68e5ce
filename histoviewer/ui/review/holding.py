"""Keeping what the reader looks at where it is while the cells are laid out anew."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtWidgets import QScrollBar

from histoviewer.domain.arrays import Float64, Int64
from histoviewer.ui.review.geometry import GridGeometry
from histoviewer.ui.review.selection import Selection


@dataclass(frozen=True, kw_only=True, eq=False)
class _View:
    """What was in view.

    Args:
        tiles: (n,) tiles in view, the first ones in whole if any is.
        offsets: (n,) how far below the top of the view they were, logical pixels.
        current: Offset of the current tile, None where it was out of view.
        state: By which it is known whether the reader has moved since.
    """

    tiles: Int64
    offsets: Float64
    current: float | None
    state: tuple[int, int | None]


class Holder:
    """Holds the current tile where it is in the view, or else the first of the tiles in view.

    As long as the reader neither scrolls nor moves, it goes by what was in view at first: a window
    that is made smaller and larger again ends where it began.

    Args:
        bar: The scroll bar, in device pixels.
        selection: The order and the current tile.
    """

    def __init__(self, bar: QScrollBar, selection: Selection) -> None:
        self._bar = bar
        self._selection = selection
        self._view: _View | None = None

    def note(self, geometry: GridGeometry, ratio: float) -> None:
        """Remember what is in view, before anything changes.

        Args:
            geometry: The layout that still holds.
            ratio: Device pixels a logical pixel.
        """
        if self._view is not None and self._view.state == self._state:
            return
        scroll, order = self._bar.value(), self._selection.order
        rows = geometry.visible_rows(scroll)
        tops = [geometry.row_top(row) - scroll for row in rows]
        sizes = [len(geometry.row(row)) for row in rows]
        offsets = np.repeat(np.array(tops, np.float64), sizes)
        places = geometry.visible(scroll)
        tiles = order[places.start : places.stop]
        first = np.argsort(offsets < geometry.header, kind="stable")  # rows in whole come first
        current, offset = self._selection.current_place, None
        if current is not None and current in places:
            offset = float(offsets[current - places.start]) / ratio
        self._view = _View(
            tiles=tiles[first],
            offsets=offsets[first] / ratio,
            current=offset,
            state=self._state,
        )

    def restore(self, geometry: GridGeometry, ratio: float) -> None:
        """Scroll so that what was noted is where it was; arguments as for `note`."""
        view, current = self._view, self._selection.current_place
        if current is None or view is None:
            return
        if view.current is not None:
            wanted = geometry.row_top(geometry.row_of(current)) - round(view.current * ratio)
            self._bar.setValue(geometry.scroll_to_show(current, wanted))
        elif (at := self._selection.first_shown(view.tiles)) is not None:
            place = self._selection.place(int(view.tiles[at])) or 0
            top = geometry.row_top(geometry.row_of(place))
            self._bar.setValue(top - round(view.offsets[at] * ratio))
        else:
            self._bar.setValue(geometry.scroll_to_show(current, self._bar.value()))
        self._view = _View(
            tiles=view.tiles, offsets=view.offsets, current=view.current, state=self._state
        )

    @property
    def _state(self) -> tuple[int, int | None]:
        return self._bar.value(), self._selection.current
