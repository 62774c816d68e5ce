"""The controls of the filters, one collapsible part for each."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from histoviewer.domain.facets import Facets
from histoviewer.domain.labels import UNLABELLED, ClassNames
from histoviewer.domain.tiles import ProblemFlag, Split, TileTable
from histoviewer.domain.triage import Filter, Query, State
from histoviewer.services.ranking import Ranking
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review import filter_words as words
from histoviewer.ui.review.collapsible import Collapsible
from histoviewer.ui.review.facet_list import FacetList
from histoviewer.ui.review.group_picker import GroupPicker
from histoviewer.ui.review.score_range import ScoreRange
from histoviewer.ui.theme import TIGHT

_OPEN: Final = (Filter.STATE, Filter.SCORE, Filter.EFFECTIVE, Filter.DISAGREES)

_COUNTS: Final[Mapping[Filter, Callable[[Facets, Any], int]]] = {
    Filter.SPLIT: Facets.of_split,
    Filter.STATE: Facets.of_state,
    Filter.GIVEN: Facets.of_given,
    Filter.EFFECTIVE: Facets.of_effective,
    Filter.DISAGREES: Facets.of_disagrees,
    Filter.SUSPECT: Facets.of_suspect,
    Filter.PROBLEM: Facets.of_problem,
}


class FilterControls(QWidget):
    """All filters but the search by id, below one another. UI thread only.

    Args:
        parent: Owner.
    """

    chosen = Signal(object, object)  # Filter, value
    range_chosen = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        classes = ClassNames()
        self.scores, self.group = ScoreRange(), GroupPicker()
        self.state: FacetList[State | None] = self._list(Filter.STATE, words.states())
        self.effective: FacetList[int | None] = self._list(Filter.EFFECTIVE, words.labels(classes))
        self.given: FacetList[int | None] = self._list(Filter.GIVEN, words.labels(classes))
        self.disagrees: FacetList[bool | None] = self._list(Filter.DISAGREES, words.comparisons())
        self.suspect: FacetList[bool | None] = self._list(Filter.SUSPECT, words.suspicions())
        self.split: FacetList[Split | None] = self._list(Filter.SPLIT, words.splits())
        self.reader: FacetList[str | None] = self._list(Filter.READER, words.readers(()))
        self.problem: FacetList[ProblemFlag | None] = self._list(Filter.PROBLEM, words.problems())
        self._lists: Mapping[Filter, FacetList[Any]] = {
            Filter.STATE: self.state,
            Filter.EFFECTIVE: self.effective,
            Filter.DISAGREES: self.disagrees,
            Filter.SUSPECT: self.suspect,
            Filter.GIVEN: self.given,
            Filter.SPLIT: self.split,
            Filter.READER: self.reader,
            Filter.PROBLEM: self.problem,
        }
        self._blind = False
        self._shown: tuple[TileTable, tuple[str, ...], Ranking] | None = None
        self._present = frozenset(Filter)
        self.sections = self._lay_out()
        self.scores.range_changed.connect(self.range_chosen)
        self.group.chosen.connect(lambda name: self.chosen.emit(Filter.GROUP, name))

    def _list(self, which: Filter, texts: Mapping[Any, str]) -> FacetList[Any]:
        made: FacetList[Any] = FacetList(texts, words.title(which))
        made.show_value(None)
        made.chosen.connect(lambda value: self.chosen.emit(which, value))
        return made

    def _lay_out(self) -> dict[Filter, Collapsible]:
        contents: dict[Filter, QWidget] = {
            Filter.SCORE: self.scores,
            Filter.STATE: self.state,
            Filter.EFFECTIVE: self.effective,
            Filter.DISAGREES: self.disagrees,
            Filter.SUSPECT: self.suspect,
            Filter.GIVEN: self.given,
            Filter.SPLIT: self.split,
            Filter.GROUP: self.group,
            Filter.READER: self.reader,
            Filter.PROBLEM: self.problem,
        }
        layout = QVBoxLayout(self)
        layout.setContentsMargins(TIGHT, 0, TIGHT, TIGHT)
        layout.setSpacing(TIGHT)
        sections = {}
        for which, content in contents.items():
            sections[which] = Collapsible(words.title(which), content, opened=which in _OPEN)
            layout.addWidget(sections[which])
        layout.addStretch(1)
        return sections

    @property
    def opened(self) -> frozenset[Filter]:
        """Return which parts are open."""
        return frozenset(which for which, section in self.sections.items() if section.is_open)

    def open_only(self, parts: Collection[Filter]) -> None:
        """Open these parts and close the others."""
        for which, section in self.sections.items():
            section.set_open(which in parts)

    def show_query(self, query: Query) -> None:
        """Show what is asked for; says nothing about it."""
        for which, control in self._lists.items():
            control.show_value(getattr(query, which.value))
        self.group.show_value(query.group)
        self.scores.set_range(query.score_low, query.score_high)

    def show_facets(self, facets: Facets) -> None:
        """Show how many tiles each value would show."""
        self.scores.histogram.set_bins(facets.histogram)
        self.group.groups.set_counts(facets.counts[Filter.GROUP], facets.totals[Filter.GROUP])
        for which, control in self._lists.items():
            counts = {None: facets.totals[which]}
            if which is Filter.READER:
                # Counted before a reader who is new: theirs follow in a moment.
                names = (value for value in control.values if value is not None)
                counts.update(zip(names, facets.counts[which].tolist(), strict=False))
            else:
                named = (value for value in control.values if value is not None)
                counts.update((value, _COUNTS[which](facets, value)) for value in named)
            control.set_counts(counts)

    def show_project(self, session: ReviewSession) -> None:
        """Offer the values that the tiles of a project have, where it does not already."""
        tiles, readers = session.tiles, session.log.readers
        if self._shown == (tiles, readers, session.ranking):
            return
        self._shown = (tiles, readers, session.ranking)
        unassigned = bool((tiles.splits == Split.UNASSIGNED).any())
        problems = ProblemFlag(int(np.bitwise_or.reduce(tiles.problems, initial=0)))
        unlabelled = bool((tiles.given == UNLABELLED).any())
        for labels in (self.given, self.effective):
            labels.set_texts(words.labels(session.classes, unlabelled=unlabelled))
        self.split.set_texts(words.splits(unassigned=unassigned))
        self.reader.set_texts(words.readers(readers))
        self.problem.set_texts(words.problems(problems))
        self.group.show_groups(tiles.group_index, has_ungrouped=bool((tiles.groups < 0).any()))
        unscored = bool(np.isnan(session.scores).all())
        absent = {
            Filter.SCORE: unscored,
            Filter.DISAGREES: unscored,
            Filter.SUSPECT: session.ranking.model is None,
            Filter.READER: not readers,
            Filter.PROBLEM: not problems,
            Filter.GROUP: len(tiles.group_index) == 0,
        }
        self._present = frozenset(which for which in Filter if not absent.get(which, False))
        self._show_sections()

    def set_blind(self, on: bool) -> None:  # noqa: FBT001 - called with the state of its action
        """Hide what would give the scores away, or show it again."""
        self._blind = on
        self._show_sections()

    def _show_sections(self) -> None:
        for which, section in self.sections.items():
            section.setVisible(which in self._present and not (self._blind and which.tells_score))
