"""Closing the window and its project: nothing is lost, nothing is left open."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from histoviewer.errors import StorageError
from histoviewer.jobs.job import Lane
from histoviewer.project.project import Project
from histoviewer.settings import load_settings
from histoviewer.ui import closing
from histoviewer.ui.tasks import Task
from histoviewer.ui.window import MainWindow
from tests.ui.acting import Open, press, wait
from tests.ui.conftest import PATIENCE_MS, operation


def refuse(*_: object, **_more: object) -> None:
    raise StorageError("There is no space left.", "Free some space.")


def test_closing_remembers_the_window_and_the_page(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    window = open_window(project_path)
    window.resize(1111, 777)
    window.pages.current.grid.set_tile_size(160)

    window.close()
    wait(qtbot, window.isHidden)

    values = load_settings().settings.window
    assert values["geometry"]
    assert values["pages"]["review"]["tile_size"] == 160


def test_a_project_can_be_opened_elsewhere_after_closing(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    window = open_window(project_path)
    press(qtbot, window, Qt.Key.Key_F)

    window.close()
    wait(qtbot, window.isHidden)

    with Project.open(project_path) as project:
        assert len(project.read_log().batches) == 1


def test_a_model_that_was_made_champion_right_before_closing_is_champion(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    window, go = open_window(ranked_path), threading.Event()
    window.bench.background.run(
        lambda: go.wait(PATIENCE_MS / 1000), then=lambda _: None, failed=lambda _: None
    )
    other = next(each for each in window.models.actions if "model 2" in each.text())
    other.trigger()

    assert not window.close()
    go.set()

    wait(qtbot, window.isHidden)
    with Project.open(ranked_path, read_only=True) as project:
        assert project.champion() == "002-test"


def test_closing_behind_a_slow_read_waits_and_threatens_with_no_loss(
    open_window: Open, ranked_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, go, asked = open_window(ranked_path), threading.Event(), []
    monkeypatch.setattr(closing, "_FLUSH_S", 0.0)
    monkeypatch.setattr(closing.questions, "may_lose_verdicts", lambda *_: asked.append("lose"))
    window.bench.background.run(
        lambda: go.wait(PATIENCE_MS / 1000), then=lambda _: None, failed=lambda _: None
    )
    window.bench.promote("002-test")

    assert not window.close()
    heard: list[object] = []
    window.leaving._thread.run(list, then=heard.append, failed=heard.append)
    wait(qtbot, lambda: bool(heard))  # whatever it waited for there is over

    assert asked == []
    assert window.front.is_waiting
    go.set()
    wait(qtbot, window.isHidden)
    with Project.open(ranked_path, read_only=True) as project:
        assert project.champion() == "002-test"


@pytest.mark.expected_log("1 steps could not be written")
def test_verdicts_that_may_be_lost_lose_nothing_else(
    open_window: Open, ranked_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, go, asked = open_window(ranked_path), threading.Event(), []

    def agree(_window: object, count: int, _reason: str) -> bool:
        asked.append(count)
        go.set()
        return True

    monkeypatch.setattr(closing.questions, "may_lose_verdicts", agree)
    monkeypatch.setattr(Project, "append", refuse)
    with qtbot.waitSignal(window.saver.failed, timeout=PATIENCE_MS):
        press(qtbot, window, Qt.Key.Key_F)
    window.bench.background.run(
        lambda: go.wait(PATIENCE_MS / 1000), then=lambda _: None, failed=lambda _: None
    )
    window.bench.promote("002-test")

    assert not window.close()

    wait(qtbot, window.isHidden)
    assert asked == [1]  # of what would be lost alone
    with Project.open(ranked_path, read_only=True) as project:
        assert project.champion() == "002-test"


def test_a_write_that_fails_while_a_job_is_asked_about_keeps_the_window_open(
    open_window: Open, ranked_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(ranked_path)

    def agree_late(*_: object) -> bool:
        wait(qtbot, lambda: bool(window.notices.notices))
        return True

    monkeypatch.setattr(closing.questions, "may_end_job", agree_late)
    monkeypatch.setattr(Project, "set_champion", refuse)
    run_long_job(window, qtbot)
    window.bench.promote("002-test")

    assert not window.close()

    assert not window.leaving.is_asked
    assert window.front.shows_project
    assert window.bench.is_busy
    assert any("no space left" in notice.title for notice in window.notices.notices)


def run_long_job(window: MainWindow, qtbot: QtBot) -> None:
    task = Task(title="Long", lane=Lane.BATCH, start=lambda: operation(("until_cancelled", None)))
    with qtbot.waitSignal(window.bench.batch.progressed, timeout=PATIENCE_MS):
        window.bench.batch.submit(task)


@pytest.mark.parametrize("closes", [True, False])
def test_closing_while_a_job_runs_asks_once(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, closes: bool
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        closing.questions, "may_end_job", lambda _, title: asked.append(title) or closes
    )
    run_long_job(window, qtbot)

    assert not window.close()  # it closes by itself when the job has ended
    wait(qtbot, lambda: window.isHidden() is closes)

    assert asked == ["Long"]
    assert window.bench.is_busy is not closes


def test_verdicts_that_cannot_be_written_are_not_lost_without_asking(
    open_window: Open, project_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(project_path)
    asked: list[int] = []
    monkeypatch.setattr(
        closing.questions, "may_lose_verdicts", lambda _w, count, _r: asked.append(count)
    )
    with monkeypatch.context() as disk:
        disk.setattr(Project, "append", refuse)
        with qtbot.waitSignal(window.saver.failed, timeout=PATIENCE_MS):
            press(qtbot, window, Qt.Key.Key_F)
        assert not window.close()
        wait(qtbot, lambda: asked == [1])
        assert "no space left" in window.save_state.text()

    with qtbot.waitSignal(window.saver.saved, timeout=PATIENCE_MS):
        window.save_state.click()
    assert window.front.shows_project


def test_the_window_says_that_it_closes_until_it_has(
    open_window: Open, project_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing.questions, "may_end_job", lambda *_: True)
    window = open_window(project_path)
    run_long_job(window, qtbot)

    assert not window.close()

    assert window.isVisible()
    assert window.front.is_waiting
    assert window.front._title.text() == "Closing…"
    wait(qtbot, window.isHidden)


def test_closing_the_project_waits_for_its_jobs(
    open_window: Open, project_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing.questions, "may_end_job", lambda *_: True)
    window = open_window(project_path)
    run_long_job(window, qtbot)

    window.opener.close_project()

    assert window.welcome.isVisible()
    wait(qtbot, lambda: not window.bench.is_busy)


def test_closing_the_window_while_the_project_closes_leaves_nothing_open(
    open_window: Open, project_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing.questions, "may_end_job", lambda *_: True)
    window = open_window(project_path)
    press(qtbot, window, Qt.Key.Key_F)
    run_long_job(window, qtbot)
    window.opener.close_project()

    window.shut_down()

    with Project.open(project_path) as project:
        assert len(project.read_log().batches) == 1


def test_a_second_project_is_refused_while_one_is_being_opened(
    window: MainWindow, project_path: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    other = Path(shutil.copytree(project_path, tmp_path / "other.histo"))

    with qtbot.waitSignals([window.opener.failed, window.opener.opened], timeout=PATIENCE_MS):
        window.opener.open(project_path)
        window.opener.open(other)

    assert window.windowTitle() == "small - HistoViewer"


def promote_behind_a_slow_read(window: MainWindow) -> threading.Event:
    """Decide what is written only when the returned event is set."""
    go = threading.Event()
    window.bench.background.run(
        lambda: go.wait(PATIENCE_MS / 1000), then=lambda _: None, failed=lambda _: None
    )
    window.bench.promote("002-test")
    return go


def go_to_a_page(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)


def keep_open(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.front.keep_open, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("take_back", [go_to_a_page, keep_open])
def test_closing_that_waits_can_be_taken_back(
    open_window: Open,
    ranked_path: Path,
    qtbot: QtBot,
    take_back: Callable[[MainWindow, QtBot], None],
) -> None:
    window = open_window(ranked_path)
    go = promote_behind_a_slow_read(window)
    assert not window.close()
    assert window.front.keep_open.isVisible()

    take_back(window, qtbot)

    assert window.front.shows_project
    with qtbot.waitSignal(window.bench.background.settled, timeout=PATIENCE_MS):
        go.set()
    assert window.front.shows_project
    assert not window.leaving.is_asked
    assert window.isVisible()
    assert window.pages.current_id == ("review" if take_back is keep_open else "readers")


def test_a_job_that_begins_while_closing_waits_is_not_ended_unasked(
    open_window: Open, ranked_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, asked = open_window(ranked_path), []
    monkeypatch.setattr(closing.questions, "may_end_job", lambda _, title: asked.append(title))
    go = promote_behind_a_slow_read(window)
    assert not window.close()
    run_long_job(window, qtbot)

    go.set()

    wait(qtbot, lambda: asked == ["Long"])
    assert window.front.shows_project
    assert window.bench.is_busy


def test_more_verdicts_than_the_reader_let_go_of_are_asked_about_again(
    open_window: Open, ranked_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, asked = open_window(ranked_path), []

    def agree_to_one(_window: object, count: int, _reason: str) -> bool:
        asked.append(count)
        return count == 1

    monkeypatch.setattr(closing.questions, "may_lose_verdicts", agree_to_one)
    with monkeypatch.context() as disk:
        disk.setattr(Project, "append", refuse)
        with qtbot.waitSignal(window.saver.failed, timeout=PATIENCE_MS):
            press(qtbot, window, Qt.Key.Key_F)
        go = promote_behind_a_slow_read(window)
        assert not window.close()
        wait(qtbot, lambda: asked == [1])
        press(qtbot, window, Qt.Key.Key_F)

        go.set()

        wait(qtbot, lambda: asked == [1, 2])
        assert window.front.shows_project
    with qtbot.waitSignal(window.saver.saved, timeout=PATIENCE_MS):
        window.save_state.click()
