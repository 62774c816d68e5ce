"""Every text of the window goes through Qt's translation, so that a language can be added.

A translator that marks each text takes the place of a language. It knows what lupdate finds in the
code, as a language does. What is shown without a mark never asked for a translation, or asked for
one that no language can have.
"""

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLibraryInfo, QObject, Qt, QTranslator
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

from histoviewer.domain.tiles import ProblemKind
from histoviewer.services.opening import open_workspace
from histoviewer.ui.window import MainWindow
from tests.ui import linguist
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS

_MARK = "\N{LEFT CORNER BRACKET}"
_END = "\N{RIGHT CORNER BRACKET}"
# What is data rather than text: numbers, ids, keys, names of readers and models, paths, tags.
_LETTERS = re.compile(r"[A-Za-z]{3,}")
_DATA = re.compile(
    r"HistoViewer|/\S+"  # our name; paths
    r"|[0-9a-f]{8,}\S*"  # ids of tiles, whole or shortened
    r"|slide-\d+|\btest\b|\bsmall\b|\bAda\b|\broot\b"  # groups, recipe, project, readers
    r"|\bEnglish\b"  # languages are called as they call themselves
)
_KEYS = re.compile(
    r"\b(?:Ctrl|Shift|Alt|Space|Del|Return|Enter|Esc|Home|End|PgUp|PgDown|Tab|Backspace|Left|Right|Up|Down)"
)


class Marker(QTranslator):
    """Translates every text of ours and of Qt into itself between brackets."""

    def __init__(self, texts: Collection[linguist.Text]) -> None:
        super().__init__()
        self._texts = texts
        self._qt = QTranslator(self)  # any language tells which texts are Qt's own
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        assert self._qt.load("qtbase_de", folder)

    def translate(
        self, context: str, text: str, disambiguation: str = "", n: int = -1
    ) -> str | None:
        is_known = (context, text) in self._texts or self._qt.translate(context, text)
        return f"{_MARK}{text}{_END}" if is_known else None

    def isEmpty(self) -> bool:
        return False


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> set[linguist.Text]:
    return linguist.extract(tmp_path_factory.mktemp("texts") / "all.ts")


@pytest.fixture(autouse=True)
def marker(qapp: QApplication, extracted: set[linguist.Text]) -> Iterator[None]:
    translator = Marker(extracted)
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
    bad.setToolTip(bad.tr("Asked for, and known to no language"))
    bad.setTextFormat(Qt.TextFormat.PlainText)

    assert {text for _, text in untranslated(bad)} == {bad.text(), bad.toolTip()}


def texts_asked_for(node: ast.AST, within: str = "") -> Iterator[tuple[object, object]]:
    """Yield (context, text) of each call that asks for a translation or marks a text."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Call(func=ast.Attribute(attr="tr"), args=[ast.Constant(text), *_]):
                yield within, text
            case ast.Call(func=ast.Attribute(attr="tr")):
                yield within, None
            case ast.Call(
                func=ast.Name("translate" | "QT_TRANSLATE_NOOP"),
                args=[ast.Constant(context), ast.Constant(text)],
            ):
                yield context, text
        yield from texts_asked_for(child, child.name if isinstance(child, ast.ClassDef) else within)


def test_lupdate_finds_every_text_of_the_code(extracted: set[linguist.Text]) -> None:
    modules = (linguist.CHECKOUT / "histoviewer" / "ui").rglob("*.py")
    asked = {
        (module.name, context, text)
        for module in modules
        for context, text in texts_asked_for(ast.parse(module.read_text(encoding="utf-8")))
    }

    assert len(asked) > 500
    assert {entry for entry in asked if entry[1:] not in extracted} == set()


def said_by_jobs(tree: ast.AST) -> Iterator[object]:
    """Yield phases and units of the progress that jobs tell of."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="phase" | "unit", value=ast.Constant(word)):
                yield word


def test_what_jobs_do_and_count_has_translations(extracted: set[linguist.Text]) -> None:
    modules = (linguist.CHECKOUT / "histoviewer").rglob("*.py")
    trees = [ast.parse(module.read_text(encoding="utf-8")) for module in modules]
    words = {word for tree in trees for word in said_by_jobs(tree)} | {"tiles"}

    assert {word for word in words if ("jobs", word) not in extracted} == set()


def test_each_kind_of_problem_has_a_translation(extracted: set[linguist.Text]) -> None:
    assert {kind for kind in ProblemKind if ("problems", kind.value) not in extracted} == set()
