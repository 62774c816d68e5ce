"""The tiles that a model gets wrong, worst first, in a grid where the review keys work."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from histoviewer.domain.arrays import Float32, Int64
from histoviewer.domain.assessment import Assessment
from histoviewer.domain.labels import NEGATIVE, POSITIVE
from histoviewer.domain.operating import threshold_text
from histoviewer.domain.source import TileSource
from histoviewer.domain.triage import Query
from histoviewer.services.changes import Changes
from histoviewer.services.review_state import OnScreen
from histoviewer.ui.evaluate.choice import ModelChoice
from histoviewer.ui.review.facts import CellFacts, cell_facts
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.review.judging import Judge
from histoviewer.ui.theme import GAP
from histoviewer.ui.widgets import command_button, label

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace

_EVERY = -1


def worst_first(found: Assessment, threshold: float, *, missed: int) -> Int64:
    """Return the tiles on the wrong side of a threshold, the farthest from it first.

    Args:
        found: The model on its tiles.
        threshold: Scores from here on count as positive.
        missed: 1 for positives only, 0 for negatives only, -1 for both.

    Returns:
        (k,) int64 tile indexes.
    """
    distance = found.scores - np.float32(threshold)
    wrong = (found.scores >= np.float32(threshold)) != (found.labels == POSITIVE)
    if missed != _EVERY:
        wrong &= found.labels == missed
    places = np.flatnonzero(wrong)
    order = np.argsort(-np.abs(distance[places]), kind="stable")
    return found.rows[places[order]]


class ErrorGallery(QWidget):
    """A grid of one model's errors. UI thread only.

    Marks and scores on the cells are those of the model that is shown, be it champion or not.

    Args:
        parent: Owner.
    """

    judged = Signal(object)  # Changes
    notice = Signal(str)
    targets_changed = Signal()
    began = Signal()  # another project is shown, or none
    shown = Signal()  # the errors of another model may be shown now, or of none
    ended = Signal()  # the gallery is not used any more
    maps_asked = Signal(bool)  # lay maps of what the model looked at over the tiles, or lift them

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace: Workspace | None = None
        self._found: Assessment | None = None
        self._threshold = 0.5
        self._scores: Float32 = np.zeros(0, np.float32)
        self.grid = TileGrid()
        self.choice, self.kind, self.maps = ModelChoice(), QComboBox(), command_button()
        self._count = label("", role="muted", wraps=True)
        self._empty = label("", role="muted", wraps=True)
        self.judge = Judge(self.grid, self, seen=lambda: self._on_screen)
        self._lay_out()
        self.kind.currentIndexChanged.connect(self.arrange)
        self.grid.selection_changed.connect(self.targets_changed)
        self.judge.judged.connect(self._note)
        self.judge.notice.connect(self.notice)

    def _lay_out(self) -> None:
        self.choice.setToolTip(self.tr("The model whose errors are shown"))
        of = label(self.tr("Errors &of"))
        of.setBuddy(self.choice)
        self.kind.setAccessibleName(self.tr("Which errors"))
        self.kind.setToolTip(self.tr("Show both kinds of errors, or one of them"))
        for text, missed in (
            (self.tr("All errors"), _EVERY),
            (self.tr("Missed positives"), POSITIVE),
            (self.tr("Negatives called positive"), NEGATIVE),
        ):
            self.kind.addItem(text, missed)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(of)
        head.addWidget(self.choice)
        head.addWidget(self.kind)
        head.addWidget(self._count, 1)
        head.addWidget(self.maps)
        self._body = QStackedWidget()
        self._body.addWidget(self._empty)
        self._body.addWidget(self.grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(head)
        column.addWidget(self._body, 1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the keyboard on to the tiles."""
        super().focusInEvent(event)
        self.grid.setFocus(event.reason())

    # --- what is shown

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Take pixels and verdicts from a project; None for none."""
        self._workspace = workspace
        session = None if workspace is None else workspace.session
        self.judge.session = session
        self.show_errors(None, self._threshold)
        if workspace is None or session is None:
            self.grid.show_project(0, None, None)
            self.began.emit()
            return
        self._scores = np.full(len(session.tiles), np.nan, np.float32)
        self.grid.show_project(len(session.tiles), self._facts, workspace.pixels)
        self.began.emit()

    def set_source(self, source: TileSource) -> None:
        """Take the pixels from another place, such as the packed store."""
        self.grid.set_source(source)
        self.shown.emit()

    def show_errors(self, found: Assessment | None, threshold: float) -> None:
        """Show what a model gets wrong at a threshold; None for nothing."""
        self._found, self._threshold = found, threshold
        if found is not None:
            self._scores[:] = np.nan
            self._scores[found.rows] = found.scores
        self.arrange()
        self.shown.emit()

    def refresh(self) -> None:
        """Paint verdicts as they are now; the tiles stay where they are."""
        self.grid.refresh()

    def close_threads(self) -> None:
        """End the threads that read tiles."""
        self.ended.emit()
        self.grid.tiles.close()

    def arrange(self) -> None:
        """Order the errors anew; a blind read hides them all."""
        found, workspace = self._found, self._workspace
        if found is None or workspace is None:
            self._say_empty(self.tr("Choose a model that has scored the validation tiles."))
            return
        if workspace.session.blind:
            self._say_empty(
                self.tr(
                    "A blind read is on: what models say stays hidden. "
                    "End it on the page Review (B)."
                )
            )
            return
        order = worst_first(found, self._threshold, missed=self.kind.currentData())
        self.grid.set_order(order)
        if not len(order):
            self._say_empty(self.tr("No tile of this kind is on the wrong side of the threshold."))
            return
        self._body.setCurrentWidget(self.grid)
        text = self.tr("{count} tiles, the farthest from the threshold of {threshold} first")
        self._count.setText(
            text.format(count=f"{len(order):,}", threshold=threshold_text(self._threshold))
        )

    def _say_empty(self, why: str) -> None:
        self.grid.set_order(np.zeros(0, np.int64))
        self._empty.setText(why)
        self._count.clear()
        self._body.setCurrentWidget(self._empty)

    @property
    def _on_screen(self) -> OnScreen | None:
        """Return what the model that is shown says: verdicts are logged with it."""
        if self._found is None:
            return None
        return OnScreen(model=self._found.model, scores=self._scores, threshold=self._threshold)

    def _facts(self, tiles: Int64) -> CellFacts:
        """Return what to paint: as in the review grid, but with the scores of this model."""
        assert self._workspace is not None
        session = self._workspace.session
        facts = cell_facts(session, Query(), tiles)
        hidden = session.hidden(tiles)
        scores = np.where(hidden, np.float32(np.nan), self._scores[tiles])
        predicted = np.where(scores >= np.float32(self._threshold), POSITIVE, NEGATIVE)
        disagrees = np.isfinite(scores) & (predicted != facts.labels)
        return replace(facts, scores=scores, disagrees=disagrees)

    def _note(self, changes: Changes) -> None:
        self.grid.refresh()
        self.judged.emit(changes)
