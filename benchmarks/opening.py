"""Opening a project, from the start of the process to the last pixel of the sorted grid.

Imports nothing of the program beforehand: to import is a part of what is measured.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.playing import seconds_since_start
from benchmarks.watching import PaintWatch, memory_mb

if TYPE_CHECKING:
    from histoviewer.ui.window import MainWindow

_EVENTS = QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents


def opening(window: "MainWindow") -> dict[str, list[float]]:
    """Wait for the project that is being opened, until every tile in view is painted.

    Returns:
        Seconds from the start of the process until the window was painted, the sorted grid, and its
        last pixel; and the memory then, in MB.
    """
    painted = seconds_since_start()
    pages = window.pages.pages
    wake = QTimer(interval=100)  # to look whether the pages are there
    wake.start()
    while "review" not in pages:
        QApplication.processEvents(_EVENTS)
    grid = pages["review"].grid  # type: ignore[attr-defined]  # the review page is not imported yet

    def is_sorted() -> bool:
        return window.front.shows_project and len(grid.order) > 0

    def has_pixels() -> bool:
        visible = grid.geometry_now().visible(grid.verticalScrollBar().value())
        return is_sorted() and grid.supply.has(grid.order[visible.start : visible.stop])

    times = [painted]
    for ready in (is_sorted, has_pixels):
        watch = PaintWatch(grid.viewport())
        watch.expect(ready)
        if not ready():  # else it has been painted, or will be at once
            while not watch.seen:
                QApplication.processEvents(_EVENTS)
        watch.close()
        times.append(seconds_since_start())
    wake.stop()
    names = ("window", "sorted", "pixels")
    found = {name: [seconds] for name, seconds in zip(names, times, strict=True)}
    return {**found, "memory": [memory_mb()]}
