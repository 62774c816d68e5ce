"""Packing that was cancelled or has failed, and is begun again."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from histoviewer.services.importing import ImportOptions, create_project
from histoviewer.ui import operations
from histoviewer.ui.notices import Notice
from histoviewer.ui.window import MainWindow
from tests.operations import perform
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS, operation

TITLE = "The tiles are not packed."


@pytest.fixture
def unpacked_path(dataset: Path, tmp_path: Path) -> Path:
    """A project that has not been packed."""
    path = tmp_path / "unpacked.histo"
    made = create_project(dataset=dataset, path=path, options=ImportOptions())
    return perform(made)


def open_unpacked(open_window: Open, path: Path, body: str, monkeypatch) -> MainWindow:
    """Open a project whose first packing is a body of the tests."""
    with monkeypatch.context() as packing:
        packing.setattr(operations, "pack", lambda _: operation((body, None)))
        return open_window(path)


def notice_of(window: MainWindow, qtbot: QtBot) -> Notice:
    def found() -> list[Notice]:
        return [notice for notice in window.notices.notices if notice.title == TITLE]

    qtbot.waitUntil(lambda: bool(found()), timeout=PATIENCE_MS)
    return found()[0]


def wait_until_packed(window: MainWindow, qtbot: QtBot) -> None:
    train = window.commands["model.train"]
    qtbot.waitUntil(train.isEnabled, timeout=PATIENCE_MS)
    assert window.bench.workspace.packed is not None


def test_a_cancelled_packing_is_begun_again_from_the_notice(
    open_window: Open, unpacked_path: Path, qtbot: QtBot, monkeypatch
) -> None:
    window = open_unpacked(open_window, unpacked_path, "until_cancelled", monkeypatch)
    train = window.commands["model.train"]
    assert "still being packed" in train.toolTip()
    window.bench.files.cancel()
    notice = notice_of(window, qtbot)
    qtbot.waitUntil(lambda: "not packed" in train.toolTip(), timeout=PATIENCE_MS)

    notice.button.click()

    assert "still being packed" in train.toolTip()
    wait_until_packed(window, qtbot)


def test_a_failed_packing_is_begun_again_by_the_command(
    open_window: Open, unpacked_path: Path, qtbot: QtBot, monkeypatch
) -> None:
    window = open_unpacked(open_window, unpacked_path, "wrong_input", monkeypatch)
    notice_of(window, qtbot)
    pack = window.commands["project.pack"]
    qtbot.waitUntil(pack.isEnabled, timeout=PATIENCE_MS)

    pack.trigger()

    assert TITLE not in [notice.title for notice in window.notices.notices]
    wait_until_packed(window, qtbot)
    assert not pack.isEnabled()


def test_closing_a_project_that_is_being_packed_says_nothing(
    open_window: Open, unpacked_path: Path, qtbot: QtBot, monkeypatch
) -> None:
    window = open_unpacked(open_window, unpacked_path, "until_cancelled", monkeypatch)

    with qtbot.waitSignal(window.bench.became_idle, timeout=PATIENCE_MS):
        window.commands["project.close"].trigger()

    assert window.notices.notices == []
