"""What a reader does in the real window: keys, waiting, dialogs that have opened."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from histoviewer.ui.window import MainWindow
from tests.ui.conftest import PATIENCE_MS

Open = Callable[[Path], MainWindow]


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key, **more) -> None:
    qtbot.keyClick(window.pages.current.grid, key, **more)


def wait(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=PATIENCE_MS)


def dialog_of(window: MainWindow, kind: type[QWidget], qtbot: QtBot) -> QWidget:
    wait(qtbot, lambda: window.findChild(kind) is not None)
    return window.findChild(kind)


def close_project(window: MainWindow) -> None:
    window.commands["project.close"].trigger()


each_ending = pytest.mark.parametrize(
    "end",
    [MainWindow.close, close_project, MainWindow.shut_down],
    ids=["window", "project", "session of the system"],
)
