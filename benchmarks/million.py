"""The grid alone on a million tiles, without a project: what grows with their number."""

from functools import partial

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.grid import fill, shown_grid
from benchmarks.plain import RepeatingTiles, Yardstick, made_up_columns, paint_at
from benchmarks.rows import milliseconds
from histoviewer.domain.triage import Query, SortKey
from histoviewer.ui.review.arranging import answer

MILLION = 1_000_000
_PLACES = 100
_ROUNDS = 3


def measure() -> dict[str, list[float]]:
    """Return the times, in ms, of scrolling and jumping over tiles seen before, and of sorting."""
    app = QApplication.instance() or QApplication([])
    columns = made_up_columns(MILLION)
    yardstick = Yardstick()
    found: dict[str, list[float]] = {"paint": [], "paint yardstick": [], "sort": []}
    with shown_grid(RepeatingTiles(MILLION), columns) as (grid, _):
        app.processEvents()
        middle = grid.verticalScrollBar().maximum() // 2
        offsets = [middle + 37 * step for step in range(_PLACES)]
        for offset in offsets:
            paint_at(grid, offset)
            fill(grid)
        jumps = np.random.default_rng(1).permutation(offsets).tolist()
        for offset in (offsets + jumps) * _ROUNDS:
            found["paint"].append(paint_at(grid, offset))
            found["paint yardstick"].append(yardstick.measure())

        def sort(key: SortKey) -> None:
            arranged = answer(Query(sort=key), columns)
            grid.set_order(arranged.order, arranged.places)
            grid.viewport().repaint()

        for key in (SortKey.SCORE_UP, SortKey.SCORE_DOWN, SortKey.UNCERTAIN) * _ROUNDS:
            found["sort"].append(milliseconds(partial(sort, key)))
    yardstick.close()
    return found
