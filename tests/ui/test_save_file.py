"""Asking where a file is to be written."""

from pathlib import Path

from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from histoviewer.ui.dialogs.save_file import ask_save_path
from tests.ui.file_dialogs import give_up, refuse_to_replace, then, type_name


def ask(qtbot: QtBot, folder: Path) -> Path | None:
    parent = QWidget()
    qtbot.addWidget(parent)
    proposed = folder / "first.onnx"
    return ask_save_path(
        parent, caption="Save", proposed=proposed, kind="ONNX (*.onnx)", suffix=".onnx"
    )


def test_a_name_gets_its_suffix(qtbot: QtBot, tmp_path: Path) -> None:
    then(type_name(tmp_path / "m"))

    assert ask(qtbot, tmp_path) == tmp_path / "m.onnx"


def test_a_name_with_another_suffix_is_asked_about_as_it_will_be_written(
    qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "m.v2.onnx").write_text("precious")
    names = []

    def accept() -> None:
        field = QApplication.activeModalWidget().findChild(QLineEdit)
        names.append(field.text())
        type_name(tmp_path / field.text())()

    then(type_name(tmp_path / "m.v2"), accept, refuse_to_replace("m.v2.onnx"), give_up)

    assert ask(qtbot, tmp_path) is None
    assert names == ["m.v2.onnx"]
