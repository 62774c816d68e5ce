"""The grid against a plain `QListView` in icon mode: 277,483 tiles at 96 px in 1400 x 900.

Both paint the same: pixels, border and sign of the label, score. Painting is offscreen, by Qt's
software rasteriser, and synchronous: from the scroll bar's new value to the finished picture. The
list view has its pixmaps in memory and our tiles are cached, but for the row that says 'unseen':
there the list view reads them while it paints, and we paint grey until our threads bring them. The
pixels repeat every 4,096 tiles so that no disk is measured.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

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
    QApplication,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from benchmarks.rows import Row, table
from histoviewer.domain.arrays import Float32, Int8, Int64, UInt8
from histoviewer.domain.triage import Query, SortKey, TriageColumns
from histoviewer.ui.review.arranging import answer
from histoviewer.ui.review.colours import LIGHT, PLATE
from histoviewer.ui.review.facts import CellFacts
from histoviewer.ui.review.grid import TileGrid

TILES = 277_483
SIZE = 96
VIEW = QSize(1400, 900)
DISTINCT = 4_096
STEPS = 120
JUMPS = 30
ROUNDS = 3

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
PATIENCE_S = 30


class RepeatingTiles:
    """Noise tiles, the same again every `DISTINCT`."""

    def __init__(self, count: int) -> None:
        rng = np.random.default_rng(0)
        self.shape = (count, SIZE, SIZE, 3)
        self.pixels = rng.integers(0, 256, (DISTINCT, SIZE, SIZE, 3), np.uint8)

    def gather(self, index: Int64, out: UInt8 | None = None) -> UInt8:
        """Return tiles."""
        return np.take(self.pixels, index % DISTINCT, axis=0, out=out)


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


def run(tiles: int = TILES) -> list[Row]:
    """Measure."""
    app = QApplication.instance() or QApplication([])
    source = RepeatingTiles(tiles)
    columns = made_up_columns(tiles)
    with (
        shown_grid(source, columns) as (grid, grid_show),
        shown_list(source, columns) as (plain, list_show),
    ):
        app.processEvents()
        ours, reference = paint_times(grid, plain)
        return [
            row("grid: first show", grid_show, list_show, bound=0.25),
            row("grid: paint, p50", np.median(ours), np.median(reference), bound=0.9),
            row("grid: paint, p99", percentile(ours), percentile(reference), bound=1.2),
            row("grid: jump to unseen tiles, p50", *unseen_times(grid, plain), bound=3.0),
            row("grid: sort by score to painted", *sort_times(grid, plain, columns), bound=0.5),
        ]


def row(name: str, ours: float, reference: float, *, bound: float) -> Row:
    return Row(name=name, ours=ours, reference=reference, unit="ms", bound=bound, at_least=False)


def percentile(times: list[float]) -> float:
    return float(np.percentile(times, 99))


def milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def made_up_columns(count: int) -> TriageColumns:
    rng = np.random.default_rng(1)
    given: Int8 = rng.integers(-1, 2, count).astype(np.int8)
    scores: Float32 = rng.random(count, np.float32)
    no = np.zeros(count, bool)
    return TriageColumns(
        splits=np.zeros(count, np.int8),
        given=given,
        decided=np.where(rng.random(count) < 0.2, given, -1).astype(np.int8),
        skipped=no,
        flagged=rng.random(count) < 0.05,
        queued=rng.random(count) < 0.1,
        touched_at=np.zeros(count, np.int64),
        scores=scores,
        groups=np.zeros(count, np.int32),
        problem=no,
    )


def facts_of(columns: TriageColumns) -> Callable[[Int64], CellFacts]:
    """Return the marks of some tiles: all kinds of them, so that painting has its full work."""
    disagrees = columns.disagrees
    problems = np.zeros(len(columns.given), np.uint16)

    def facts(tiles: Int64) -> CellFacts:
        return CellFacts(
            labels=columns.given[tiles],
            decided=columns.decided[tiles] >= 0,
            flagged=columns.flagged[tiles],
            queued=columns.queued[tiles],
            disagrees=disagrees[tiles],
            scores=columns.scores[tiles],
            problems=problems[tiles],
            stale=columns.skipped[tiles],
        )

    return facts


@contextmanager
def shown_grid(source: RepeatingTiles, columns: TriageColumns) -> Iterator[tuple[TileGrid, float]]:
    grid = TileGrid()
    grid.resize(VIEW)
    grid.set_tile_size(SIZE)

    def show() -> None:
        grid.show_project(source.shape[0], facts_of(columns), source)
        grid.set_order(np.arange(source.shape[0]))
        grid.show()
        grid.viewport().repaint()

    yield grid, milliseconds(show)
    grid.supply.close()
    grid.close()


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


def fill(grid: TileGrid) -> None:
    """Wait until every tile in view has been painted with its pixels."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        geometry = grid.geometry_now()
        visible = geometry.visible(grid.verticalScrollBar().value())
        tiles = grid.order[visible.start : visible.stop]
        if grid.supply.has(tiles):
            grid.viewport().repaint()
            return
        QApplication.processEvents()
    raise TimeoutError("the tiles did not arrive")


def paint_times(grid: TileGrid, plain: QListView) -> tuple[list[float], list[float]]:
    """Return the times of scrolling by a bit and of jumping, over places seen before."""
    rng = np.random.default_rng(2)
    middle = grid.verticalScrollBar().maximum() // 2
    offsets = [middle + 37 * step for step in range(STEPS)]
    offsets += (middle + rng.integers(0, 37 * STEPS, JUMPS)).tolist()
    for offset in offsets:
        paint_at(grid, offset)
        fill(grid)
        paint_at(plain, offset)
    # Taking turns, so that what else the machine does falls on both.
    pairs = [(paint_at(grid, offset), paint_at(plain, offset)) for offset in offsets * ROUNDS]
    ours, reference = zip(*pairs, strict=True)
    return list(ours), list(reference)


def unseen_times(grid: TileGrid, plain: QListView) -> tuple[float, float]:
    """Return the medians of jumping to a new place until all of its tiles are painted."""
    rng = np.random.default_rng(3)

    def jump(view: QAbstractScrollArea, wait: Callable[[], None]) -> float:
        place = int(rng.integers(0, view.verticalScrollBar().maximum()))

        def work() -> None:
            paint_at(view, place)
            wait()

        return milliseconds(work)

    ours = [jump(grid, lambda: fill(grid)) for _ in range(JUMPS)]
    reference = [jump(plain, lambda: None) for _ in range(JUMPS)]
    return float(np.median(ours)), float(np.median(reference))


def sort_times(grid: TileGrid, plain: QListView, columns: TriageColumns) -> tuple[float, float]:
    """Return the times from choosing another order to its painted picture."""

    def ours() -> None:
        arranged = answer(Query(sort=SortKey.SCORE_UP), columns)
        grid.set_order(arranged.order, arranged.places)
        grid.viewport().repaint()

    def reference() -> None:
        model = plain.model()
        assert isinstance(model, PixmapModel)
        model.layoutAboutToBeChanged.emit()
        model.order = np.argsort(columns.scores, kind="stable")
        model.layoutChanged.emit()
        plain.viewport().repaint()

    return milliseconds(ours), milliseconds(reference)


if __name__ == "__main__":
    print(table(run()))
