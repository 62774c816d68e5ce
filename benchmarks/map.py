"""The embedding map of 277,483 tiles, 1000 x 700, offscreen: moved, neared, surrounded.

A frame is what the UI thread does for one step of a drag, from the move to the finished paint. The
picture that it moves is painted anew by a thread meanwhile; how long one takes is a row of its own.
The yardstick of frames is pyqtgraph's scatter plot of the same points, that of the lasso numpy's
plain way: each edge against every point.
"""

import os
import time
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF, QSize
from PySide6.QtWidgets import QApplication

from benchmarks.figures import Figure, markdown
from benchmarks.grid import fill, shown_grid
from benchmarks.plain import RepeatingTiles, made_up_columns
from histoviewer.domain.arrays import Bool, Float32, Float64
from histoviewer.domain.map_colouring import ColourBy, Colouring, colouring
from histoviewer.domain.map_view import MapView
from histoviewer.domain.palettes import DARK
from histoviewer.services.embedding_map.raster import render
from histoviewer.services.embedding_map.scene import MapPoints, Scene, emphasise
from histoviewer.ui.map.canvas import MapCanvas
from histoviewer.ui.map.page import surrounded

TILES: Final = 277_483
VIEW: Final = QSize(1000, 700)
FRAMES: Final = 120
PLAIN_FRAMES: Final = 5
PICTURES: Final = 9
CORNERS: Final = 300  # of a lasso drawn by hand
LASSO_MS, FRAME_MS = 150.0, 1000 / 30
PATIENCE_S: Final = 60


def run(tiles: int = TILES) -> list[Figure]:
    """Measure."""
    app = QApplication.instance() or QApplication([])
    places = made_up_places(tiles)
    points = MapPoints.of(places)
    columns = made_up_columns(tiles)
    coloured = colouring(ColourBy.LABEL, columns, hidden=np.zeros(tiles, bool))
    scene = scene_of(points, coloured)
    canvas = shown_canvas(points, scene)
    app.processEvents()
    frames, pointing = frame_times(canvas)
    near = zoomed_frame_times(canvas)
    with shown_grid(RepeatingTiles(tiles), columns) as (grid, _):
        fill(grid)
        found = lasso_times(scene, grid)
    figures = [
        Figure.of(
            f"map of {tiles:,}: a frame while it is dragged",
            frames,
            bounds={"p50": FRAME_MS, "p99": FRAME_MS},
            reference=plain_frame_times(places),
        ),
        Figure.of("the same, eight times nearer", near, bounds={"p99": FRAME_MS}),
        Figure.of("the tile under the pointer", pointing, bounds={"p99": 5}),
        Figure.of(
            f"lasso of {CORNERS} corners, to the painted selection in the grid",
            found,
            bounds={"worst": LASSO_MS},
            reference=[milliseconds(lambda: plain_inside(places, outline())) for _ in range(3)],
        ),
        *picture_figures(scene, points, coloured),
    ]
    canvas.renderer.close()
    canvas.close()
    return figures


def made_up_places(count: int) -> Float32:
    """Return clusters of all sizes and shapes, as UMAP draws them."""
    rng = np.random.default_rng(4)
    middles, ways = rng.normal(size=(60, 2)) * 6, rng.normal(size=(60, 2)) * 1.2
    which, along = rng.integers(0, 60, count), rng.normal(size=(count, 1))
    width = rng.uniform(0.15, 0.9, 60)[which][:, None]
    places = middles[which] + ways[which] * along + rng.normal(size=(count, 2)) * width
    return places.astype(np.float32)


def scene_of(points: MapPoints, coloured: Colouring, *, chosen: Bool | None = None) -> Scene:
    count = len(points)
    picked = np.zeros(0, np.int64) if chosen is None else np.flatnonzero(chosen)
    emphasis = emphasise(count, absent=np.zeros(count, bool), shown=None, chosen=picked)
    return Scene.of(points, coloured, emphasis, DARK)


def shown_canvas(points: MapPoints, scene: Scene) -> MapCanvas:
    canvas = MapCanvas()
    canvas.resize(VIEW)
    canvas.show()
    canvas.show_points(points)
    canvas.show_scene(scene)
    settle(canvas)
    return canvas


def settle(canvas: MapCanvas) -> None:
    """Wait until the newest picture has been painted."""
    deadline = time.monotonic() + PATIENCE_S
    while canvas.renderer.is_painting:
        if time.monotonic() > deadline:
            raise TimeoutError("the map was not painted")
        QApplication.processEvents()
    canvas.repaint()


def milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def frame_times(canvas: MapCanvas) -> tuple[list[float], list[float]]:
    """Return the times of steps of a drag, and of pointing at what is then below the mouse."""
    frames, pointing = [], []
    rng = np.random.default_rng(5)
    for step in range(FRAMES):
        right = 9 if step % 60 < 30 else -9

        def move(right: float = right) -> None:
            canvas.pan_by(right, 3 * np.sign(right))
            canvas.repaint()
            QApplication.processEvents()

        frames.append(milliseconds(move))
        place = QPointF(*rng.uniform((0, 0), (VIEW.width(), VIEW.height())).tolist())
        pointing.append(milliseconds(partial(canvas.tile_at, place)))
    return frames, pointing


def zoomed_frame_times(canvas: MapCanvas) -> list[float]:
    canvas.zoom_by(8)
    settle(canvas)
    return frame_times(canvas)[0]


def outline() -> Float64:
    """Return a lasso as drawn by hand around about a quarter of the points."""
    turn = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    radius = 6 * (1 + 0.15 * np.sin(7 * turn))
    return np.column_stack([radius * np.cos(turn), radius * np.sin(turn)])


def lasso_times(scene: Scene, grid: object) -> list[float]:
    """Return the times from the end of a lasso to the grid that has painted what it selects."""
    from histoviewer.ui.review.grid import TileGrid

    assert isinstance(grid, TileGrid)

    def select() -> None:
        grid.choose(surrounded(scene, outline()), go=False)
        grid.viewport().repaint()

    return [milliseconds(select) for _ in range(PICTURES)]


def picture_figures(scene: Scene, points: MapPoints, coloured: Colouring) -> list[Figure]:
    """Return how long the thread takes for a picture, and for what the selection changes of it."""
    chosen = np.zeros(len(points), bool)
    chosen[surrounded(scene, outline())] = True
    view = MapView.of_all(points.index.bounds, width=VIEW.width(), height=VIEW.height())
    apart = scene_of(points, coloured, chosen=chosen)
    again = [milliseconds(lambda: scene_of(points, coloured)) for _ in range(PICTURES)]
    return [
        Figure.of("in a thread: a picture of all points", _times(scene, view)),
        Figure.of("in a thread: the same with a quarter selected", _times(apart, view)),
        Figure.of("in a thread: a picture from eight times nearer", _times(scene, view.zoomed(8))),
        Figure.of("in a thread: colours and selection", again),
    ]


def _times(scene: Scene, view: MapView) -> list[float]:
    return [milliseconds(lambda: render(scene, view)) for _ in range(PICTURES)]


def plain_frame_times(places: Float32) -> list[float]:
    """Return the times of steps of a drag of pyqtgraph's scatter plot of the same points."""
    import pyqtgraph as pg

    plot = pg.PlotWidget()
    plot.resize(VIEW)
    plot.addItem(pg.ScatterPlotItem(x=places[:, 0], y=places[:, 1], size=3, pen=None))
    plot.show()
    QApplication.processEvents()

    def move() -> None:
        plot.getViewBox().translateBy(x=0.1, y=0.03)
        plot.viewport().repaint()
        QApplication.processEvents()

    times = [milliseconds(move) for _ in range(PLAIN_FRAMES)]
    plot.close()
    return times


def plain_inside(places: Float32, polygon: Float64) -> Bool:
    """Return which points are inside, each edge against every point (even-odd rule)."""
    x, y = places.T.astype(np.float64)
    inside = np.zeros(len(places), bool)
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        crosses = (y0 > y) != (y1 > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            inside ^= crosses & (x < x0 + (y - y0) / (y1 - y0) * (x1 - x0))
    return inside


if __name__ == "__main__":
    print(markdown(run()))
