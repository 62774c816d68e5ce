"""A project that cannot be written to opens for reading only, says why, and loses nothing."""

import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from histoviewer.errors import StorageError
from histoviewer.project import folder
from histoviewer.project.project import Project
from histoviewer.ui.window import MainWindow
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS

HOLDER = """
import sys
from pathlib import Path
from histoviewer.project.project import Project
with Project.open(Path(sys.argv[1])):
    print("open", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_elsewhere(path: Path) -> Iterator[None]:
    """Hold a project open for writing in another process."""
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        yield
        other.communicate()


def wait(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=PATIENCE_MS)


def test_what_is_open_in_another_process_is_shown_and_says_why(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    with held_elsewhere(ranked_path):
        window = open_window(ranked_path)

        (notice,) = window.notices.notices
        assert notice.title.startswith("The project small is open in another window or program.")
        assert notice.button.text() == "Try again for writing"
        assert window.windowTitle() == "small (read only) - HistoViewer"
        assert window.save_state.text() == "read only"
        train = window.commands["model.train"]
        assert not train.isEnabled()
        assert "reading only" in train.toolTip()
        qtbot.keyClick(window.pages.current.grid, Qt.Key.Key_F)
        assert not window.bench.workspace.session.states.flagged.any()
        assert not any(action.isEnabled() for action in window.models.actions)


def test_no_model_is_scored_in_a_project_that_is_only_read(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    with Project.open(ranked_path) as project:
        project.scores_path("002-test").unlink()
    with held_elsewhere(ranked_path):
        page = open_window(ranked_path).pages.show_page("evaluate")
        wait(qtbot, lambda: page._read is not None)

        page.table.mark("002-test", on=True)

        assert page.parts.score.isVisible()
        assert not page.parts.score.isEnabled()


def test_trying_again_opens_it_for_writing_once_the_other_has_closed_it(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    with held_elsewhere(project_path):
        window = open_window(project_path)
        window.notices.notices[0].button.click()
        wait(qtbot, lambda: window.bench.workspace is None)
        wait(qtbot, lambda: window.front.shows_project)
        assert window.save_state.text() == "read only"  # it is still open there

    window.notices.notices[0].button.click()
    wait(qtbot, lambda: window.windowTitle() == "small - HistoViewer")

    with qtbot.waitSignal(window.saver.saved, timeout=PATIENCE_MS):
        qtbot.keyClick(window.pages.current.grid, Qt.Key.Key_F)
    assert window.notices.notices == []


def test_a_folder_nobody_may_write_to_is_shown_and_says_what_to_do(
    open_window: Open, project_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: object, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(project_path / "project.lock"))

    monkeypatch.setattr(folder.FileLock, "acquire", refuse)  # root may write anywhere

    window = open_window(project_path)

    (notice,) = window.notices.notices
    assert "no right to write" in notice.title
    assert "Choose a folder" in notice.hint
    assert window.save_state.text() == "read only"


@pytest.fixture
def read_only_disk(tmp_path: Path, project_path: Path) -> Iterator[Path]:
    """A project on a real disk that is mounted for reading only."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("mounting is not permitted here")
    shutil.copytree(project_path, disk / project_path.name)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    yield disk / project_path.name
    subprocess.run(["umount", "--lazy", str(disk)], check=True)  # its tiles are mapped until freed


def test_a_project_on_a_disk_mounted_for_reading_only_is_shown(
    open_window: Open, read_only_disk: Path
) -> None:
    window = open_window(read_only_disk)

    (notice,) = window.notices.notices
    assert notice.title.startswith("There is no right to write in the project small")
    assert window.save_state.text() == "read only"
    assert not window.commands["review.flag"].isEnabled()


def test_a_verdict_waits_for_a_database_that_another_program_locks(
    open_window: Open, project_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("histoviewer.project.engine.BUSY_TIMEOUT_S", 0.2)
    window = open_window(project_path)
    with closing(sqlite3.connect(project_path / "project.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with qtbot.waitSignal(window.saver.failed, timeout=PATIENCE_MS) as failed:
            qtbot.keyClick(window.pages.current.grid, Qt.Key.Key_F)
        assert isinstance(failed.args[0], StorageError)
        assert "locked by another program" in window.notices.notices[0].title
        other.execute("ROLLBACK")

    with qtbot.waitSignal(window.saver.saved, timeout=PATIENCE_MS):
        window.save_state.click()
    assert len(window.bench.workspace.project.read_log().batches) == 1


def test_a_project_of_a_newer_version_is_refused_with_what_to_do(
    window: MainWindow, project_path: Path, qtbot: QtBot
) -> None:
    with closing(sqlite3.connect(project_path / "project.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()

    window.opener.open(project_path)
    wait(qtbot, lambda: bool(window.notices.notices))

    assert "version 9999" in window.notices.notices[0].title
    assert window.notices.notices[0].hint == "Update HistoViewer to open it."
    assert not window.front.shows_project


def test_nothing_is_written_beside_a_project_that_is_only_read(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    with Project.open(project_path):
        before = {path: path.stat()[stat.ST_SIZE] for path in project_path.rglob("*.json")}
        window = open_window(project_path)
        window.close()
        wait(qtbot, window.isHidden)

    assert {path: path.stat()[stat.ST_SIZE] for path in project_path.rglob("*.json")} == before
