"""The waiting tiles as rows."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Qt

from histoviewer.domain.arrays import Int64
from histoviewer.domain.labels import ClassNames
from histoviewer.domain.queue_weights import LEFT_OUT, USUAL
from histoviewer.services.queue import QueueEntry
from histoviewer.ui.queue.thumbnails import Thumbnails
from histoviewer.ui.queue.wording import ARROW
from histoviewer.ui.review.describing import SIGNS
from histoviewer.ui.tables import Index, TextTable

TILE, BEFORE, AFTER, READER, WHEN, MODEL, SCORE, WEIGHT = range(8)
_NUMBERS: Final = frozenset({SCORE, WEIGHT})


class QueueModel(TextTable):
    """One row a waiting tile, the newest verdict first. UI thread only.

    Args:
        thumbnails: Gives the pictures of the rows in view.
        parent: Owner.
    """

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(
            (
                self.tr("Tile"),
                self.tr("Old label"),
                self.tr("New label"),
                self.tr("Reader"),
                self.tr("When"),
                self.tr("Model"),
                self.tr("Score"),
                self.tr("Weight"),
            ),
            parent,
        )
        self._thumbnails = thumbnails
        self._entries: list[QueueEntry] = []
        self._hides: Callable[[int], bool] = lambda _: False
        self._ids: Sequence[str] = ()
        self.classes = ClassNames()
        self._numbers: Mapping[str, int] = {}
        thumbnails.ready.connect(self._draw)

    def show_entries(
        self,
        entries: Sequence[QueueEntry],
        *,
        hides: Callable[[int], bool],
        ids: Sequence[str],
        classes: ClassNames,
        numbers: Mapping[str, int],
    ) -> None:
        """Show these in place of those before.

        Args:
            entries: What waits.
            hides: Returns whether the score of a tile must not be shown now; asked at each paint.
            ids: Of all tiles of the project.
            classes: What labels are called.
            numbers: Number of each model by its id.
        """
        is_same = [each.tile for each in entries] == [each.tile for each in self._entries]
        if not is_same:
            self.beginResetModel()
        self._entries, self._hides = list(entries), hides
        self._ids, self.classes, self._numbers = ids, classes, numbers
        if not is_same:
            self.endResetModel()
        else:  # what is selected stays so
            self.refresh()

    def refresh(self) -> None:
        """Show the rows as they are now."""
        if self._entries:
            self.dataChanged.emit(self.index(0, 0), self.index(self.count() - 1, WEIGHT))

    def weigh(self, rows: Sequence[int], weight: float) -> None:
        """Show another weight of some rows."""
        for row in rows:
            self._entries[row] = replace(self._entries[row], weight=weight)
        self.dataChanged.emit(self.index(0, WEIGHT), self.index(self.count() - 1, WEIGHT))

    def entry(self, row: int) -> QueueEntry:
        """Return what waits in a row."""
        return self._entries[row]

    def sentence(self, row: int) -> str:
        """Return what became of a tile, in words."""
        entry = self._entries[row]
        if entry.when is None:
            return self.tr("The verdict was taken back since the model learned {before}.").format(
                before=self._word(entry.before)
            )
        return self.tr("{reader}, {when}: {before} {arrow} {after}").format(
            reader=entry.reader,
            when=_local(entry),
            before=self._word(entry.before),
            after=self._word(entry.after),
            arrow=ARROW,
        )

    @property
    def tiles(self) -> Int64:
        """Return (n,) int64 indexes of the tiles, in the order of the rows."""
        return np.array([entry.tile for entry in self._entries], np.int64)

    def count(self) -> int:
        """Return the number of waiting tiles."""
        return len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a text or a picture; numbers stand at the right."""
        if role == Qt.ItemDataRole.DecorationRole and index.column() == TILE:
            return self._thumbnails.picture(self._entries[index.row()].tile)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return super().data(index, role)

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell."""
        entry = self._entries[row]
        match column:
            case 0:  # TILE
                return self._ids[entry.tile]
            case 1:  # BEFORE
                return self._word(entry.before)
            case 2:  # AFTER
                return self._word(entry.after)
            case 3:  # READER
                return entry.reader or self.tr("taken back")
            case 4:  # WHEN
                return "" if entry.when is None else _local(entry)
            case 5:  # MODEL
                return self._model(entry)
            case 6:  # SCORE
                return self._score(row)
            case _:
                return self._weight(entry)

    def _word(self, label: int) -> str:
        return f"{SIGNS[label]} {self.classes.of(label)}"

    def _model(self, entry: QueueEntry) -> str:
        number = self._numbers.get(entry.model or "")
        return "" if number is None else self.tr("model {number}").format(number=number)

    def _score(self, row: int) -> str:
        entry = self._entries[row]
        if self._hides(entry.tile):
            return self.tr("hidden")
        score = entry.score
        return "" if math.isnan(score) else f"{score:.3f}"

    def _weight(self, entry: QueueEntry) -> str:
        if entry.weight == LEFT_OUT:
            return self.tr("left out")
        return "" if entry.weight == USUAL else f"{entry.weight:g}"

    def _draw(self) -> None:
        if self._entries:
            last = self.index(self.count() - 1, TILE)
            self.dataChanged.emit(self.index(0, TILE), last, [Qt.ItemDataRole.DecorationRole])


def _local(entry: QueueEntry) -> str:
    assert entry.when is not None
    return entry.when.astimezone().strftime("%Y-%m-%d %H:%M")
