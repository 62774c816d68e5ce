"""The real window under measurement, and hands for it: keys, wheel, waiting for the paint.

Keys go through `QTest` to the native window, so shortcuts and focus take part; wheel events through
`QApplication.sendEvent`. Times end when Qt has finished the paint that shows the result.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEventLoop, QPoint, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.rows import milliseconds
from benchmarks.watching import PaintWatch
from histoviewer.domain.arrays import Int64
from histoviewer.domain.triage import Query
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.dialogs.train import TrainDialog
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.window import MainWindow

VIEW = QSize(1400, 900)
TILE = 96
_PATIENCE_S = 30.0
_ALL = QEventLoop.ProcessEventsFlag.AllEvents
_WAIT = QEventLoop.ProcessEventsFlag.WaitForMoreEvents


class Desk:
    """Someone at the window of an open project. UI thread only.

    Args:
        window: As `histoviewer.app` makes it.
    """

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self._wake = QTimer(window, interval=200)  # so that waiting can end in vain, too
        self._wake.start()

    @property
    def page(self) -> ReviewPage:
        """Return the review page."""
        page = self.window.pages.pages["review"]
        assert isinstance(page, ReviewPage)
        return page

    @property
    def grid(self) -> TileGrid:
        """Return the grid."""
        return self.page.grid

    @property
    def project_path(self) -> Path:
        """Return the folder of the open project."""
        workspace = self.window.bench.workspace
        assert workspace is not None
        return workspace.project.path

    @property
    def session(self) -> ReviewSession:
        """Return the session of the open project."""
        workspace = self.window.bench.workspace
        assert workspace is not None
        return workspace.session

    # --- waiting

    def wait(self, happened: Callable[[], bool], what: str) -> None:
        """Run the event loop until something has happened."""
        deadline = time.monotonic() + _PATIENCE_S
        while not happened():
            QApplication.processEvents(_ALL | _WAIT)
            if time.monotonic() > deadline:
                modal = QApplication.activeModalWidget()
                raise TimeoutError(f"waited {_PATIENCE_S:.0f} s for {what}; open: {modal}")

    def rest(self, seconds: float) -> None:
        """Let the event loop run for a time."""
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def until_painted(
        self,
        act: Callable[[], object],
        ready: Callable[[], bool],
        *on: QWidget,
    ) -> float:
        """Return the milliseconds from an act to the end of the first paint that shows it.

        Args:
            act: What the reader does.
            ready: Whether what he waits for is there; asked when a paint begins.
            on: The widgets of which one must paint it; the grid by default.
        """
        watch = PaintWatch(*(on or (self.grid.viewport(),)))
        watch.expect(ready)
        began = time.perf_counter()
        act()
        self.wait(lambda: watch.seen, "a paint")
        took = (time.perf_counter() - began) * 1000
        watch.close()
        return took

    def settle(self) -> None:
        """Let everything that is due happen, and the tiles in view be painted."""
        self.wait(self.has_pixels, "the tiles in view")
        QApplication.processEvents()

    def has_pixels(self) -> bool:
        """Return whether the pixels of all tiles in view are there."""
        return self.grid.supply.has(self.tiles_in_view())

    def tiles_in_view(self) -> Int64:
        """Return the tiles of which at least a part is in view."""
        grid = self.grid
        visible = grid.geometry_now().visible(grid.verticalScrollBar().value())
        return grid.order[visible.start : visible.stop]

    def wait_for_project(self) -> None:
        """Wait until a project is open and its tiles are painted."""
        self.wait(lambda: self.window.front.shows_project, "the project")
        self.wait(lambda: len(self.grid.order) > 0, "the tiles")
        self.settle()

    def wait_for_saved(self) -> None:
        """Wait until every verdict is on the disk."""
        saver = self.window.saver
        self.wait(lambda: saver.pending == 0, "the disk")

    def until_saved(self) -> float:
        """Return the milliseconds until every verdict is on the disk."""
        return milliseconds(self.wait_for_saved)

    # --- hands

    def show_view(self, size: QSize = VIEW) -> None:
        """Make the window so large that the view of the grid has this size."""
        self.grid.set_tile_size(TILE)
        for _ in range(3):  # other panes take their share
            extra = size - self.grid.viewport().size()
            self.window.resize(self.window.size() + extra)
            QApplication.processEvents()
        assert self.grid.viewport().size() == size, self.grid.viewport().size()
        self.settle()

    def press(self, key: str, on: QWidget | None = None) -> None:
        """Press a key, named as in the key map."""
        target = on or self.window
        if not target.isActiveWindow():  # what a window manager would do
            target.activateWindow()
            self.wait(target.isActiveWindow, "the keyboard")
        handle = target.windowHandle()
        assert handle is not None
        stroke = QKeySequence(key)[0]  # type: ignore[index]  # missing from the stubs
        QTest.keyClick(handle, stroke.key(), stroke.keyboardModifiers())

    def wheel(self, pixels: int = 0, *, notches: float = 0) -> None:
        """Turn the wheel: by pixels as a touchpad does, or by notches. Positive is down."""
        viewport = self.grid.viewport()
        middle = QPointF(viewport.rect().center())
        event = QWheelEvent(
            middle,
            viewport.mapToGlobal(middle),
            QPoint(0, -pixels),
            QPoint(0, -round(120 * notches)),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,  # noqa: FBT003 - Qt's own signature
        )
        QApplication.sendEvent(viewport, event)

    def ask(self, query: Query) -> None:
        """Ask for tiles as the filter panel does when the reader changes it."""
        filters = self.page.filters
        filters.set_query(query)
        filters.query_changed.emit(query)

    def arrange(self, query: Query) -> None:
        """Ask for tiles and wait until they are painted."""
        heard: list[Any] = []
        connection = self.page.changed_order.connect(lambda: heard.append(None))
        self.ask(query)
        self.wait(lambda: bool(heard), "the order")
        self.page.changed_order.disconnect(connection)
        self.settle()

    def train(self, *, minutes: int, wait: bool = True) -> None:
        """Begin a training through its dialog; wait until it is at it."""
        self.press("Ctrl+T")
        dialogs = self.window.findChildren(TrainDialog)
        (dialog,) = [each for each in dialogs if each.isVisible()]
        dialog.minutes.setValue(minutes)
        phases: set[str] = set()
        lane = self.window.bench.batch
        connection = lane.progressed.connect(lambda progress: phases.add(progress.phase))
        dialog.accept()
        if wait:
            self.wait(lambda: "training" in phases, "the training")
        lane.progressed.disconnect(connection)

    def random_places(self, count: int, seed: int) -> list[int]:
        """Return scroll positions all over the grid."""
        most = self.grid.verticalScrollBar().maximum()
        places: list[int] = np.random.default_rng(seed).integers(0, most, count).tolist()
        return places
