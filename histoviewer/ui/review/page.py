"""The review page: filters, grid, inspector, and the verdicts that keys give."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from histoviewer.domain.arrays import Int64
from histoviewer.domain.source import TileSource
from histoviewer.domain.tile_list import Tells, TileList
from histoviewer.domain.triage import Query
from histoviewer.services.changes import Changes
from histoviewer.services.opening import Workspace
from histoviewer.ui.background import Background
from histoviewer.ui.dialogs.go_to_tile import GoToTileDialog
from histoviewer.ui.pages import Page
from histoviewer.ui.review.blind import BlindRead
from histoviewer.ui.review.current import CurrentTile
from histoviewer.ui.review.filters import FilterPanel
from histoviewer.ui.review.inspector import Inspector
from histoviewer.ui.review.judging import Judge
from histoviewer.ui.review.listing import Listing
from histoviewer.ui.review.memory import PageMemory
from histoviewer.ui.review.picture_commands import PictureCommands
from histoviewer.ui.review.reading import default_threads
from histoviewer.ui.review.saved_views import SavedViews
from histoviewer.ui.review.sort_bar import SortBar
from histoviewer.ui.review.telling import Teller
from histoviewer.ui.review.triage_commands import TriageCommands
from histoviewer.ui.review.verdict_commands import VerdictCommands
from histoviewer.ui.review.views import Views
from histoviewer.ui.review.wanting import WantingBanner


class ReviewPage(VerdictCommands, TriageCommands, PictureCommands, Page):
    """Where tiles are judged. UI thread only.

    The page only puts its parts together and hands on what commands ask for: `listing` arranges
    the tiles, `views` shows them, `current` tells of one of them, `judge` takes the verdicts and
    `memory` keeps all that from one session to the next.

    Verdicts fall on the tile shown large, else on the selected tiles, else on the current one.

    Args:
        background: Writes the views that the reader saves.
        parent: Owner.
    """

    selection_changed = Signal()
    changed_order = Signal()  # the tiles shown, or their order, changed
    began = Signal()  # another project is shown, or none
    ended = Signal()  # the page is not used any more
    refreshed = Signal()  # labels, scores and what may be shown of them may be others now
    maps_asked = Signal(bool)  # lay maps of what the model looked at over the tiles, or lift them
    similar_asked = Signal()  # show the tiles most like those that a verdict would fall on
    batch_asked = Signal()  # show the tiles to look at next
    issues_asked = Signal()  # find labels that are probably wrong
    outliers_asked = Signal()  # work out how strange each tile looks
    menu_asked = Signal(QPoint)  # the context menu of the selected tiles, at this global point

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace: Workspace | None = None
        self.filters, self.bar = FilterPanel(), SortBar()
        self.views, self.inspector = Views(), Inspector()
        self.grid, self.large, self.empty = self.views.grid, self.views.large, self.views.empty
        self.judge = Judge(self.grid, self, is_single=lambda: self.is_large)
        self.listing = Listing(filters=self.filters, bar=self.bar, views=self.views, parent=self)
        self.current = CurrentTile(views=self.views, inspector=self.inspector, parent=self)
        self.teller = Teller(self.grid, self)
        self.wanting = WantingBanner()
        self.blind = BlindRead(filters=self.filters, bar=self.bar, parent=self)
        self.saved_views = SavedViews(
            menu=self.filters.views,
            asked=lambda: self.filters.query,
            apply=self.show_query,
            background=background,
            parent=self,
        )
        self.memory = self._lay_out()
        self._connect()
        self.show_workspace(None)

    def _lay_out(self) -> PageMemory:
        panes = QSplitter(Qt.Orientation.Horizontal)
        for pane in (self.filters, self.views, self.inspector):
            panes.addWidget(pane)
        panes.setStretchFactor(1, 1)
        panes.setCollapsible(1, False)  # noqa: FBT003 - Qt's own signature
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.blind.banner)
        layout.addWidget(self.bar)
        layout.addWidget(self.wanting)
        layout.addWidget(panes, 1)
        self.bar.set_size(self.grid.tile_size)
        return PageMemory(
            filters=self.filters,
            bar=self.bar,
            views=self.views,
            panes=panes,
            listing=self.listing,
            current=self.current,
            judge=self.judge,
            blind=self.blind,
            parent=self,
        )

    def _connect(self) -> None:
        self.bar.size_changed.connect(self.grid.set_tile_size)
        self.grid.tile_size_changed.connect(self.bar.set_size)
        self.grid.selection_changed.connect(self.selection_changed)
        self.listing.arranged.connect(self.changed_order)
        self.grid.menu_asked.connect(self.menu_asked)
        self.grid.selection_changed.connect(self._tell_targets)
        self.views.switched.connect(self._tell_targets)
        self.judge.judged.connect(self._judged)
        self.blind.changed.connect(self._blind_changed)
        for part in (self.judge, self.memory, self.blind, self.saved_views, self.teller):
            part.notice.connect(self.notice)
        self.empty.show_all_asked.connect(self.filters.show_all)
        self.inspector.large_asked.connect(self.views.open_large)
        self.inspector.tile_asked.connect(lambda tile: self.listing.go_to(np.array([tile])))
        for button in (self.bar.refresh, self.filters.reset, self.blind.banner.end):
            button.clicked.connect(self.take_keyboard)  # it is off now: Qt would pick a neighbour

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the keyboard on to the tiles. A focus proxy would do so too, but catch every Tab."""
        super().focusInEvent(event)
        self.views.take_keyboard(event.reason())

    # -- the project ----------------------------------------------------------------------------

    def show_workspace(self, workspace: Workspace | None) -> None:
        """Show a project; None for none."""
        session = None if workspace is None else workspace.session
        self._workspace = workspace
        self.judge.session = session
        self.blind.begin(session)
        self.teller.begin(session)
        self.memory.begin(session)
        self.current.begin(workspace)
        self.saved_views.begin(workspace)
        for widget in (self.filters, self.bar, self.inspector):
            widget.setEnabled(workspace is not None)
        if workspace is None or session is None:
            self.grid.show_project(0, None, None)
            self.listing.begin(None)
            self.began.emit()
            return
        facts_of = self.listing.facts_of(session)
        self.grid.show_project(len(session.tiles), facts_of, workspace.pixels)
        self.listing.begin(session)
        self.listing.refresh()
        self.began.emit()

    def set_limits(self, *, threads: int | None, cache_bytes: int) -> None:
        """Read tiles with so many threads, None for the usual number; keep so many in memory."""
        self.grid.supply.set_limits(threads=threads or default_threads(), cache_bytes=cache_bytes)

    def set_pixels(self, source: TileSource | None = None) -> None:
        """Take the pixels of the grid from another place, such as the packed store.

        Args:
            source: Where from; by default the fastest the workspace has.
        """
        if self._workspace is not None:
            self.grid.set_source(source or self._workspace.pixels)
            self.refreshed.emit()

    def apply_changes(self, changes: Changes) -> None:
        """Refresh what somebody else's changes concern."""
        if changes.initiator is self or self._workspace is None:
            return
        if changes.scores or changes.data:
            self.refresh_order()
        self._refresh()
        self.listing.note(changes)

    def refresh_order(self) -> None:
        """Arrange the tiles anew, as verdicts have it now."""
        self.listing.refresh()

    def close_threads(self) -> None:
        """End the background threads; the page must not be used any more."""
        self.ended.emit()
        for part in (self.listing, self.current, self.grid.tiles):
            part.close()

    def _refresh(self) -> None:
        """Paint labels and marks as they are now."""
        self.grid.refresh()
        self.current.describe()
        self.refreshed.emit()

    def _judged(self, changes: Changes) -> None:
        self._refresh()
        self.listing.note(changes)
        self.blind.tell(changes)
        self.changed.emit(changes)

    def _tell_targets(self) -> None:
        self.targets_changed.emit(self.target_count)

    @property
    def target_count(self) -> int:
        """Return on how many tiles a verdict would fall now."""
        return self.judge.target_count

    @property
    def view_names(self) -> Sequence[str]:
        """Return the names of the saved views of the project."""
        return self.saved_views.names

    def show_view(self, name: str) -> None:
        """Show a saved view."""
        self.saved_views.use(name)

    def show_query(self, query: Query) -> None:
        """Show what somebody asks to see; in a blind read without what tells scores."""
        self.listing.ask_for(query.unbiased if self.blind.is_on else query)

    def _blind_changed(self) -> None:
        self.refresh_order()
        self._refresh()
        self.changed.emit(Changes(hidden=True, initiator=self))

    # -- moving, selection and views ------------------------------------------------------------

    def go_to_undecided(self, step: int) -> None:
        """Go to the next tile that nobody has decided, or with a step of -1 to the one before."""
        self.judge.go_to_undecided(step)

    def show_tiles(self, tiles: Int64) -> None:
        """Select some tiles and go to the first; filters that hide one of them are taken off."""
        self.listing.go_to(tiles)

    def show_list(
        self,
        tiles: Int64,
        title: str,
        *,
        ordered: bool = True,
        start: int | None = None,
        tells: Tells = Tells.NOTHING,
    ) -> None:
        """Show these tiles alone, until the reader takes the list off.

        A chip with the title takes the list off, and filters narrow within it. It is gone with the
        session.

        Args:
            tiles: (n,) tile indexes; a tile that comes again is left out.
            title: What they are, in the reader's language.
            ordered: Show them in the order given; else in the order that the page has.
            start: The tile to look at first; by default the first that is shown.
            tells: What the list gives away of scores, and a blind read hides.
        """
        if self.blind.is_on and tells is Tells.MEMBERS:
            text = self.tr("'{title}' tells what a model says: a blind read does not show it.")
            self.notice.emit(text.format(title=title))
            return
        shown = TileList(tiles=tiles, title=title, ordered=ordered, tells=tells)
        self.listing.show_list(shown, start=start)

    def ask_for_tile(self) -> None:
        """Ask for an id or a place and go there."""
        session = self.judge.session
        if session is not None:
            dialog = GoToTileDialog(session.tiles.index_of, self.grid, self.window())
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def copy_ids(self) -> None:
        """Copy the ids of the tiles that a verdict would fall on."""
        session = self.judge.session
        if session is not None:
            chosen = map(session.tiles.ids.__getitem__, self.judge.targets.tolist())
            QGuiApplication.clipboard().setText("\n".join(chosen))

    def select_all(self) -> None:
        """Select every tile that matches the filters."""
        self.views.close_large()
        self.grid.select_all()

    def select_none(self) -> None:
        """Select nothing."""
        self.grid.select_none()

    def invert_selection(self) -> None:
        """Select what is not selected."""
        self.views.close_large()
        self.grid.invert_selection()

    def select_group(self) -> None:
        """Select the tiles of the current one's group that match the filters."""
        session, tile = self.judge.session, self.grid.current
        if session is None or tile is None:
            return
        groups = session.tiles.groups
        if groups[tile] < 0:
            self.notice.emit(self.tr("The group of this tile is not known."))
            return
        self.views.close_large()
        self.grid.choose(np.flatnonzero(groups == groups[tile]), go=False)

    def open_large(self) -> None:
        """Show the current tile in place of the grid, or go back (Enter)."""
        self.views.open_large()

    def show_maps(self, on: bool) -> None:  # noqa: FBT001 - called with the state of its action
        """Lay over the tiles in view what the model looked at, or lift it again (key M)."""
        self.maps_asked.emit(on)

    @property
    def shows_maps(self) -> bool:
        """Return whether maps are laid over the tiles."""
        return self.grid.tiles.is_overlaid

    @property
    def is_large(self) -> bool:
        """Return whether one tile is shown in place of the grid."""
        return self.views.is_large

    # -- from one session to the next -------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return what to remember, as JSON values."""
        return self.memory.state()

    def restore(self, values: Mapping[str, Any]) -> None:
        """Go back to a remembered state; what cannot be read is said and left as it is."""
        self.memory.restore(values)
