"""Closing behind what is slowly read: the window goes on painting, and closes when it can."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Signal
from pytestqt.qtbot import QtBot

from histoviewer.project.project import Project
from histoviewer.ui import opening
from histoviewer.ui.background import Background
from histoviewer.ui.window import MainWindow
from tests.ui.acting import Open, wait
from tests.ui.conftest import PATIENCE_MS


class Gate:
    """Holds up whoever passes, until it is opened.

    Args:
        function: What is done behind it.
    """

    def __init__(self, function: Callable[..., Any] = lambda: None) -> None:
        self._function = function
        self._met, self._may_pass = threading.Event(), threading.Event()

    def __call__(self, *arguments: object, **more: object) -> Any:
        self._met.set()
        assert self._may_pass.wait(PATIENCE_MS / 1000), "nobody opened it: who should is held up"
        return self._function(*arguments, **more)

    def wait_for_somebody(self) -> None:
        assert self._met.wait(PATIENCE_MS / 1000)

    def open(self) -> None:
        self._may_pass.set()


class PaintWatch(QObject):
    """Tells when a widget is painted."""

    painted = Signal()

    def eventFilter(self, _widget: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.painted.emit()
        return False


def read(background: Background, function: Callable[[], object]) -> None:
    background.run(function, then=lambda _: None, failed=lambda _: None)


@pytest.fixture
def slow_read(window: MainWindow) -> Gate:
    """What is being read in the background, until the gate is opened."""
    made = Gate()
    read(window.bench.background, made)
    made.wait_for_somebody()
    return made


def assert_paints(window: MainWindow, qtbot: QtBot) -> None:
    watch = PaintWatch()
    window.front.installEventFilter(watch)
    with qtbot.waitSignal(watch.painted, timeout=PATIENCE_MS):
        window.front.update()
    window.front.removeEventFilter(watch)


def assert_nobody_holds(path: Path) -> None:
    with Project.open(path):
        pass


def read_slowly_on(open_window: Open, path: Path) -> tuple[MainWindow, Gate]:
    window, gate = open_window(path), Gate()
    read(window.bench.background, gate)
    gate.wait_for_somebody()
    return window, gate


def test_the_window_paints_until_the_read_has_ended_and_then_closes(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    window, gate = read_slowly_on(open_window, project_path)

    assert not window.close()
    assert_paints(window, qtbot)
    assert window.front._title.text() == "Closing…"
    gate.open()

    wait(qtbot, window.isHidden)
    assert_nobody_holds(project_path)


def test_without_a_project_the_read_is_waited_for_all_the_same(
    window: MainWindow, slow_read: Gate, qtbot: QtBot
) -> None:
    assert not window.close()
    assert_paints(window, qtbot)
    assert window.front._title.text() == "Closing…"
    slow_read.open()

    wait(qtbot, window.isHidden)


def test_closing_again_meanwhile_changes_nothing(
    window: MainWindow, slow_read: Gate, qtbot: QtBot
) -> None:
    window.close()

    with qtbot.assertNotEmitted(window.leaving.begins):
        assert not window.close()
    assert_paints(window, qtbot)
    assert window.front._title.text() == "Closing…"
    slow_read.open()

    wait(qtbot, window.isHidden)


def test_what_has_not_begun_is_not_read_any_more(
    window: MainWindow, slow_read: Gate, qtbot: QtBot
) -> None:
    done: list[str] = []
    read(window.bench.background, lambda: done.append("waited"))
    window.close()
    read(window.bench.background, lambda: done.append("came later"))
    slow_read.open()

    wait(qtbot, window.isHidden)

    assert done == []


def test_a_project_that_is_being_opened_is_closed_with_the_window(
    window: MainWindow, project_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(opening.open_project)
    monkeypatch.setattr(opening, "open_project", gate)
    with qtbot.waitSignal(window.opener.opening_started, timeout=PATIENCE_MS):
        window.opener.open(project_path)
    gate.wait_for_somebody()

    assert not window.close()
    assert_paints(window, qtbot)
    gate.open()

    wait(qtbot, window.isHidden)
    assert_nobody_holds(project_path)


def test_the_end_of_the_session_meanwhile_leaves_nothing_open(
    open_window: Open, project_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, gate = read_slowly_on(open_window, project_path)
    window.close()
    pool = window.bench.background._pool
    end = pool.shutdown
    monkeypatch.setattr(pool, "shutdown", lambda: (gate.open(), end()))

    window.shut_down()

    assert_nobody_holds(project_path)


@pytest.mark.parametrize("leave", [MainWindow.close, lambda window: window.opener.close_project()])
def test_a_view_that_is_being_saved_is_saved_before_the_files_are_closed(
    open_window: Open,
    project_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    leave: Callable[[MainWindow], object],
) -> None:
    window = open_window(project_path)
    project = window.bench.workspace.project
    gate = Gate(project.save_view)
    monkeypatch.setattr(project, "save_view", gate)
    window.pages.current.filters.views.saved.emit("late")
    gate.wait_for_somebody()

    leave(window)
    assert window.front._title.text() == "Saving…"
    with qtbot.waitSignal(window.opener.files_closed, timeout=PATIENCE_MS):
        gate.open()

    with Project.open(project_path, read_only=True) as closed:
        assert [view.name for view in closed.views()] == ["late"]


# --- a project


def test_a_project_is_left_at_once_and_its_files_are_closed_behind_the_read(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    window, gate = read_slowly_on(open_window, project_path)

    window.opener.close_project()
    assert_paints(window, qtbot)
    assert window.welcome.isVisible()
    with qtbot.waitSignal(window.opener.files_closed, timeout=PATIENCE_MS):
        gate.open()

    assert_nobody_holds(project_path)


def test_closing_the_window_while_its_project_closes_behind_a_read_waits_for_both(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    window, gate = read_slowly_on(open_window, project_path)
    done: list[int] = []
    for number in range(3):
        read(window.bench.background, lambda number=number: done.append(number))
    window.opener.close_project()

    assert not window.close()
    assert_paints(window, qtbot)
    assert window.front._title.text() == "Closing…"
    gate.open()

    wait(qtbot, window.isHidden)
    assert done == []
    assert_nobody_holds(project_path)


def test_a_read_behind_the_closing_of_files_is_waited_for_too(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    window, gate = read_slowly_on(open_window, project_path)
    window.opener.close_project()
    behind = Gate()
    read(window.bench.background, behind)
    gate.open()
    behind.wait_for_somebody()  # the files are closed, which nobody has been told yet

    assert not window.close()
    assert_paints(window, qtbot)
    assert window.front._title.text() == "Closing…"
    behind.open()

    wait(qtbot, window.isHidden)


def test_the_list_of_recent_projects_holds_up_no_closing(
    open_window: Open, project_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(project_path)
    memory = window._memory
    gate = Gate(memory.recent_projects)
    monkeypatch.setattr(memory, "recent_projects", gate)

    with qtbot.waitSignal(window.opener.files_closed, timeout=PATIENCE_MS):
        window.opener.close_project()

    assert_nobody_holds(project_path)
    gate.open()
    wait(qtbot, lambda: window.welcome.recent_paths == [project_path])
