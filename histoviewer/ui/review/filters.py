"""The panel beside the grid that says which tiles are shown."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QToolButton, QVBoxLayout, QWidget

from histoviewer.domain.facets import Facets
from histoviewer.domain.labels import ClassNames
from histoviewer.domain.tile_list import Tells, TileList
from histoviewer.domain.triage import Filter, Query
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review import filter_words as words
from histoviewer.ui.review.chips import ChipBar, ChipKey
from histoviewer.ui.review.filter_controls import FilterControls
from histoviewer.ui.review.view_menu import ViewMenu
from histoviewer.ui.theme import GAP

_TYPING_MS: Final = 150  # a pause this long ends a word that is typed
_LETTERS: Final = 26  # width of the panel at least, in letters


class FilterPanel(QWidget):
    """Saved views, search, the filters in force, and all there are. UI thread only.

    Args:
        parent: Owner.
    """

    query_changed = Signal(object)  # Query
    list_changed = Signal(object)  # TileList; None where all tiles are shown again

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._query = Query()
        self._blind = False
        self._list: TileList | None = None
        self._before: Query | None = None  # what comes back when the list is taken off
        self._classes = ClassNames()
        self.views = ViewMenu()
        self.search = self._make_search()
        self.chips = ChipBar()
        self.controls = FilterControls()
        self.reset: QToolButton = self.chips.reset
        self.scores, self.group = self.controls.scores, self.controls.group
        self.state, self.split = self.controls.state, self.controls.split
        self.given, self.effective = self.controls.given, self.controls.effective
        self.disagrees, self.reader = self.controls.disagrees, self.controls.reader
        self.problem, self.suspect = self.controls.problem, self.controls.suspect
        self._lay_out()
        self.controls.chosen.connect(self._chosen)
        self.controls.range_chosen.connect(self._range_chosen)
        self.chips.removed.connect(self._take_off)
        self.reset.clicked.connect(self.show_all)
        self._show_chips()

    def _make_search(self) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(self.tr("Part of an id"))
        field.setAccessibleName(self.tr("Search by id"))
        field.setToolTip(self.tr("Show the tiles whose id holds this"))
        field.setClearButtonEnabled(True)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._search)
        field.textEdited.connect(lambda _text: self._typing.start())
        field.returnPressed.connect(self._search)
        return field

    def _lay_out(self) -> None:
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _LETTERS)
        scroll = QScrollArea()
        scroll.setWidget(self.controls)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        top = QVBoxLayout()
        top.setContentsMargins(GAP, GAP, GAP, 0)
        top.setSpacing(GAP)
        for widget in (self.views, self.search, self.chips):
            top.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addLayout(top)
        layout.addWidget(scroll, 1)

    @property
    def query(self) -> Query:
        """Return what is asked for, order included."""
        return self._query

    @property
    def lasting_query(self) -> Query:
        """Return what to remember: a list is gone with the session, with what was asked of it."""
        return self._query if self._before is None else self._before

    @property
    def tile_list(self) -> TileList | None:
        """Return the list that the filters narrow; None where they narrow all tiles."""
        return self._list

    def show_list(self, tile_list: TileList | None) -> None:
        """Let the filters narrow a list, whole at first; None for all tiles. Says nothing of it.

        The filters that were in force come back when the reader takes the list off. In a blind read
        a list has no order that tells of scores.
        """
        if tile_list is None:
            self._leave_list(self._query)
            return
        if self._before is None:
            self._before = self._query
        self._list = tile_list
        self.order_list(ordered=tile_list.ordered)
        self.set_query(self._query.unfiltered)
        self.list_changed.emit(self._list)

    def order_list(self, *, ordered: bool) -> None:
        """Let the list have its own order, or that of the query; no telling one in a blind read."""
        if self._list is not None:
            tells = self._blind and self._list.tells is not Tells.NOTHING
            self._list = self._list.in_order(ordered=ordered and not tells)

    def leave_telling_list(self) -> None:
        """Take a list off that tells by what it holds; what was asked for before comes back."""
        if self._list is not None and self._list.tells is Tells.MEMBERS:
            self._leave_list(self.lasting_query)

    def set_query(self, query: Query) -> None:
        """Show a query; says nothing about it."""
        before, self._query = self._query, query
        self.controls.show_query(query)
        # What is being typed stays: it is not asked for yet, or it is but for spaces around it.
        if query.search not in (before.search, self.search.text().strip()):
            self._typing.stop()
            self.search.setText(query.search)
        self._show_chips()

    def set_facets(self, facets: Facets) -> None:
        """Show how many tiles each value would show."""
        self.controls.show_facets(facets)

    def show_project(self, session: ReviewSession) -> None:
        """Offer the values that the tiles of a project have."""
        self._classes = session.classes
        self.controls.show_project(session)
        self.controls.show_query(self._query)
        self._show_chips()

    def set_blind(self, on: bool) -> None:  # noqa: FBT001 - called with the state of its action
        """Hide what would give the scores away, or show it again."""
        self._blind = on
        if self._list is not None:
            self.order_list(ordered=self._list.ordered)
            self.list_changed.emit(self._list)
        self.controls.set_blind(on)

    def show_all(self) -> None:
        """Take the list and every filter off, keeping the order."""
        had_list = self._list is not None
        if had_list:
            self.show_list(None)
        self._apply(self._query.unfiltered, asks_anyway=had_list)

    def _take_off(self, which: ChipKey) -> None:
        if which is not None:
            self._apply(self._query.without(which))
            return
        before = self.lasting_query
        query = before.unbiased if self._blind else before
        self._leave_list(query)
        self._apply(query, asks_anyway=True)

    def _leave_list(self, query: Query) -> None:
        """Let the filters narrow all tiles again; who follows the list finds the query there."""
        self._list = self._before = None
        self.set_query(query)
        self.list_changed.emit(None)

    def _chosen(self, which: Filter, value: object) -> None:
        self._apply(self._query.having(which, value))

    def _range_chosen(self, low: float, high: float) -> None:
        self._apply(replace(self._query, score_low=low, score_high=high))

    def _search(self) -> None:
        self._apply(replace(self._query, search=self.search.text().strip()))

    def _apply(self, query: Query, *, asks_anyway: bool = False) -> None:
        """Ask for something else, as the reader did; nothing is said where it is the same."""
        changed = asks_anyway or query != self._query
        self.set_query(query)
        if changed:
            self.query_changed.emit(query)

    def _show_chips(self) -> None:
        query = self._query
        chips: list[tuple[ChipKey, str]] = [] if self._list is None else [(None, self._list.title)]
        chips += [(which, words.chip(which, query, self._classes)) for which in query.filters]
        self.chips.show_filters(chips)
        self.views.show_query(query)
