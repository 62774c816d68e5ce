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

from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QListView

from benchmarks.plain import (
    SIZE,
    VIEW,
    PixmapModel,
    RepeatingTiles,
    facts_of,
    made_up_columns,
    paint_at,
    shown_list,
)
from benchmarks.rows import Row, milliseconds, table
from histoviewer.domain.triage import Query, SortKey, TriageColumns
from histoviewer.ui.review.arranging import answer
from histoviewer.ui.review.grid import TileGrid

TILES = 277_483
STEPS = 120
JUMPS = 30
ROUNDS = 3
PATIENCE_S = 30


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
