"""No part of the window is shown as a window of its own: it would flash and take the keyboard."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from histoviewer.ui.models.page import ModelsPage
from histoviewer.ui.window import MainWindow


class Watch(QObject):
    """Notes what is shown as a window, beside main windows."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look on; called by Qt for each event of the application."""
        is_shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget)
        if is_shown and watched.isWindow() and not isinstance(watched, QMainWindow):
            self.seen.append(repr(watched))
        return False


@pytest.fixture
def watch(qapp: QApplication) -> Iterator[Watch]:
    looking = Watch()
    qapp.installEventFilter(looking)
    yield looking
    qapp.removeEventFilter(looking)


def test_nothing_flashes_while_pages_and_panels_are_made(
    watch: Watch, open_window: Callable[[Path], MainWindow], ranked_path: Path
) -> None:
    models = open_window(ranked_path).pages.pages["models"]
    assert isinstance(models, ModelsPage)
    for panel in models._makers:
        models._panel(panel)  # made, not shown: some would set a process to work

    assert watch.seen == []
