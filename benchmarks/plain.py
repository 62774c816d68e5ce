"""The plain way to show tiles: a `QListView` in icon mode with a delegate that paints the same.

It is what the grid is compared with, and the yardstick of a busy machine: the time of one of its
paints, taken between other measurements, says how fast the machine is just then.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from benchmarks.rows import milliseconds
from histoviewer.domain.arrays import Float32, Int8, Int64, UInt8
from histoviewer.domain.id_search import IdSearch
from histoviewer.domain.triage import TriageColumns
from histoviewer.ui.review.colours import LIGHT, PLATE
from histoviewer.ui.review.facts import CellFacts

SIZE = 96
VIEW = QSize(1400, 900)
DISTINCT = 4_096
_FEW = 256

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class RepeatingTiles:
    """Noise tiles, the same again every `distinct`."""

    def __init__(self, count: int, *, distinct: int = DISTINCT) -> None:
        rng = np.random.default_rng(0)
        self.shape = (count, SIZE, SIZE, 3)
        self.pixels = rng.integers(0, 256, (distinct, SIZE, SIZE, 3), np.uint8)

    def gather(self, index: Int64, out: UInt8 | None = None) -> UInt8:
        """Return tiles."""
        return np.take(self.pixels, index % len(self.pixels), axis=0, out=out)


class PixmapModel(QAbstractListModel):
    """The plain way: one item a tile, its pixmap made when first asked for and kept."""

    def __init__(self, source: RepeatingTiles) -> None:
        super().__init__()
        self.source = source
        self.order = np.arange(source.shape[0])
        self.pixmaps: dict[int, QPixmap] = {}

    def rowCount(self, _parent: Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        """Return the number of tiles."""
        return len(self.order)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the pixmap of a tile."""
        if role != Qt.ItemDataRole.DecorationRole:
            return None
        tile = int(self.order[index.row()])
        if tile not in self.pixmaps:
            rgb = self.source.gather(np.array([tile]))[0]
            image = QImage(rgb.data, SIZE, SIZE, 3 * SIZE, QImage.Format.Format_RGB888)
            self.pixmaps[tile] = QPixmap.fromImage(image)
        return self.pixmaps[tile]


class PlainDelegate(QStyledItemDelegate):
    """Draws pixmap, border, sign and score of a tile with the painter it is given."""

    def __init__(self, model: PixmapModel, columns: TriageColumns) -> None:
        super().__init__()
        self.model, self.columns = model, columns

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> None:
        """Paint a tile."""
        tile = int(self.model.order[index.row()])
        label = int(self.columns.given[tile])
        colour = LIGHT.of(label)
        box = QRect(option.rect.x() + 7, option.rect.y() + 7, SIZE, SIZE)
        painter.fillRect(box.adjusted(-3, -3, 3, 3), colour)
        painter.drawPixmap(box.topLeft(), index.data(Qt.ItemDataRole.DecorationRole))
        badge, plate = (
            QRect(box.x(), box.y(), 17, 17),
            QRect(box.right() - 28, box.bottom() - 13, 28, 13),
        )
        painter.fillRect(badge, colour)
        painter.fillRect(plate, PLATE)
        painter.setPen(LIGHT.on_label)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, "?-+"[label + 1])
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, f"{self.columns.scores[tile]:.2f}")

    def sizeHint(  # noqa: N802 - Qt's name
        self, _option: QStyleOptionViewItem, _index: Index
    ) -> QSize:
        """Return the size of a cell."""
        return QSize(SIZE + 14, SIZE + 14)


def made_up_columns(count: int) -> TriageColumns:
    rng = np.random.default_rng(1)
    given: Int8 = rng.integers(-1, 2, count).astype(np.int8)
    scores: Float32 = rng.random(count, np.float32)
    no = np.zeros(count, bool)
    return TriageColumns(
        ids=IdSearch([f"{number:040x}" for number in range(count)]),
        splits=np.zeros(count, np.int8),
        given=given,
        decided=np.where(rng.random(count) < 0.2, given, -1).astype(np.int8),
        skipped=no,
        flagged=rng.random(count) < 0.05,
        queued=rng.random(count) < 0.1,
        learned=no,
        touched_at=np.zeros(count, np.int64),
        judged_by=np.zeros(count, np.uint64),
        scores=scores,
        groups=np.full(count, -1, np.int32),
        problems=np.zeros(count, np.uint16),
        brightness=rng.random(count, np.float32),
    )


def facts_of(columns: TriageColumns) -> Callable[[Int64], CellFacts]:
    """Return the marks of some tiles: all kinds of them, so that painting has its full work."""
    disagrees = columns.disagrees

    def facts(tiles: Int64) -> CellFacts:
        return CellFacts(
            labels=columns.given[tiles],
            decided=columns.decided[tiles] >= 0,
            flagged=columns.flagged[tiles],
            queued=columns.queued[tiles],
            disagrees=disagrees[tiles],
            scores=columns.scores[tiles],
            problems=columns.problems[tiles],
            stale=columns.skipped[tiles],
        )

    return facts


@contextmanager
def shown_list(source: RepeatingTiles, columns: TriageColumns) -> Iterator[tuple[QListView, float]]:
    view, model = QListView(), PixmapModel(source)
    delegate = PlainDelegate(model, columns)
    view.setItemDelegate(delegate)
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setUniformItemSizes(True)
    view.setGridSize(QSize(SIZE + 14, SIZE + 14))
    view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
    view.resize(VIEW)

    def show() -> None:
        view.setModel(model)
        view.show()
        view.viewport().repaint()

    yield view, milliseconds(show)
    view.close()


def paint_at(view: QAbstractScrollArea, offset: int) -> float:
    def paint() -> None:
        view.verticalScrollBar().setValue(offset)
        view.viewport().repaint()

    return milliseconds(paint)


class Yardstick:
    """A list view of a few tiles, to be painted again and again. UI thread only."""

    def __init__(self) -> None:
        source = RepeatingTiles(_FEW, distinct=_FEW)
        self._shown = shown_list(source, made_up_columns(_FEW))
        self._view, _ = self._shown.__enter__()
        self._offset = 0
        for _ in range(_FEW):  # until each pixmap has been made
            self.measure()

    def measure(self) -> float:
        """Scroll by a bit and paint; return the time in ms."""
        most = max(1, self._view.verticalScrollBar().maximum())
        self._offset = (self._offset + 37) % most
        return paint_at(self._view, self._offset)

    def close(self) -> None:
        """Close the view."""
        self._shown.__exit__(None, None, None)
