"""What import found wrong with a data set can be read in the window."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from histoviewer.ui.dialogs.new_project import NewProjectDialog
from histoviewer.ui.dialogs.problems import ProblemsDialog
from histoviewer.ui.window import MainWindow
from tests.ui.acting import Open, dialog_of, wait


@pytest.fixture
def damaged(dataset: Path, tmp_path: Path) -> tuple[Path, str]:
    """A data set with one truncated file, and the id of that tile."""
    folder = Path(shutil.copytree(dataset, tmp_path / "tiles"))
    victim = min((folder / "train").iterdir())
    victim.write_bytes(victim.read_bytes()[:4000])
    return folder, victim.stem


def cells(dialog: ProblemsDialog) -> list[list[str]]:
    model = dialog.model
    return [
        [model.data(model.index(row, column)) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_problems_are_told_after_packing_and_shown(
    window: MainWindow, damaged: tuple[Path, str], qtbot: QtBot
) -> None:
    folder, tile = damaged
    window.opener.open(folder)
    dialog_of(window, NewProjectDialog, qtbot).accept()
    wait(qtbot, lambda: any("Problems" in note.title for note in window.notices.notices))
    (notice,) = window.notices.notices
    assert isinstance(notice.button, QPushButton)

    notice.button.click()

    dialog = dialog_of(window, ProblemsDialog, qtbot)
    assert notice.title == "Problems found in the data set: 1."
    assert [row[:2] for row in cells(dialog)] == [["unreadable", tile]]
    dialog.reject()


def test_a_sound_data_set_says_so(open_window: Open, project_path: Path, qtbot: QtBot) -> None:
    window = open_window(project_path)

    window.commands["project.problems"].trigger()

    dialog = dialog_of(window, ProblemsDialog, qtbot)
    assert (cells(dialog), dialog.lead.text()) == ([], "No problem was found in the data set.")
    dialog.reject()
