"""The controls that say which tiles are shown and in what order."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from histoviewer.domain.facets import Facets
from histoviewer.domain.tiles import Split
from histoviewer.domain.triage import Query, SortKey, State
from histoviewer.ui.review.choices import ChoiceBox
from histoviewer.ui.review.grid import LARGEST, SMALLEST
from histoviewer.ui.review.score_range import ScoreRange

SORT_TEXTS: Final = {
    SortKey.SCORE_DOWN: "Score, highest first",
    SortKey.SCORE_UP: "Score, lowest first",
    SortKey.UNCERTAIN: "Least certain first",
    SortKey.DISAGREEMENT: "Strongest disagreement first",
    SortKey.NEWEST: "Newest verdict first",
    SortKey.GROUP: "Group",
    SortKey.BRIGHTNESS: "Brightness, darkest first",
    SortKey.RANDOM: "Random",
    SortKey.DATASET: "Order of the data set",
}
STATE_TEXTS: Final[dict[State | None, str]] = {
    None: "All",
    State.UNDECIDED: "Undecided",
    State.CONFIRMED: "Confirmed",
    State.RELABELLED: "Relabelled",
    State.SKIPPED: "Skipped",
    State.FLAGGED: "Flagged",
    State.QUEUED: "Waiting for retraining",
    State.LEARNED: "Trained on",
}
_SPLIT_TEXTS: Final[dict[Split | None, str]] = {
    None: "All",
    Split.TRAIN: "Training",
    Split.VALIDATION: "Validation",
    Split.TEST: "Test",
}
_SEVERAL: Final = 2


class FilterPanel(QWidget):
    """The panel beside the grid: split, state, score range.

    Args:
        parent: Owner.
    """

    query_changed = Signal(object)  # Query

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._query = Query()
        self.split = ChoiceBox(_SPLIT_TEXTS, "Split")
        self.state = ChoiceBox(STATE_TEXTS, "State")
        self.scores = ScoreRange()
        self.reset = QPushButton("Show all")
        self.reset.setToolTip("Take every filter off")
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(4)
        for title, control in (
            ("S&plit", self.split), ("S&tate", self.state), ("S&core", self.scores),
        ):  # fmt: skip
            layout.addWidget(_heading(title, control))
            layout.addWidget(control)
            layout.addSpacing(10)
        layout.addWidget(self.reset)
        layout.addStretch(1)
        self.split.chosen.connect(self._split_chosen)
        self.state.chosen.connect(self._state_chosen)
        self.scores.range_changed.connect(self._range_chosen)
        self.reset.clicked.connect(self.show_all)
        self._enable_reset()

    @property
    def query(self) -> Query:
        """Return what is asked for, order included."""
        return self._query

    def set_query(self, query: Query) -> None:
        """Show a query; says nothing about it."""
        self._query = query
        self.split.show_value(query.split)
        self.state.show_value(query.state)
        self.scores.set_range(query.score_low, query.score_high)
        self._enable_reset()

    def set_facets(self, facets: Facets) -> None:
        """Show how many tiles each value would show."""
        self.scores.histogram.set_bins(facets.histogram)

    def set_blind(self, on: bool) -> None:  # noqa: FBT001 - called with the state of its action
        """Hide what would give the scores away, or show it again."""
        self.scores.setVisible(not on)

    def show_all(self) -> None:
        """Take every filter off, keeping the order."""
        self.set_query(self._query.unfiltered)
        self.query_changed.emit(self._query)

    def _split_chosen(self, split: Split | None) -> None:
        self._change(replace(self._query, split=split))

    def _state_chosen(self, state: State | None) -> None:
        self._change(replace(self._query, state=state))

    def _range_chosen(self, low: float, high: float) -> None:
        self._change(replace(self._query, score_low=low, score_high=high))

    def _change(self, query: Query) -> None:
        self._query = query
        self._enable_reset()
        self.query_changed.emit(query)

    def _enable_reset(self) -> None:
        self.reset.setEnabled(self._query.is_filtered)


class SortBar(QWidget):
    """The bar above the grid: order, size of the tiles, counts.

    Args:
        parent: Owner.
    """

    sort_changed = Signal(object)  # SortKey
    size_changed = Signal(int)  # logical pixels
    refresh_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sort = ChoiceBox(SORT_TEXTS, "Sort")
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(SMALLEST, LARGEST)
        self.size_slider.setPageStep(32)
        self.size_slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.size_slider.setAccessibleName("Tile size")
        self.size_slider.setFixedWidth(QFontMetrics(self.font()).averageCharWidth() * 22)
        self.refresh = QPushButton("Sort again")
        self.refresh.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.refresh.setToolTip(
            "Verdicts do not move tiles: sort and filter again with what you have decided since"
        )
        self.counts = QLabel()
        self.counts.setAccessibleName("Tiles shown")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.setSpacing(8)
        layout.addWidget(_label_for("&Sort", self.sort))
        layout.addWidget(self.sort)
        layout.addSpacing(12)
        layout.addWidget(_label_for("Si&ze", self.size_slider))
        layout.addWidget(self.size_slider)
        layout.addStretch(1)
        layout.addWidget(self.refresh)
        layout.addSpacing(4)
        layout.addWidget(self.counts)
        self.refresh.clicked.connect(self.refresh_asked)
        self.offer_refresh(offered=False)
        self.sort.chosen.connect(self.sort_changed)
        self.size_slider.valueChanged.connect(self.size_changed)

    def set_sort(self, sort: SortKey) -> None:
        """Show an order; says nothing about it."""
        self.sort.show_value(sort)

    def set_size(self, size: int) -> None:
        """Show a tile size, logical pixels."""
        self.size_slider.setValue(size)
        self.size_slider.setToolTip(f"{size} pixels")

    def set_counts(self, *, shown: int, total: int, selected: int) -> None:
        """Show how many tiles there are.

        Args:
            shown: In the grid.
            total: In the project.
            selected: Selected; mentioned from two on.
        """
        words = f"{shown:,} of {total:,} shown"
        self.counts.setText(words if selected < _SEVERAL else f"{selected:,} selected  ·  {words}")

    def offer_refresh(self, *, offered: bool) -> None:
        """Offer to sort again, where verdicts have fallen since."""
        self.refresh.setEnabled(offered)


def _heading(text: str, control: QWidget) -> QLabel:
    label = _label_for(text, control)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def _label_for(text: str, control: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(control)
    return label
