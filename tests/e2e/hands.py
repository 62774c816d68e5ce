"""A reader's hands and eyes, inside the process of the window: keys, clicks, waiting, pictures.

Keys and clicks enter Qt where those of the platform do, so shortcuts, focus and dialogs take part.
Nothing here sleeps: waiting runs the event loop and looks again at each signal it was given.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from PySide6.QtCore import QEventLoop, QPoint, QRect, Qt, QTimer, SignalInstance
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from histoviewer.domain.arrays import Int64
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.dialogs.export import ExportDialog
from histoviewer.ui.dialogs.new_project import NewProjectDialog
from histoviewer.ui.dialogs.train import TrainDialog
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.window import MainWindow

Dialog = TypeVar("Dialog", bound=QDialog)


class Reader:
    """Someone at the window.

    Args:
        window: The real one, on a real (virtual) screen.
        album: Where pictures of the screen go.
        patience_s: How long something may take; Keras alone takes a busy machine half a minute.
    """

    def __init__(self, window: MainWindow, album: Path, *, patience_s: float = 90.0) -> None:
        self.window = window
        self.bench = window.bench
        self._album = album
        self.patience_s = patience_s
        album.mkdir(parents=True, exist_ok=True)
        self._knows_outcome = True  # whether what came of the last job has been read
        self.bench.batch.task_started.connect(lambda: self._note(known=False))
        self.bench.standing_changed.connect(lambda: self._note(known=True))

    def _note(self, *, known: bool) -> None:
        self._knows_outcome = known

    @property
    def page(self) -> ReviewPage:
        page = self.window.pages.pages["review"]
        assert isinstance(page, ReviewPage)
        return page

    @property
    def session(self) -> ReviewSession:
        assert self.bench.workspace is not None
        return self.bench.workspace.session

    # -- waiting

    def wait(
        self, happened: Callable[[], bool], *signals: SignalInstance, what: str = "it"
    ) -> None:
        """Run the event loop until something has happened, looked for now and at each signal."""
        if happened():
            return
        loop, timer = QEventLoop(), QTimer(singleShot=True)

        def look(*_: object) -> None:
            # Later, when all who listen to the signal have been told.
            QTimer.singleShot(0, loop, lambda: happened() and loop.quit())

        for signal in signals:
            signal.connect(look)
        timer.timeout.connect(loop.quit)
        timer.start(round(self.patience_s * 1000))
        loop.exec()
        for signal in signals:
            signal.disconnect(look)
        if not timer.isActive() and not happened():
            self.see("waited-in-vain")
            raise TimeoutError(f"waited {self.patience_s:.0f} s for {what}")

    @contextmanager
    def hearing(self, signal: SignalInstance) -> Iterator[list[Any]]:
        """Wait at the end of the block for a signal that comes in it or after it.

        Yields:
            A list that fills with the first argument of each.
        """
        heard: list[Any] = []

        def hear(*arguments: object) -> None:
            heard.append(arguments[0] if arguments else None)

        signal.connect(hear)
        try:
            yield heard
            self.wait(lambda: bool(heard), signal, what=str(signal))
        finally:
            signal.disconnect(hear)

    def wait_for_tiles(self) -> None:
        """Wait until a project is open and its tiles are laid out."""
        window = self.window
        self.wait(lambda: window.front.shows_project, window.opener.opened, what="a project")
        page = self.page
        self.wait(lambda: len(page.grid.order) > 0, page.changed_order, what="the tiles")

    def wait_for_project(self) -> None:
        """Wait until a project is open, packed and laid out."""
        self.wait_for_tiles()
        bench = self.bench

        def is_packed() -> bool:
            return bench.workspace is not None and bench.workspace.packed is not None

        self.wait(is_packed, bench.pixels_changed, what="the packed tiles")

    def wait_for_idle(self) -> None:
        """Wait until no job runs and what came of the last one is shown."""
        bench = self.bench

        def rests() -> bool:
            return not bench.batch.is_busy and self._knows_outcome

        self.wait(rests, bench.batch.became_idle, bench.standing_changed, what="the end of the job")
        self.settle()

    def wait_for_saved(self) -> None:
        """Wait until the window says that every verdict is saved."""
        said = self.window.save_state
        self.wait(lambda: said.text() == "saved", self.window.saver.changed, what="'saved'")

    def settle(self) -> None:
        """Let everything that is due now happen, and the tiles in view be painted."""
        QApplication.processEvents()
        grid = self.page.grid if self.window.pages.pages else None
        if grid is None or not self.window.front.shows_project or self.page.is_large:
            return
        timer = QTimer(interval=30)  # painting has no signal
        timer.start()
        self.wait(lambda: _is_painted(self.page), timer.timeout, what="the tiles in view")
        timer.stop()
        QApplication.processEvents()

    # -- hands

    def press(self, *keys: str, on: QWidget | None = None) -> None:
        """Press keys, each named as in the key map: '1', 'Ctrl+Shift+Z', 'Shift+Right'."""
        target = on or self.window
        self._bring_to_front(target)
        handle = target.windowHandle()
        assert handle is not None
        for key in keys:
            stroke = QKeySequence(key)[0]
            QTest.keyClick(handle, stroke.key(), stroke.keyboardModifiers())
            QApplication.processEvents()

    def go_to(self, page_id: str) -> None:
        """Go to a page by its key."""
        self.press(self.window.preferences.keymap.keys[f"page.{page_id}"][0])

    def write(self, field: QWidget, text: str) -> None:
        """Put a text into a field in place of what it holds, by mouse and keyboard."""
        self.click(field)
        for key in ("Ctrl+A", *text):
            self.press(key, on=field.window())

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click on a widget, in its middle by default."""
        window = widget.window()
        self._bring_to_front(window)
        handle = window.windowHandle()
        assert handle is not None
        place = widget.mapTo(window, at or widget.rect().center())
        button = Qt.MouseButton.LeftButton
        QTest.mouseClick(handle, button, Qt.KeyboardModifier.NoModifier, place)
        QApplication.processEvents()

    def dialog(self, kind: type[Dialog]) -> Dialog:
        """Return the dialog of a kind that is open, in front."""
        found = self.window.findChild(kind)
        assert found is not None, f"no {kind.__name__} is open"
        self._bring_to_front(found)
        self.settle()
        return found

    def _bring_to_front(self, window: QWidget) -> None:
        """Do what a window manager would: a virtual screen has none."""
        app = QGuiApplication.instance()
        assert isinstance(app, QApplication)
        if not window.isActiveWindow():
            window.activateWindow()
            self.wait(window.isActiveWindow, app.focusWindowChanged, what="the keyboard")

    # -- what readers do in several steps

    def train(self, *, epochs: int = 1) -> None:
        """Start a training through the dialog."""
        self.press("Ctrl+T")
        dialog = self.dialog(TrainDialog)
        self.write(dialog.epochs, str(epochs))
        assert dialog.choice.epochs == epochs
        self.see("train-dialog")
        self.press("Return", on=dialog)
        assert self.bench.batch.is_busy

    def export(self, out: Path) -> None:
        """Write a submission through the dialog, and wait for it."""
        self.press("Ctrl+E")
        dialog = self.dialog(ExportDialog)
        self.write(dialog.out.edit, str(out))
        self.see("export-dialog")
        with self.hearing(self.bench.exported):
            self.press("Return", on=dialog)
        self.settle()

    def make_project(self, *, in_folder: Path) -> None:
        """Take what the dialog for a new project proposes, but for the place."""
        found = self.window.opener.dataset_found
        self.wait(lambda: self.window.findChild(NewProjectDialog) is not None, found)
        dialog = self.dialog(NewProjectDialog)
        self.write(dialog.folder.edit, str(in_folder))
        self.see("new-project-dialog")
        self.press("Return", on=dialog)

    def judge(self, key: str) -> dict[str, Any]:
        """Press a verdict key; return it with the tiles it must fall on and what was said of them.

        Returns:
            `key`, `tiles`, and for each tile its `effective` label and what the model `predicted`.
        """
        tiles: Int64 = self.page.grid.selection.targets()
        noted = {
            "key": key,
            "tiles": tiles.tolist(),
            "effective": self.session.effective[tiles].tolist(),
            "predicted": self.session.predicted(tiles).tolist(),
        }
        self.press(key)
        return noted

    # -- eyes

    def see(self, name: str) -> Path:
        """Take a picture of the screen where the window is."""
        self.settle()
        frame = self.window.frameGeometry()
        return self._photograph(name, QRect(frame.topLeft(), frame.size()))

    def _photograph(self, name: str, part: QRect) -> Path:
        path = self._album / f"{name}.png"
        picture = self.window.screen().grabWindow(
            0, part.x(), part.y(), part.width(), part.height()
        )
        assert picture.save(str(path))
        return path


def _is_painted(page: ReviewPage) -> bool:
    """Whether every tile in view has arrived."""
    grid = page.grid
    scroll = grid.verticalScrollBar().value()
    visible = grid.geometry_now().visible(scroll)
    tiles = grid.order[visible.start : visible.stop]
    found = grid.supply.take(tiles, np.zeros(0, np.int64))
    return all(
        pixels is not None or tile in grid.supply.failed
        for tile, pixels in zip(tiles.tolist(), found, strict=True)
    )
