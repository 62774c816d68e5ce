"""Keeping the counts beside the filters right as verdicts fall."""

from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from histoviewer.domain.arrays import Bool, Int64
from histoviewer.domain.facets import Facets, facets
from histoviewer.domain.triage import Query, TriageColumns
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.review.arranging import Arrangement
from histoviewer.ui.review.latest import LatestTask

_PAUSE_MS: Final = 30  # the verdict is painted first; those of a held key are counted together
_AT_ONCE: Final = 4_000  # tiles whose change is counted in about 2 ms


class FacetCounter(QObject):
    """Counts what verdicts change, on the tiles concerned alone. UI thread only.

    It keeps what the tiles were like when they were last counted: so it need not be told before
    something changes, and a tile that is named twice does no harm. Very many tiles are counted
    anew with all others, in a thread.

    Args:
        parent: Owner.
        at_once: Up to this many changed tiles are counted in the UI thread.
    """

    counted = Signal(object)  # Facets

    def __init__(self, parent: QObject, *, at_once: int = _AT_ONCE) -> None:
        super().__init__(parent)
        self._session: ReviewSession | None = None
        self._query = Query()
        self._among: Bool | None = None
        self._facets: Facets | None = None
        self._columns: TriageColumns | None = None  # None while all tiles are counted
        self._changed: list[Int64] = []
        self._at_once = at_once
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._count)
        self._task: LatestTask[tuple[TriageColumns, Facets]] = LatestTask(
            self._take, name="counter", parent=self
        )

    def begin(self, session: ReviewSession | None) -> None:
        """Start over with a project."""
        self._task.cancel()
        self._pause.stop()
        self._changed.clear()
        self._session = session
        self._columns = self._facets = None

    def follow(self, arrangement: Arrangement) -> None:
        """Go on from the counts of an arrangement; its columns are the counter's from now on."""
        self._task.cancel()
        self._query, self._among = arrangement.query, arrangement.among
        self._take((arrangement.columns, arrangement.facets))

    def note(self, tiles: Int64) -> None:
        """Count these tiles soon: what is said of them may have changed."""
        if len(tiles):
            self._changed.append(tiles)
            self._count_soon()

    def recount(self) -> None:
        """Count all tiles anew: more is known of them now."""
        if self._session is not None and self._columns is not None:
            self._count_all(self._session)

    def close(self) -> None:
        """End the thread."""
        self._pause.stop()
        self._task.close()

    def _count_soon(self) -> None:
        if self._changed and self._columns is not None and not self._pause.isActive():
            self._pause.start()

    def _count(self) -> None:
        session, columns = self._session, self._columns
        if session is None or columns is None or self._facets is None:
            return
        tiles = np.unique(np.concatenate(self._changed))
        self._changed.clear()
        after = session.columns(tiles)
        if len(tiles) > self._at_once or after.readers != columns.readers:
            self._count_all(session)
            return
        among = None if self._among is None else self._among[tiles]
        before = facets(self._query, columns.take(tiles), among)
        columns.put(tiles, after)
        counted = facets(self._query, after, among)
        self._facets = self._facets.changed_by(before=before, after=counted)
        self.counted.emit(self._facets)

    def _count_all(self, session: ReviewSession) -> None:
        query, columns, among = self._query, session.columns(), self._among
        self._columns = None
        self._task.submit(lambda: (columns, facets(query, columns, among)))

    def _take(self, counted: tuple[TriageColumns, Facets]) -> None:
        self._columns, self._facets = counted
        self.counted.emit(self._facets)
        self._count_soon()
