"""The window as a process: through the real `main()`, offscreen."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from histoviewer import app as composition
from histoviewer.logs import log_file
from histoviewer.project.project import Project
from histoviewer.settings import keymap_file, settings_file
from histoviewer.ui.dialogs.fault import FaultDialog, FaultDialogs
from histoviewer.ui.dialogs.reader import ReaderDialog
from histoviewer.ui.faults import FaultReporter
from histoviewer.ui.window import MainWindow
from tests.ui.conftest import PATIENCE_MS

SCRIPT = """
import json, sys
from histoviewer import app
open_window = app.run

def run(path=None, **more):
    def painted(window):
        print(json.dumps([int(window.front.is_waiting), sorted(sys.modules)]), flush=True)
        window.close()
    return open_window(path, on_first_paint=painted)

app.run = run
from histoviewer.__main__ import main
main()
"""
NOT_BEFORE_THE_FIRST_PAINT = {
    "sqlalchemy", "alembic", "cv2", "h5py", "pyqtgraph", "typer", "tensorflow", "pandas", "sklearn"
}  # fmt: skip


def start(*words: str) -> tuple[int, set[str]]:
    """Start the program and close it when painted; return what it showed and had imported."""
    command = [sys.executable, "-W", "error", "-c", SCRIPT, *words]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stderr
    shown, modules = json.loads(ended.stdout)
    return shown, set(modules)


def test_the_window_is_painted_before_anything_heavy_is_imported() -> None:
    shown, modules = start()

    assert shown == 0
    assert modules.isdisjoint(NOT_BEFORE_THE_FIRST_PAINT)


def test_a_project_is_being_opened_at_the_first_paint(tmp_path: Path) -> None:
    shown, modules = start(str(tmp_path / "some.histo"))

    assert shown == 1
    assert modules.isdisjoint(NOT_BEFORE_THE_FIRST_PAINT)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are for POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_program_in_order(project_path: Path, number: signal.Signals) -> None:
    code = SCRIPT.replace("window.close()", "")
    command = [sys.executable, "-W", "error", "-c", code, str(project_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        program.stdout.readline()
        program.send_signal(number)
        errors = program.communicate(timeout=60)[1]

    assert (program.returncode, errors) == (0, "")
    with Project.open(project_path):
        pass  # nobody holds it any more


def test_a_window_that_is_closed_as_soon_as_it_is_painted_asks_nothing(qapp, qtbot: QtBot) -> None:
    window = composition.make_window(qapp)
    window.first_painted.connect(window.close)

    window.begin(None, warm_up=False, asks_reader=True)
    qtbot.waitUntil(window.isHidden, timeout=PATIENCE_MS)

    assert window.findChild(ReaderDialog) is None
    window.deleteLater()
    qapp.setStyleSheet("")


def test_broken_settings_are_said_and_defaults_used(qapp, qtbot: QtBot) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text("{")

    window = composition.make_window(qapp)

    assert "settings" in window.notices.notices[0].title
    window.shut_down()
    window.deleteLater()
    qapp.setStyleSheet("")


@pytest.mark.expected_log("CRITICAL histoviewer.ui.faults: unexpected error")
def test_a_bug_is_logged_and_told_in_one_line(qapp, qtbot: QtBot) -> None:
    reporter = FaultReporter(qapp)
    reporter.install()
    try:
        with qtbot.waitSignal(reporter.fault_met) as met:
            sys.excepthook(KeyError, KeyError("lost"), None)
    finally:
        reporter.remove()

    assert met.args == ["KeyError: 'lost'"]


def test_a_fault_that_comes_back_opens_one_dialog_at_a_time(window, qtbot: QtBot) -> None:
    dialogs = FaultDialogs(log_file(), window)
    for _ in range(3):
        dialogs.show_fault("KeyError: 'lost'")
    (shown,) = window.findChildren(FaultDialog)

    shown.close()
    qtbot.waitUntil(lambda: not window.findChildren(FaultDialog))
    dialogs.show_fault("ValueError: 'next'")

    (following,) = window.findChildren(FaultDialog)
    assert following.detailedText().startswith("ValueError")
    following.close()


def test_an_account_without_a_name_does_not_keep_the_window_shut(
    qapp, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", nameless)

    window = composition.make_window(qapp)

    assert window.opener.reader == "reader"
    window.shut_down()
    window.deleteLater()
    qapp.setStyleSheet("")


@pytest.fixture
def window_of_keys(qapp, qtbot: QtBot) -> Iterator[Callable[[str], MainWindow]]:
    """Makes the window with a key map of the reader's own."""
    made: list[MainWindow] = []

    def make(text: str) -> MainWindow:
        keymap_file().parent.mkdir(parents=True)
        keymap_file().write_text(text)
        made.append(composition.make_window(qapp))
        return made[0]

    yield make
    for window in made:
        window.shut_down()
        window.deleteLater()
    qapp.setStyleSheet("")


def test_keys_of_the_reader_s_own_are_laid_over_the_usual_ones(window_of_keys) -> None:
    commands = window_of_keys('[review]\nskip = ["S"]').commands

    assert commands["review.skip"].shortcut().toString() == "S"
    assert commands["review.similar"].shortcut().toString() == ""
    assert commands["review.flag"].shortcut().toString() == "F"


@pytest.mark.parametrize(
    "text",
    [
        "[review",
        '[review]\nskip = ["Foo+Z"]',
        "[a]\nb = []",
        '[review]\nflag = ["Y"]\nskip = ["Y"]',
    ],
)
def test_a_broken_key_map_is_said_and_the_usual_keys_used(window_of_keys, text: str) -> None:
    window = window_of_keys(text)

    assert "keymap.toml" in window.notices.notices[0].title
    assert window.commands["review.skip"].shortcut().toString() == "Space"
