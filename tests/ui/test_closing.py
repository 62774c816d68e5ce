"""Closing never freezes the window: it waits, says so, and closes by itself."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from histoviewer.project.project import Project
from histoviewer.settings import load_settings
from histoviewer.ui.dialogs.reader import ReaderDialog
from histoviewer.ui.window import MainWindow
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS


def wait(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=PATIENCE_MS)


def flag_on_slow_disk(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> threading.Event:
    """Give a verdict that is written only when the returned event is set."""
    go, real = threading.Event(), Project.append

    def slow(*arguments: object) -> None:
        go.wait(PATIENCE_MS / 1000)
        real(*arguments)

    monkeypatch.setattr(Project, "append", slow)
    qtbot.keyClick(window.pages.current.grid, Qt.Key.Key_F)
    return go


def test_closing_says_that_it_saves_and_ends_when_it_has(
    open_window: Open, project_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(project_path)
    go = flag_on_slow_disk(window, qtbot, monkeypatch)

    assert not window.close()
    assert window.isVisible()
    assert window.front.is_waiting
    assert window.front._title.text() == "Saving…"
    go.set()
    wait(qtbot, window.isHidden)

    with Project.open(project_path, read_only=True) as project:
        assert len(project.read_log().batches) == 1


def test_closing_twice_asks_and_closes_once(
    open_window: Open, project_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(project_path)
    go = flag_on_slow_disk(window, qtbot, monkeypatch)

    assert not window.close()
    assert not window.close()
    go.set()

    wait(qtbot, window.isHidden)


def test_the_page_that_was_shown_comes_back_with_its_project(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    window = open_window(project_path)
    window.pages.show_page("progress")
    window.opener.close_project()
    wait(qtbot, lambda: window.bench.workspace is None)

    window.opener.open(project_path)
    wait(qtbot, lambda: window.front.shows_project)

    assert window.pages.current_id == "progress"


def test_a_forgotten_recent_project_stays_forgotten(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    window = open_window(project_path)
    window.opener.close_project()
    wait(qtbot, lambda: window.welcome.recent_paths == [project_path])

    window.welcome.recent.list.setCurrentRow(0)
    qtbot.mouseClick(window.welcome.recent.forget, Qt.MouseButton.LeftButton)

    wait(qtbot, lambda: window.welcome.recent_paths == [])
    assert load_settings().settings.recent == ()
    assert project_path.exists()


def test_who_reads_is_asked_and_kept(window: MainWindow, qtbot: QtBot) -> None:
    window.commands["project.reader"].trigger()
    dialog = window.findChild(ReaderDialog)

    dialog.name.clear()
    assert not dialog._accept.isEnabled()
    qtbot.keyClicks(dialog.name, "CD")
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)

    assert window.reader.text() == "CD"
    wait(qtbot, lambda: load_settings().settings.reader == "CD")
