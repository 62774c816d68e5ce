"""Which tiles the review page shows and in what order: from the filters to the grid."""

import secrets
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from histoviewer.domain.arrays import Int64
from histoviewer.domain.tile_list import TileList
from histoviewer.domain.triage import Query, SortKey
from histoviewer.services.changes import Changes
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.arranging import Arrangement, Arranger
from histoviewer.ui.review.counting import FacetCounter
from histoviewer.ui.review.facts import CellFacts, cell_facts
from histoviewer.ui.review.filters import FilterPanel
from histoviewer.ui.review.sort_bar import SortBar
from histoviewer.ui.review.views import Views

_SEEDS = 1_000_000  # few enough digits to be told somebody else


class Listing(QObject):
    """Asks what the filters say and shows the answer. UI thread only.

    Verdicts never change the order under the reader: tiles are arranged anew when the query, the
    scores or the data change, or on demand.

    Args:
        filters: What is asked for.
        bar: The order, and the counts.
        views: Where the answer is shown.
        parent: Owner.
    """

    arranged = Signal()  # the tiles shown, or their order, changed

    def __init__(
        self, *, filters: FilterPanel, bar: SortBar, views: Views, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._filters, self._bar, self._views = filters, bar, views
        self._grid = views.grid
        self._session: ReviewSession | None = None
        self._query_shown = Query()
        self._wanted: Int64 | None = None  # tiles to go to as soon as they are shown
        self._begins_list = False  # whether the tiles shown next are those of a new list
        self._start: int | None = None  # the tile at which that list is looked at first
        self._readers: tuple[str, ...] = ()  # whom the filters offer
        self._is_stale = False
        self._arranger = Arranger(self._show, self)
        self._counter = FacetCounter(self)
        self._counter.counted.connect(filters.set_facets)
        filters.query_changed.connect(self._ask)
        filters.list_changed.connect(self._bar_follows)
        bar.sort_changed.connect(self._sort_by)
        bar.reshuffle_asked.connect(self._reshuffle)
        bar.refresh_asked.connect(self.refresh)
        self._grid.selection_changed.connect(self.show_counts)

    def begin(self, session: ReviewSession | None) -> None:
        """Start over with a project; `refresh` then asks for its tiles."""
        self._session = session
        self._wanted = None
        self._filters.show_list(None)
        self._is_stale = False
        self._arranger.cancel()
        self._counter.begin(session)
        if session is None:
            self._bar.name_model(None)
            self._explain_emptiness()
            self.show_counts()

    def facts_of(self, session: ReviewSession) -> Callable[[Int64], CellFacts]:
        """Return what the grid asks for what to paint over some tiles."""
        return lambda tiles: cell_facts(session, self._query_shown, tiles)

    def refresh(self) -> None:
        """Arrange the tiles anew, as verdicts and scores have it now."""
        if self._session is not None:
            self._bar.name_model(self._session.ranking.model)
        self._ask(self._filters.query)

    def ask_for(self, query: Query) -> None:
        """Ask for something of all tiles, as a saved view does."""
        self._filters.show_list(None)
        self._filters.set_query(query)
        self._bar.set_sort(query.sort)
        self.refresh()

    def show_list(self, tile_list: TileList, *, start: int | None = None) -> None:
        """Show a list from a tile on, its first unless told; the filters narrow within it now."""
        self._views.close_large()
        self._filters.show_list(tile_list)
        self._begins_list, self._start = True, start
        self.refresh()

    def note(self, changes: Changes) -> None:
        """Offer to sort again and count anew what verdicts changed, be it from here or not."""
        if len(changes.tiles) and self._session is not None:
            self._is_stale = True
            if self._session.log.readers != self._readers:
                self._offer_values(self._session)
            self._counter.note(changes.tiles)
        self.show_counts()

    def take_scores(self) -> None:
        """Sort by what is newly known for triage where that is asked for, else only count anew."""
        query = self._filters.query
        if query.needs_suspects or query.sort is SortKey.OUTLIER:
            self.refresh()
        else:
            self._counter.recount()

    def go_to(self, tiles: Int64) -> None:
        """Select some tiles and go to the first; filters that hide one of them are taken off."""
        self._views.close_large()
        if len(self._grid.selection.places(tiles)) == len(tiles):
            self._grid.choose(tiles)
        else:
            self._wanted = tiles
            self._filters.show_all()

    def show_counts(self) -> None:
        """Say how many tiles are shown and selected."""
        total = 0 if self._session is None else len(self._session.tiles)
        selected = self._grid.selection.count
        self._bar.set_counts(shown=len(self._grid.order), total=total, selected=selected)
        self._bar.offer_refresh(offered=self._is_stale)

    def close(self) -> None:
        """End the threads."""
        self._arranger.close()
        self._counter.close()

    def _bar_follows(self, tile_list: TileList | None) -> None:
        self._bar.show_list(tile_list)
        self._bar.set_sort(self._filters.query.sort)

    def _sort_by(self, sort: SortKey | None) -> None:
        self._filters.order_list(ordered=sort is None)
        if sort is not None:
            self._filters.set_query(replace(self._filters.query, sort=sort))
        self._bar_follows(self._filters.tile_list)
        self.refresh()

    def _reshuffle(self) -> None:
        seed = secrets.randbelow(_SEEDS)
        self._filters.set_query(replace(self._filters.query, seed=seed))
        self.refresh()

    def _offer_values(self, session: ReviewSession) -> None:
        """Let the filters offer the values of the project; verdicts can only add a reader."""
        self._readers = session.log.readers
        self._filters.show_project(session)

    def _ask(self, query: Query) -> None:
        if self._session is not None:
            self._offer_values(self._session)
            self._is_stale = False  # verdicts that fall while it is worked on are not in the answer
            self._arranger.ask(query, self._session.columns(), self._filters.tile_list)

    def _show(self, arrangement: Arrangement) -> None:
        self._query_shown = arrangement.query
        self._counter.follow(arrangement)
        self._grid.set_order(arrangement.order, arrangement.places, arrangement.sections)
        if len(arrangement.order):
            self._views.show_tiles()
        else:
            self._explain_emptiness()
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self._grid.choose(wanted)
        if self._begins_list and len(arrangement.order):
            self._begin_list()
        self._begins_list = False
        self.show_counts()
        self.arranged.emit()

    def _begin_list(self) -> None:
        if self._start is None or not self._grid.go_to(self._start):
            self._grid.go_to_place(0)

    def _explain_emptiness(self) -> None:
        offers_all = False
        if self._session is None:
            heading = self.tr("No project is open.")
            sentence = self.tr("Open a project or a folder of tiles to review it.")
        elif len(self._session.tiles) == 0:
            heading = self.tr("This project has no tiles.")
            sentence = self.tr("Add files to its data set and import them.")
        else:
            heading = self.tr("No tile matches the filters.")
            sentence = self.tr("Change them, or take them all off.")
            offers_all = self._filters.query.is_filtered or self._filters.tile_list is not None
        self._views.explain_nothing(heading, sentence, offers_all=offers_all)
