"""The command palette in the real window."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import POSITIVE
from histoviewer.domain.tiles import Split
from histoviewer.ui.dialogs.palette import CommandPalette
from histoviewer.ui.palette_entries import Entry, find
from histoviewer.ui.window import MainWindow
from tests.ui.acting import Open, press, wait

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def opened(open_window: Open, ranked_path: Path) -> MainWindow:
    return open_window(ranked_path)


def ask(window: MainWindow, qtbot: QtBot, pattern: str = "") -> CommandPalette:
    """Open the palette with its key and type."""
    press(qtbot, window, Qt.Key.Key_K, modifier=CTRL)
    palette = window.finder.palette
    assert palette.isVisible()
    qtbot.keyClicks(palette.edit, pattern)
    return palette


def titles(palette: CommandPalette) -> list[str]:
    return [entry.title for entry in palette.shown]


def test_a_few_letters_and_enter_do_a_command(opened: MainWindow, qtbot: QtBot) -> None:
    page, session = opened.pages.current, opened.bench.workspace.session
    tile = page.grid.current
    palette = ask(opened, qtbot, "labpos")

    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)

    assert not palette.isVisible()
    assert session.states.decided[tile] == POSITIVE


def test_every_command_is_offered_but_the_palette_itself(opened: MainWindow, qtbot: QtBot) -> None:
    palette = ask(opened, qtbot)

    ids = {entry.id for entry in palette.shown if ":" not in entry.id}
    assert ids == {action.objectName() for action in opened.commands.all()} - {"edit.palette"}


def test_arrows_choose_and_go_round(opened: MainWindow, qtbot: QtBot) -> None:
    palette = ask(opened, qtbot, "undecided")
    rows = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up):
        qtbot.keyClick(palette.edit, key)
        rows.append(palette.list.currentIndex().row())

    assert rows == [1, 0, len(palette.shown) - 1]
    assert palette.edit.hasFocus()


def test_what_cannot_be_used_says_why_and_does_nothing(opened: MainWindow, qtbot: QtBot) -> None:
    palette = ask(opened, qtbot, "retrain")
    entry = palette.shown[0]

    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)

    assert (entry.id, "No verdict waits" in entry.reason) == ("model.retrain", True)
    assert "No verdict waits" in palette.edit.accessibleDescription()
    assert palette.isVisible()
    assert not opened.bench.is_busy


def test_the_key_is_shown(opened: MainWindow, qtbot: QtBot) -> None:
    palette = ask(opened, qtbot, "blind")

    assert (palette.shown[0].id, palette.shown[0].key) == ("review.blind", "B")


def test_escape_leaves_everything_as_it_was(opened: MainWindow, qtbot: QtBot) -> None:
    palette = ask(opened, qtbot, "flag")

    qtbot.keyClick(palette.edit, Qt.Key.Key_Escape)

    assert not palette.isVisible()
    assert len(opened.bench.workspace.session.log.batches) == 0
    assert opened.focusWidget() is opened.pages.current.grid


def test_a_recent_project_is_offered_by_name(opened: MainWindow, qtbot: QtBot) -> None:
    palette = ask(opened, qtbot, "small")

    wait(qtbot, lambda: "small" in titles(palette))
    assert palette.shown[titles(palette).index("small")].section == "Recent project"


def test_a_page_is_offered_and_gone_to(opened: MainWindow, qtbot: QtBot) -> None:
    palette = ask(opened, qtbot, "page review")

    assert (palette.shown[0].id, palette.shown[0].section) == ("page.review", "Page")


def test_a_saved_view_is_offered_and_shown(opened: MainWindow, qtbot: QtBot) -> None:
    page = opened.pages.current
    page.filters.split.choose(Split.TEST)
    page.filters.views.saved.emit("Those of the test")
    wait(qtbot, lambda: page.view_names == ["Those of the test"])
    page.filters.show_all()
    palette = ask(opened, qtbot, "those")

    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)

    wait(qtbot, lambda: len(page.grid.order) == 12)
    assert page.filters.query.split is Split.TEST


def test_a_click_does_a_command(opened: MainWindow, qtbot: QtBot) -> None:
    palette = ask(opened, qtbot, "flag for")
    first = palette.list.visualRect(palette.list.currentIndex()).center()

    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=first)

    assert opened.bench.workspace.session.states.flagged.sum() == 1


def test_nothing_found_is_said(opened: MainWindow, qtbot: QtBot) -> None:
    palette = ask(opened, qtbot, "qqqq")
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)

    assert palette.nothing.isVisible()
    assert palette.isVisible()


def test_it_opens_on_the_welcome_page_too(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window.welcome, Qt.Key.Key_K, CTRL)
    palette = window.finder.palette
    qtbot.keyClicks(palette.edit, "train")

    assert palette.shown[0].reason == "Open a project first."
    palette.close()
    assert QApplication.activePopupWidget() is None


def entry(entry_id: str, title: str, reason: str = "") -> Entry:
    return Entry(id=entry_id, section="Review", title=title, reason=reason, run=lambda: None)


def test_of_two_alike_that_which_can_be_used_comes_first() -> None:
    both = [entry("a", "Score", reason="Train first."), entry("b", "Score!")]

    assert [found.entry.id for found in find("score", both, [])] == ["b", "a"]


def test_what_was_used_last_comes_first_where_nothing_is_typed() -> None:
    entries = [entry("a", "One"), entry("b", "Two"), entry("c", "Three")]

    assert [found.entry.id for found in find("", entries, ["c", "b"])] == ["c", "b", "a"]


def test_an_entry_is_found_by_its_section_behind_those_found_by_title() -> None:
    entries = [entry("a", "Skip"), entry("b", "Review all")]

    assert [found.entry.id for found in find("review", entries, [])] == ["b", "a"]
