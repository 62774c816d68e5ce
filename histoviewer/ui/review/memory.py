"""Putting the review page back into the state of the last session."""

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QSplitter

from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.blind import BlindRead
from histoviewer.ui.review.current import CurrentTile
from histoviewer.ui.review.filters import FilterPanel
from histoviewer.ui.review.judging import Judge
from histoviewer.ui.review.listing import Listing
from histoviewer.ui.review.remembering import PageState, from_dict, to_dict
from histoviewer.ui.review.sort_bar import SortBar
from histoviewer.ui.review.views import Views

_PANES: Final = (220, 900, 320)


class PageMemory(QObject):
    """Takes down the state of the parts of the page, and puts them back into it. UI thread only.

    Args:
        filters: What is asked for.
        bar: Shows the order.
        views: The grid and what takes its place.
        panes: Filters, views and inspector side by side.
        listing: Arranges the tiles.
        current: Shows the current tile.
        judge: Advances after verdicts.
        blind: Hides scores.
        parent: Owner.
    """

    notice = Signal(str)

    def __init__(
        self,
        *,
        filters: FilterPanel,
        bar: SortBar,
        views: Views,
        panes: QSplitter,
        listing: Listing,
        current: CurrentTile,
        judge: Judge,
        blind: BlindRead,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._filters, self._bar, self._views, self._panes = filters, bar, views, panes
        self._listing, self._current, self._judge, self._blind = listing, current, judge, blind
        self._session: ReviewSession | None = None
        self._wanted: PageState | None = None  # until its tiles have been arranged
        panes.setSizes(list(_PANES))
        listing.arranged.connect(self._go_to_tile)

    def begin(self, session: ReviewSession | None) -> None:
        """Start over with a project."""
        self._session = session
        self._wanted = None

    def state(self) -> dict[str, Any]:
        """Return what to remember, as JSON values."""
        if self._wanted is not None:  # left before its tiles were there: nothing has changed
            return to_dict(self._wanted)
        top, above = self._views.top
        return to_dict(
            PageState(
                query=self._filters.lasting_query,
                tile_size=self._views.grid.tile_size,
                current=self._current.id,
                top=None if top is None or self._session is None else self._session.tiles.ids[top],
                above=above,
                large=self._views.is_large,
                look=self._current.look,
                advances=self._judge.advances,
                blind=self._blind.before,
                panes=tuple(self._panes.sizes()),
                parts=self._filters.controls.opened,
            )
        )

    def restore(self, values: Mapping[str, Any]) -> None:
        """Go back to a remembered state; what cannot be read is said and left as it is."""
        try:
            state = from_dict(values)
        except ValueError:
            self.notice.emit(
                self.tr("The view of the last session could not be read; the usual one is shown.")
            )
            return
        self._judge.advances = state.advances
        self._wanted = state
        self._filters.set_query(state.query)
        self._bar.set_sort(state.query.sort)
        self._views.grid.set_tile_size(state.tile_size)
        self._current.set_look(state.look)
        if len(state.panes) == len(_PANES) and any(state.panes):
            self._panes.setSizes(list(state.panes))
        if state.parts is not None:
            self._filters.controls.open_only(state.parts)
        if state.blind is None:
            self._listing.refresh()
        else:
            self._blind.resume(state.blind)

    def _go_to_tile(self) -> None:
        """Go to the tile and the place of the last session, once its tiles are there."""
        state, self._wanted = self._wanted, None
        if state is None or self._session is None:
            return
        index_of = self._session.tiles.index_of
        current, top = index_of.get(state.current or ""), index_of.get(state.top or "")
        if current is not None:
            self._views.grid.go_to(current)
        if state.large:
            self._views.open_large()
        elif top is not None:  # the reader may have scrolled away from the current tile
            self._views.scroll_to(top, state.above)
