"""A project that an earlier version packed: its tiles are measured in the background."""

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from histoviewer.domain.triage import SortKey
from histoviewer.tiles.measures import MEASURES_NAME
from histoviewer.ui.window import MainWindow
from tests.ui.conftest import PATIENCE_MS


def test_tiles_are_measured_and_can_then_be_sorted_by_brightness(
    open_window: Callable[[Path], MainWindow], project_path: Path, qtbot: QtBot
) -> None:
    (project_path / MEASURES_NAME).unlink()
    window = open_window(project_path)
    page, session = window.pages.current, window.bench.workspace.session
    page.bar.sort.choose(SortKey.BRIGHTNESS)

    qtbot.waitUntil(lambda: session.measures is not None, timeout=PATIENCE_MS)

    brightness = session.measures.brightness[page.grid.order]
    assert (brightness[:-1] <= brightness[1:]).all()
    assert window.bench.workspace.measures is session.measures


def test_measured_tiles_are_not_measured_again(
    open_window: Callable[[Path], MainWindow], project_path: Path
) -> None:
    window = open_window(project_path)

    assert window.bench.workspace.measures is not None
    assert not window.bench.files.is_busy
