"""Leaving a project: nothing is lost unasked, and the next one opens whatever still runs."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from histoviewer.errors import StorageError
from histoviewer.jobs.job import Lane
from histoviewer.project.project import Project
from histoviewer.ui import closing, operations, standing
from histoviewer.ui.dialogs.export import ExportChoice
from histoviewer.ui.saving import Saver
from histoviewer.ui.tasks import Task
from histoviewer.ui.window import MainWindow
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS, operation

Leave = Callable[[MainWindow], None]


@pytest.fixture
def other_path(packed_project: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(packed_project, tmp_path / "other.histo"))


@pytest.fixture
def window_on_project(open_window: Open, project_path: Path) -> MainWindow:
    return open_window(project_path)


@pytest.fixture(params=["close", "open another"])
def leave(request: pytest.FixtureRequest, other_path: Path) -> Leave:
    """One of the ways to leave a project."""
    if request.param == "close":
        return lambda window: window.commands["project.close"].trigger()
    return lambda window: window.opener.open(other_path)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the reader was asked; the answer is always no."""
    questions: list[str] = []
    for name in ("may_end_job", "may_lose_verdicts"):
        monkeypatch.setattr(
            closing.questions, name, lambda *_, name=name: bool(questions.append(name))
        )
    return questions


@pytest.fixture
def agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader agrees to whatever is asked."""
    for name in ("may_end_job", "may_lose_verdicts"):
        monkeypatch.setattr(closing.questions, name, lambda *_: True)


def wait(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=PATIENCE_MS)


def wait_for_title(qtbot: QtBot, window: MainWindow, title: str) -> None:
    wait(qtbot, lambda: window.front.shows_project and window.windowTitle() == title)


def flag_on_full_disk(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """Give a verdict that cannot be written; return what makes room."""

    def full(*_: object) -> None:
        raise StorageError("There is no space left.", "Free some space.")

    real = Project.append
    monkeypatch.setattr(Project, "append", full)
    with qtbot.waitSignal(window.saver.failed, timeout=PATIENCE_MS):
        qtbot.keyClick(window.pages.current.grid, Qt.Key.Key_F)
    return lambda: monkeypatch.setattr(Project, "append", real)


def train_long(window: MainWindow, qtbot: QtBot) -> None:
    """Run what keeps its best result when cancelled, as training does, with more to do after it."""
    bodies = (("best_so_far", "kept"), ("until_cancelled", None))
    task = Task(title="Train", lane=Lane.BATCH, start=lambda: operation(*bodies))
    with qtbot.waitSignal(window.bench.batch.progressed, timeout=PATIENCE_MS):
        window.bench.batch.submit(task)


# --- verdicts that are not on the disk


def test_verdicts_that_cannot_be_written_keep_the_project_open(
    window_on_project: MainWindow, qtbot: QtBot, monkeypatch, asked: list[str], leave: Leave
) -> None:
    window = window_on_project
    make_room = flag_on_full_disk(window, qtbot, monkeypatch)

    leave(window)
    wait(qtbot, lambda: asked == ["may_lose_verdicts"])

    assert "no space left" in window.save_state.text()
    make_room()
    with qtbot.waitSignal(window.saver.saved, timeout=PATIENCE_MS):
        window.save_state.click()
    assert len(window.bench.workspace.project.read_log().batches) == 1


@pytest.mark.expected_log("1 steps could not be written")
def test_a_reader_may_leave_although_verdicts_are_lost(
    open_window: Open, project_path, qtbot, monkeypatch, agrees
) -> None:
    window = open_window(project_path)
    flag_on_full_disk(window, qtbot, monkeypatch)

    with qtbot.waitSignal(window.opener.closed, timeout=PATIENCE_MS):
        window.commands["project.close"].trigger()

    assert window.welcome.isVisible()


def test_leaving_writes_verdicts_first_and_asks_nothing(
    open_window: Open, project_path: Path, other_path: Path, qtbot: QtBot, asked: list[str]
) -> None:
    window = open_window(project_path)
    qtbot.keyClick(window.pages.current.grid, Qt.Key.Key_F)

    window.opener.open(other_path)
    wait_for_title(qtbot, window, "other - HistoViewer")

    assert asked == []
    with Project.open(project_path) as project:
        assert len(project.read_log().batches) == 1


# --- jobs that run


def test_a_running_job_is_not_ended_unasked(
    window_on_project: MainWindow, qtbot: QtBot, asked: list[str], leave: Leave
) -> None:
    window = window_on_project
    train_long(window, qtbot)

    leave(window)
    wait(qtbot, lambda: asked == ["may_end_job"])

    assert window.bench.is_busy
    assert window.bench.workspace is not None


def test_no_second_project_is_opened_while_the_reader_is_asked(
    window_on_project: MainWindow, other_path: Path, qtbot: QtBot, monkeypatch
) -> None:
    window = window_on_project
    asked: list[str] = []

    def ask(_parent: object, title: str) -> bool:
        asked.append(title)
        with qtbot.waitSignal(window.opener.failed, timeout=PATIENCE_MS):
            window.opener.open(other_path)
        return True

    monkeypatch.setattr(closing.questions, "may_end_job", ask)
    train_long(window, qtbot)

    window.opener.open(other_path)
    wait_for_title(qtbot, window, "other - HistoViewer")

    assert asked == ["Train"]


def test_a_job_that_is_ending_is_not_asked_about_again(
    window_on_project: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(closing.questions, "may_end_job", lambda _, title: not asked.append(title))
    train_long(window_on_project, qtbot)
    window_on_project.commands["project.close"].trigger()
    assert window_on_project.bench.is_busy

    assert not window_on_project.close()
    wait(qtbot, window_on_project.isHidden)

    assert asked == ["Train"]


@pytest.mark.usefixtures("agrees")
def test_another_project_opens_without_what_would_follow_a_training(
    open_window: Open, project_path: Path, other_path: Path, qtbot: QtBot
) -> None:
    window = open_window(project_path)
    train_long(window, qtbot)
    jobs: list[str] = []
    window.bench.batch.job_started.connect(lambda job: jobs.append(job.title))

    window.opener.open(other_path)
    wait_for_title(qtbot, window, "other - HistoViewer")

    assert jobs == []
    assert not window.bench.is_busy


@pytest.mark.usefixtures("agrees")
def test_a_project_can_be_opened_again_while_it_is_being_closed(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    window = open_window(project_path)
    train_long(window, qtbot)
    window.commands["project.close"].trigger()
    assert window.bench.is_busy

    with qtbot.waitSignal(window.opener.opened, timeout=PATIENCE_MS):
        window.opener.open(project_path)

    assert window.notices.notices == []


@pytest.mark.usefixtures("agrees")
def test_the_window_says_at_once_what_it_opens(
    open_window: Open, project_path: Path, other_path: Path, qtbot: QtBot
) -> None:
    window = open_window(project_path)
    train_long(window, qtbot)
    seen: list[bool] = []
    window.bench.batch.operation_cancelled.connect(
        lambda _: seen.append(window.welcome.isVisible())
    )

    with qtbot.waitSignal(window.opener.opening_started, timeout=PATIENCE_MS):
        window.opener.open(other_path)
    wait_for_title(qtbot, window, "other - HistoViewer")

    assert seen == [False]


@pytest.mark.usefixtures("agrees")
def test_what_came_of_a_job_is_not_told_to_another_project(
    open_window: Open, ranked_path: Path, tmp_path: Path, qtbot: QtBot, monkeypatch
) -> None:
    window = open_window(ranked_path)
    monkeypatch.setattr(operations, "export", lambda *_: operation(("best_so_far", "kept")))
    with qtbot.waitSignal(window.bench.batch.progressed, timeout=PATIENCE_MS):
        window.bench.export(
            ExportChoice(model="001-test", out=tmp_path / "out.csv", sample=None, hard=False)
        )

    with qtbot.assertNotEmitted(window.bench.exported):
        window.opener.open(ranked_path)
        wait(qtbot, lambda: window.bench.workspace is None)
        wait(qtbot, lambda: window.bench.workspace is not None)


def test_a_job_that_changes_no_score_leaves_the_order_alone(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    window = open_window(ranked_path)
    task = Task(title="Echo", lane=Lane.BATCH, start=lambda: operation(("echo", 1)))

    with (
        qtbot.assertNotEmitted(window.bench.changed),
        qtbot.waitSignal(window.bench.standing_changed, timeout=PATIENCE_MS),
    ):
        window.bench.batch.submit(task)


# --- what goes wrong


def test_the_next_project_opens_although_closing_the_first_failed(
    open_window: Open, project_path: Path, other_path: Path, qtbot: QtBot, monkeypatch
) -> None:
    real = Project.close

    def refuse(project: Project) -> None:
        real(project)
        raise StorageError("The disk was pulled out.", "Put it back.")

    window = open_window(project_path)
    with monkeypatch.context() as disk:
        disk.setattr(Project, "close", refuse)
        with qtbot.waitSignal(window.opener.failed, timeout=PATIENCE_MS):
            window.opener.open(other_path)

    wait_for_title(qtbot, window, "other - HistoViewer")


def test_a_project_that_cannot_be_read_leaves_no_writer(
    qapp: object, ranked_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_project: Project) -> None:
        raise StorageError("The log is damaged.", "Use the backup.")

    saver = Saver()
    monkeypatch.setattr(Project, "read_log", refuse)

    with pytest.raises(StorageError):
        standing.open_project(ranked_path, reader="AB", saver=saver)

    assert saver.detach() is None
