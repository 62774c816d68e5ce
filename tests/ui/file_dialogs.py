"""Answers to the file dialogs of Qt, which wait in an event loop of their own."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox


def then(*acts: Callable[[], None]) -> None:
    """Do one thing after the other, each in the event loop that the one before it began."""
    if acts:
        QTimer.singleShot(0, lambda: (then(*acts[1:]), acts[0]()))


def type_name(name: object) -> Callable[[], None]:
    """Return what types a name into the file dialog that is open, and Enter."""

    def act() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        field = dialog.findChild(QLineEdit)
        assert field is not None
        field.setText(str(name))
        QTest.keyClick(field, Qt.Key.Key_Return)

    return act


def refuse_to_replace(name: str) -> Callable[[], None]:
    """Return what says No to the question whether a file is to be replaced."""

    def act() -> None:
        question = QApplication.activeModalWidget()
        assert isinstance(question, QMessageBox)
        assert name in question.text()
        question.button(QMessageBox.StandardButton.No).click()

    return act


def give_up() -> None:
    """Close the file dialog that is open."""
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    dialog.reject()
