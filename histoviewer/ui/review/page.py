"""The review page: filters, grid, inspector, and the verdicts that keys give."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from histoviewer.domain.arrays import Int64
from histoviewer.domain.source import TileSource
from histoviewer.domain.triage import Query, SortKey
from histoviewer.services.changes import Changes
from histoviewer.services.opening import Workspace
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.arranging import Arrangement, Arranger
from histoviewer.ui.review.describing import describe
from histoviewer.ui.review.empty import EmptyState
from histoviewer.ui.review.facts import CellFacts, cell_facts
from histoviewer.ui.review.filters import FilterPanel, SortBar, is_filtered
from histoviewer.ui.review.geometry import Move
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.review.inspector import Inspector
from histoviewer.ui.review.judging import Judge
from histoviewer.ui.review.large import LargeView
from histoviewer.ui.review.loading import Original, OriginalLoader
from histoviewer.ui.review.picture import CentreSquare
from histoviewer.ui.review.remembering import PageState, from_dict, to_dict

_NO_PROJECT: Final = ("No project is open.", "Open a project or a folder of tiles to review it.")
_NO_TILES: Final = ("This project has no tiles.", "Add files to its data set and import them.")
_NO_MATCH: Final = ("No tile matches the filters.", "Change them, or take them all off.")
_PANES: Final = (220, 900, 320)


class ReviewPage(QWidget):
    """Where tiles are judged. UI thread only.

    Verdicts fall on the tile shown large, else on the selected tiles, else on the current one. They
    never change the order under the reader: tiles are arranged anew when the query, the scores or
    the data change, or on demand.

    Args:
        parent: Owner.
    """

    changed = Signal(object)  # Changes made here
    notice = Signal(str)  # one sentence for the reader
    selection_changed = Signal()
    changed_order = Signal()  # the tiles shown, or their order, changed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace: Workspace | None = None
        self._query_shown = Query()
        self._is_stale = False
        self._go_to_id: str | None = None
        self._centre = CentreSquare.OFF
        self.filters, self.bar = FilterPanel(), SortBar()
        self.grid, self.inspector = TileGrid(), Inspector()
        self.large, self.empty = LargeView(), EmptyState()
        self._judge = Judge(self.grid, self, is_single=lambda: self.is_large)
        self._arranger = Arranger(self._show_arrangement, self)
        self._loader = OriginalLoader(self._show_original, self)
        self._lay_out()
        self._connect()
        self.show_workspace(None)

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        for view in (self.grid, self.large, self.empty):
            self._stack.addWidget(view)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        for pane in (self.filters, self._stack, self.inspector):
            self._splitter.addWidget(pane)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setCollapsible(1, False)  # noqa: FBT003 - Qt's own signature
        self._splitter.setSizes(list(_PANES))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self._splitter, 1)
        self.bar.set_size(self.grid.tile_size)

    def _connect(self) -> None:
        self.filters.query_changed.connect(self._ask)
        self.bar.sort_changed.connect(self._sort_by)
        self.bar.size_changed.connect(self.grid.set_tile_size)
        self.bar.refresh_asked.connect(self.refresh_order)
        self.grid.tile_size_changed.connect(self.bar.set_size)
        self.grid.current_changed.connect(self._show_current)
        self.grid.selection_changed.connect(self._show_counts)
        self.grid.selection_changed.connect(self.selection_changed)
        self.grid.activated.connect(self.open_large)
        self._judge.judged.connect(self._judged)
        self._judge.notice.connect(self.notice)
        self.empty.show_all_asked.connect(self.filters.show_all)
        self.large.moved.connect(self._move)
        self.large.left.connect(self.close_large)
        self.inspector.centre_button.clicked.connect(self.cycle_centre_square)
        for button in (self.bar.refresh, self.filters.reset):
            button.clicked.connect(self._take_keyboard)  # it is off now: Qt would pick a neighbour

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the keyboard on to the tiles. A focus proxy would do so too, but catch every Tab."""
        super().focusInEvent(event)
        shown = self._stack.currentWidget()
        for view in (self.grid, self.large, self.empty):
            if view is shown:
                view.setFocus(event.reason())

    def _take_keyboard(self) -> None:
        self.setFocus()

    # -- what is shown ------------------------------------------------------------------------

    def show_workspace(self, workspace: Workspace | None) -> None:
        """Show a project; None for none."""
        self._workspace = workspace
        self._judge.session = self._session
        self._arranger.cancel()
        self._is_stale = False
        self.inspector.show_nothing()
        self._loader.aim(None if workspace is None else workspace.originals)
        for widget in (self.filters, self.bar, self.inspector):
            widget.setEnabled(workspace is not None)
        if workspace is None:
            self.grid.show_project(0, None, None)
            self._show_emptiness()
            self._show_counts()
            return
        self.grid.show_project(
            len(workspace.session.tiles), self._facts_of(workspace.session), workspace.pixels
        )
        self._ask(self.filters.query)

    def set_pixels(self, source: TileSource | None = None) -> None:
        """Take the pixels of the grid from another place, such as the packed store.

        Args:
            source: Where from; by default the fastest the workspace has.
        """
        if self._workspace is not None:
            self.grid.set_source(source or self._workspace.pixels)

    def apply_changes(self, changes: Changes) -> None:
        """Refresh what somebody else's changes concern."""
        if changes.initiator is self or self._session is None:
            return
        if changes.scores or changes.data:
            self.refresh_order()
        self._refresh()

    def refresh_order(self) -> None:
        """Arrange the tiles anew, as verdicts have it now."""
        self._ask(self.filters.query)

    def close_threads(self) -> None:
        """End the background threads; the page must not be used any more."""
        for part in (self._arranger, self._loader, self.grid.supply):
            part.close()

    @property
    def _session(self) -> ReviewSession | None:
        return None if self._workspace is None else self._workspace.session

    def _facts_of(self, session: ReviewSession) -> Callable[[Int64], CellFacts]:
        return lambda tiles: cell_facts(session, self._query_shown, tiles)

    def _sort_by(self, sort: SortKey) -> None:
        self.filters.set_query(replace(self.filters.query, sort=sort))
        self._ask(self.filters.query)

    def _ask(self, query: Query) -> None:
        if self._session is not None:
            self._arranger.ask(query, self._session.columns())

    def _show_arrangement(self, arrangement: Arrangement) -> None:
        self._query_shown = arrangement.query
        self._is_stale = False
        self.filters.set_histogram(arrangement.histogram)
        self.grid.set_order(arrangement.order, arrangement.places)
        self._restore_current()
        self._show_emptiness()
        self._show_counts()
        self.changed_order.emit()

    def _restore_current(self) -> None:
        """Go to the tile of the last session, once."""
        session, wanted, self._go_to_id = self._session, self._go_to_id, None
        if session is not None and wanted is not None and wanted in session.tiles.index_of:
            self.grid.go_to(session.tiles.index_of[wanted])

    def _show_emptiness(self) -> None:
        if len(self.grid.order):
            if self._stack.currentWidget() is self.empty:
                self._stack.setCurrentWidget(self.grid)
            return
        text = _NO_MATCH
        if self._session is None:
            text = _NO_PROJECT
        elif len(self._session.tiles) == 0:
            text = _NO_TILES
        self.empty.explain(*text, offers_all=text is _NO_MATCH and is_filtered(self.filters.query))
        self._stack.setCurrentWidget(self.empty)

    def _show_counts(self) -> None:
        total = 0 if self._session is None else len(self._session.tiles)
        self.bar.set_counts(
            shown=len(self.grid.order), total=total, selected=self.grid.selection.count
        )
        self.bar.offer_refresh(offered=self._is_stale)

    def _show_current(self, tile: int) -> None:
        self._describe_current()
        self._loader.load(None if tile < 0 else tile)

    def _describe_current(self) -> None:
        session, tile = self._session, self.grid.current
        place = self.grid.selection.current_place
        if session is None or tile is None or place is None:
            self.inspector.show_nothing()
            return
        description = describe(session, tile)
        self.inspector.describe(description)
        self.large.describe(description, place, len(self.grid.order))
        self.grid.setAccessibleDescription(
            f"Tile {description.id}, {description.effective}, {description.state},"
            f" {description.prediction}"
        )

    def _show_original(self, original: Original) -> None:
        if self._workspace is None or original.tile != self.grid.current:
            return
        self.inspector.show_original(original, self._workspace.originals.shape[1])
        if original.image is None:
            self.large.picture.show_text(self.inspector.picture.text)
        else:
            self.large.picture.show_image(original.image)

    def _refresh(self) -> None:
        """Paint labels and marks as they are now."""
        self.grid.refresh()
        self._describe_current()
        self._show_counts()

    # -- verdicts -----------------------------------------------------------------------------

    def label(self, label: int) -> None:
        """Give the tiles a label (keys 1 and 0)."""
        self._judge.label(label)

    def answer(self, agree: bool) -> None:  # noqa: FBT001 - called by the key map with its argument
        """Confirm what the model says of the tiles, or reject it (keys A and X)."""
        self._judge.answer(agree=agree)

    def skip(self) -> None:
        """Pass over the tiles for now (key Space)."""
        self._judge.skip()

    def flag(self) -> None:
        """Flag the tiles, or take the flag off where all have it (key F)."""
        self._judge.flag()

    def clear(self) -> None:
        """Take back what was said of the tiles."""
        self._judge.clear()

    def undo(self) -> None:
        """Take back the newest step, and go to its tiles."""
        self._judge.undo()

    def redo(self) -> None:
        """Bring back the step taken back last, and go to its tiles."""
        self._judge.redo()

    def set_advances(self, on: bool) -> None:  # noqa: FBT001 - called with the state of its action
        """Go on to the next undecided tile after a verdict, or stay."""
        self._judge.advances = on

    @property
    def advances(self) -> bool:
        """Return whether a verdict leads on to the next undecided tile."""
        return self._judge.advances

    @property
    def undo_text(self) -> str:
        """Return what undo would do, as 'Undo relabel 300 tiles'; '' where there is nothing."""
        return self._judge.undo_text

    @property
    def redo_text(self) -> str:
        """Return what redo would do; '' where there is nothing."""
        return self._judge.redo_text

    def _judged(self, changes: Changes) -> None:
        self._is_stale = True
        self._refresh()
        self.changed.emit(changes)

    # -- selection and views --------------------------------------------------------------------

    def select_all(self) -> None:
        """Select every tile that matches the filters."""
        self.close_large()
        self.grid.select_all()

    def select_none(self) -> None:
        """Select nothing."""
        self.grid.select_none()

    def invert_selection(self) -> None:
        """Select what is not selected."""
        self.close_large()
        self.grid.invert_selection()

    def cycle_centre_square(self) -> None:
        """Show the centre square as a box, then by dimming the ring, then not (key C)."""
        self._set_centre(self._centre.next())

    def _set_centre(self, centre: CentreSquare) -> None:
        self._centre = centre
        self.inspector.set_centre(centre)
        self.large.picture.set_centre(centre)

    def open_large(self) -> None:
        """Show the current tile in place of the grid, or go back (Enter)."""
        if self.is_large:
            self.close_large()
        elif (place := self.grid.selection.current_place) is not None:
            self.grid.go_to_place(place)  # a hidden selection would be judged along with it
            self._stack.setCurrentWidget(self.large)
            self.large.setFocus()

    def close_large(self) -> None:
        """Go back to the grid (Esc)."""
        if self.is_large:
            self._stack.setCurrentWidget(self.grid)
            self.grid.setFocus()

    @property
    def is_large(self) -> bool:
        """Return whether one tile is shown in place of the grid."""
        return self._stack.currentWidget() is self.large

    def _move(self, move: Move) -> None:
        self.grid.move_current(move)

    # -- from one session to the next -------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return what to remember, as JSON values."""
        tile, session = self.grid.current, self._session
        return to_dict(
            PageState(
                query=self.filters.query,
                tile_size=self.grid.tile_size,
                current=None if session is None or tile is None else session.tiles.ids[tile],
                centre=self._centre,
                advances=self._judge.advances,
                panes=tuple(self._splitter.sizes()),
            )
        )

    def restore(self, values: Mapping[str, Any]) -> None:
        """Go back to a remembered state; what cannot be read is said and left as it is."""
        try:
            state = from_dict(values)
        except ValueError:
            self.notice.emit(
                "The view of the last session could not be read; the usual one is shown."
            )
            return
        self._judge.advances = state.advances
        self._go_to_id = state.current
        self.filters.set_query(state.query)
        self.bar.set_sort(state.query.sort)
        self.grid.set_tile_size(state.tile_size)
        self._set_centre(state.centre)
        if len(state.panes) == len(_PANES) and any(state.panes):
            self._splitter.setSizes(list(state.panes))
        self._ask(state.query)
