"""The blind read: what the model says stays hidden until the reader has given their verdict.

Advice biases: in a study with 28 experts 7 % of the correct judgements were overturned by wrong
answers of a model (arXiv 2603.11821). `ReviewSession.hidden` says which tiles hide their scores;
here is what else gives them away: the order, the score range and the agreement filter.
"""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from histoviewer.domain.labels import UNLABELLED
from histoviewer.domain.triage import Query, SortKey
from histoviewer.services.changes import Changes
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.filters import FilterPanel
from histoviewer.ui.review.sort_bar import SortBar
from histoviewer.ui.widgets import banner_row, label


def restored(query: Query, before: Query) -> Query:
    """Return a query with the order and the filters on scores of the one before the blind read."""
    return replace(
        query,
        sort=before.sort,
        seed=before.seed,
        score_low=before.score_low,
        score_high=before.score_high,
        disagrees=before.disagrees,
        suspect=before.suspect,
    )


class BlindBanner(QWidget):
    """Says above the tiles that a blind read is on, and ends it. UI thread only.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = label(self.tr("Blind read"))
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        text = self.tr("Scores and predictions stay hidden until your verdict.")
        self.end = QPushButton(self.tr("End the blind read"))
        self.end.setToolTip(self.tr("Show scores again, with the order and filters of before"))
        row = banner_row(self)
        row.addWidget(title)
        row.addWidget(label(text, wraps=True), 1)
        row.addWidget(self.end)
        self.setAccessibleName(f"{title.text()}. {text}")
        self.hide()


class BlindRead(QObject):
    """Begins and ends the blind read of a session. UI thread only.

    Args:
        filters: What is asked for; what tells of scores is hidden in it.
        bar: Shows the order.
        parent: Owner.
    """

    changed = Signal()  # begun or ended; the query is another one now
    notice = Signal(str)

    def __init__(self, *, filters: FilterPanel, bar: SortBar, parent: QObject) -> None:
        super().__init__(parent)
        self.banner = BlindBanner()
        self.banner.end.clicked.connect(lambda: self.set_on(on=False))
        self._filters, self._bar = filters, bar
        self._session: ReviewSession | None = None
        self._before = Query()

    def begin(self, session: ReviewSession | None) -> None:
        """Start over with a project; it is never read blind at first."""
        self._session = session
        self._show()

    @property
    def is_on(self) -> bool:
        """Return whether the session is read blind."""
        return self._session is not None and self._session.blind

    @property
    def before(self) -> Query | None:
        """Return the query of which order and filters come back; None where none is to."""
        return self._before if self.is_on else None

    def set_on(self, *, on: bool) -> None:
        """Begin a blind read in a random order of its own, or end it and restore what was."""
        if self._session is None or on == self.is_on:
            return
        if on:
            self._filters.leave_telling_list()
        query = self._filters.query
        if on:
            self._before = query
            # Another order in each blind read, and the same one again wherever the log is the same.
            seed = self._session.log.next_number
            query = replace(query.unbiased, sort=SortKey.RANDOM, seed=seed)
        else:
            query = restored(query, self._before)
        self._switch(query, on=on)

    def resume(self, before: Query) -> None:
        """Go on with the blind read of the last session, in the order the filters show."""
        self._before = before
        self._switch(self._filters.query.unbiased, on=True)

    def tell(self, changes: Changes) -> None:
        """Say what the model thinks of a tile, now that the reader has judged it."""
        session = self._session
        if session is None or not self.is_on or len(changes.tiles) != 1:
            return
        tile = int(changes.tiles[0])
        predicted = int(session.predicted(np.array([tile]))[0])
        if session.hidden([tile])[0] or predicted == UNLABELLED:
            return
        text = self.tr("Tile {id}: you say {label}, the model {score} ({predicted}).")
        self.notice.emit(
            text.format(
                id=session.tiles.ids[tile],
                label=session.classes.of(int(session.states.decided[tile])),
                score=f"{session.scores[tile]:.3f}",
                predicted=session.classes.of(predicted),
            )
        )

    def _switch(self, query: Query, *, on: bool) -> None:
        assert self._session is not None
        self._session.blind = on
        self._show()
        self._filters.set_query(query)
        self._bar.set_sort(query.sort)
        self.changed.emit()

    def _show(self) -> None:
        self.banner.setVisible(self.is_on)
        for part in (self._filters, self._bar):
            part.set_blind(self.is_on)
