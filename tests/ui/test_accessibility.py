"""Every control has a name for screen readers and can be reached by the keyboard."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from histoviewer.services.opening import open_workspace
from histoviewer.ui.dialogs.palette import CommandPalette
from histoviewer.ui.review.grid import TileGrid
from histoviewer.ui.window import MainWindow
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS

_CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    TileGrid,
)


def controls(root: QWidget) -> list[QWidget]:
    """Return what a reader can use now: shown, enabled, and no part of another control."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if isinstance(widget, _CONTROLS)
        and not isinstance(widget, (QScrollBar, QHeaderView))
        and widget.isVisibleTo(root)
        and widget.isEnabled()
        and not isinstance(widget.parent(), _CONTROLS)
        and not widget.objectName().startswith("qt_")
    ]


def name_of(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name)


def is_reachable(widget: QWidget) -> bool:
    """Return whether Tab stops here, or the same command is in a menu."""
    if isinstance(widget, QToolButton) and widget.defaultAction() is not None:
        return True
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    if group is not None and group.exclusive():  # Tab stops at the chosen one, arrows go on
        return True
    if isinstance(
        widget.window(), CommandPalette
    ):  # the field above the list hands the arrows on to it
        return isinstance(widget, (QLineEdit, QAbstractItemView))
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def faults(root: QWidget) -> list[tuple[str, str, str]]:
    found = []
    for widget in controls(root):
        words = (type(widget).__name__, widget.objectName(), getattr(widget, "text", str)())
        if not name_of(widget):
            found.append(("no name", *words[:2]))
        if not is_reachable(widget):
            found.append(("no keyboard", *words[::2]))
    return found


def shown_dialogs(window: MainWindow) -> list[QDialog]:
    return [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]


@pytest.fixture
def window(open_window: Open, ranked_path: Path) -> MainWindow:
    for reader, label in (("Ada", 1), ("Ben", 0)):
        with open_workspace(ranked_path, reader=reader) as workspace:
            workspace.session.label([0, 1], label)
    return open_window(ranked_path)


def test_every_control_of_every_page_has_a_name_and_can_be_reached(
    window: MainWindow, qtbot: QtBot
) -> None:
    found = {}
    for name in window.pages.pages:
        window.pages.show_page(name)
        found[name] = faults(window)

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_the_welcome_page_has_names_and_can_be_reached(window: MainWindow) -> None:
    window.opener.close_project()

    assert faults(window) == []


@pytest.mark.parametrize(
    "command",
    [
        "model.train",
        "project.export",
        "project.export-verdicts",
        "help.keys",
        "project.problems",
        "edit.palette",
    ],
)
def test_every_control_of_the_dialogs_has_a_name_and_can_be_reached(
    window: MainWindow, qtbot: QtBot, command: str
) -> None:
    window.commands[command].trigger()
    qtbot.waitUntil(lambda: bool(shown_dialogs(window)), timeout=PATIENCE_MS)

    (dialog,) = shown_dialogs(window)
    found = faults(dialog)
    dialog.close()

    assert found == []
