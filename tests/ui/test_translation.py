"""Every text of the window goes through Qt's translation, so that a language can be added.

A translator that marks each text takes the place of a language. What is shown without a mark never
asked for a translation.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QWidget,
)
from pytestqt.qtbot import QtBot

from histoviewer.services.opening import open_workspace
from histoviewer.ui.window import MainWindow
from tests.ui.conftest import PATIENCE_MS

Open = Callable[[Path], MainWindow]
_MARK = "\N{LEFT CORNER BRACKET}"
_END = "\N{RIGHT CORNER BRACKET}"
# What is data rather than text: numbers, ids, keys, names of readers and models, paths, tags.
_LETTERS = re.compile(r"[A-Za-z]{3,}")
_DATA = re.compile(
    r"HistoViewer|/\S+"  # our name; paths
    r"|[0-9a-f]{8,}\S*"  # ids of tiles, whole or shortened
    r"|slide-\d+|\btest\b|\bsmall\b|\bAda\b|\broot\b"  # groups, recipe, project, readers
)
_KEYS = re.compile(
    r"\b(?:Ctrl|Shift|Alt|Space|Del|Return|Enter|Esc|Home|End|PgUp|PgDown|Tab|Backspace|Left|Right|Up|Down)"
)


class Marker(QTranslator):
    """Translates every text into itself between brackets."""

    def translate(self, context: str, text: str, disambiguation: str = "", n: int = -1) -> str:
        return f"{_MARK}{text}{_END}" if text else ""

    def isEmpty(self) -> bool:
        return False


@pytest.fixture(autouse=True)
def marker(qapp: QApplication) -> Iterator[None]:
    translator = Marker()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


def texts_of(item: QObject) -> list[str]:
    """Return what a widget or an action shows or lets screen readers say."""
    found = []
    if isinstance(item, (QLabel, QAbstractButton, QAction)):
        found.append(item.text())
    if isinstance(item, (QGroupBox, QMenu)):
        found.append(item.title())
    if isinstance(item, QLineEdit):
        found.append(item.placeholderText())
    if isinstance(item, QComboBox):
        found += [item.itemText(place) for place in range(item.count())]
    if isinstance(item, QDialog):
        found.append(item.windowTitle())
    if isinstance(item, QWidget):
        found += [item.accessibleName(), item.toolTip()]
    return found


def is_plain(text: str) -> bool:
    """Return whether a text has words that no translation was asked for."""
    rest = re.sub(f"{_MARK}.*{_END}", "", text, flags=re.DOTALL)
    rest = _DATA.sub("", _KEYS.sub("", re.sub(r"<[^>]*>|&\w+;", "", rest)))
    return bool(_LETTERS.search(rest))


def untranslated(root: QWidget) -> set[tuple[str, str]]:
    """Return (class, text) of all that is shown without translation below a widget."""
    items = [root, *root.findChildren(QObject)]
    return {
        (type(item).__name__, text) for item in items for text in texts_of(item) if is_plain(text)
    }


@pytest.fixture
def window(open_window: Open, ranked_path: Path) -> MainWindow:
    with open_workspace(ranked_path, reader="Ada") as workspace:
        workspace.session.label([0, 1], 1)
    return open_window(ranked_path)


def test_every_text_of_the_window_is_translated(window: MainWindow, qtbot: QtBot) -> None:
    for name in window.pages.pages:
        window.pages.show_page(name)
        qtbot.waitUntil(lambda: not window.bench.is_busy, timeout=PATIENCE_MS)

    assert untranslated(window) == set()


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
def test_every_text_of_the_dialogs_is_translated(
    window: MainWindow, qtbot: QtBot, command: str
) -> None:
    window.commands[command].trigger()
    qtbot.waitUntil(lambda: bool(window.findChildren(QDialog)), timeout=PATIENCE_MS)

    for dialog in window.findChildren(QDialog):
        assert untranslated(dialog) == set()
        dialog.close()


def test_a_text_without_translation_is_noticed(qtbot: QtBot) -> None:
    bad = QLabel("Not for translation")
    qtbot.addWidget(bad)
    bad.setToolTip(bad.tr("Seen by the translator"))
    bad.setTextFormat(Qt.TextFormat.PlainText)

    assert untranslated(bad) == {("QLabel", "Not for translation")}
