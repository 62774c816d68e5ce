"""Every key of the review page in the real window, and what else its commands do there."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED
from histoviewer.project.project import Project
from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.commands.command import Target
from histoviewer.ui.commands.table import COMMANDS
from histoviewer.ui.dialogs.cheat_sheet import CheatSheet
from histoviewer.ui.keymap import KeyMap
from histoviewer.ui.review.look import CentreSquare
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.tile_menu import TileMenu
from histoviewer.ui.window import MainWindow
from tests.ui.acting import Open, dialog_of, press, wait

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


# -- verdicts


@pytest.mark.parametrize(
    ("key", "done"),
    [
        (Key.Key_1, lambda session, tile: session.states.decided[tile] == POSITIVE),
        (Key.Key_0, lambda session, tile: session.states.decided[tile] == NEGATIVE),
        (
            Key.Key_A,
            lambda session, tile: session.states.decided[tile] == session.predicted([tile])[0],
        ),
        (
            Key.Key_X,
            lambda session, tile: session.states.decided[tile] == 1 - session.predicted([tile])[0],
        ),
        (Key.Key_Space, lambda session, tile: session.states.skipped[tile]),
        (Key.Key_F, lambda session, tile: session.states.flagged[tile]),
    ],
)
def test_a_verdict_key_judges_the_current_tile_and_undo_takes_it_back(
    opened: MainWindow,
    page: ReviewPage,
    session: ReviewSession,
    qtbot: QtBot,
    key: Qt.Key,
    done: Callable[[ReviewSession, int], bool],
) -> None:
    tile = page.grid.current
    assert tile is not None

    press(qtbot, opened, key)
    is_done = done(session, tile)
    press(qtbot, opened, Key.Key_Z, modifier=CTRL)

    assert is_done
    assert not session.log.undoable
    assert page.grid.current == tile


def test_delete_clears_and_a_redone_step_comes_back(
    opened: MainWindow, page: ReviewPage, session: ReviewSession, qtbot: QtBot
) -> None:
    tile = page.grid.current
    press(qtbot, opened, Key.Key_1)
    page.grid.go_to(tile)
    press(qtbot, opened, Key.Key_Delete)
    cleared = session.states.decided[tile]
    press(qtbot, opened, Key.Key_Z, modifier=CTRL)
    undone = session.states.decided[tile]
    press(qtbot, opened, Key.Key_Z, modifier=CTRL | SHIFT)

    assert (cleared, undone, session.states.decided[tile]) == (UNLABELLED, POSITIVE, UNLABELLED)


# -- moving and selecting


def test_next_and_previous_undecided_pass_over_the_decided(
    opened: MainWindow, page: ReviewPage, session: ReviewSession, qtbot: QtBot
) -> None:
    session.label(page.grid.order[1:3], POSITIVE)
    order = page.grid.order

    press(qtbot, opened, Key.Key_N)
    after = page.grid.current
    press(qtbot, opened, Key.Key_N, modifier=SHIFT)

    assert (after, page.grid.current) == (order[3], order[0])


def test_previous_undecided_goes_round_at_the_start(
    opened: MainWindow, page: ReviewPage, qtbot: QtBot
) -> None:
    press(qtbot, opened, Key.Key_N, modifier=SHIFT)

    assert page.grid.current == page.grid.order[-1]


def test_selection_keys_and_the_count_beside_the_verdicts(
    opened: MainWindow, page: ReviewPage, qtbot: QtBot
) -> None:
    counts = []
    for key in (Key.Key_A, Key.Key_D, Key.Key_I):
        press(qtbot, opened, key, modifier=CTRL)
        counts.append((page.grid.selection.count, opened.verdicts.targets.text()))

    assert counts == [(72, "72 tiles:"), (0, ""), (72, "72 tiles:")]


def test_the_group_of_the_current_tile_is_selected(
    opened: MainWindow, page: ReviewPage, session: ReviewSession, qtbot: QtBot
) -> None:
    tile = page.grid.current
    press(qtbot, opened, Key.Key_A, modifier=CTRL | SHIFT)

    groups = session.tiles.groups
    shown = page.grid.order[groups[page.grid.order] == groups[tile]]
    assert len(shown) > 1
    assert (page.grid.selection.tiles().tolist(), page.grid.current) == (shown.tolist(), tile)


def test_the_count_is_that_of_the_page_that_is_shown(opened: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, opened, Key.Key_A, modifier=CTRL)
    opened.pages.show_page("readers")
    there = opened.verdicts.targets.text()
    opened.pages.show_page("review")

    assert (there, opened.verdicts.targets.text()) == ("", "72 tiles:")


def test_the_large_view_judges_one_tile_and_says_so(
    opened: MainWindow, page: ReviewPage, qtbot: QtBot
) -> None:
    press(qtbot, opened, Key.Key_A, modifier=CTRL)

    press(qtbot, opened, Key.Key_Return)

    assert page.is_large
    assert opened.verdicts.targets.text() == ""


def test_the_verdict_buttons_show_names_where_there_is_room(
    opened: MainWindow, qtbot: QtBot
) -> None:
    first, texts = opened.verdicts.buttons[0], []
    for width in (1600, 1024):
        opened.resize(width, 700)
        qtbot.waitUntil(lambda width=width: opened.width() == width)
        texts.append(first.text())

    assert texts == ["Positive   1", "1"]
    assert first.accessibleName().startswith("Label positive")


def test_copied_ids_stand_one_a_line(opened: MainWindow, page: ReviewPage, qtbot: QtBot) -> None:
    page.grid.choose(page.grid.order[:2])

    press(qtbot, opened, Key.Key_C, modifier=CTRL)

    ids = opened.bench.workspace.session.tiles.ids
    copied = QGuiApplication.clipboard().text().split("\n")
    assert copied == [ids[tile] for tile in page.grid.order[:2]]


def test_the_centre_square_has_a_key(opened: MainWindow, page: ReviewPage, qtbot: QtBot) -> None:
    press(qtbot, opened, Key.Key_C)

    assert page.current.look.centre is CentreSquare.BOX


def test_advancing_and_blind_are_shown_as_they_are(
    opened: MainWindow, page: ReviewPage, session: ReviewSession, qtbot: QtBot
) -> None:
    blind = opened.commands["review.blind"]
    press(qtbot, opened, Key.Key_B)
    on = blind.isChecked(), session.blind, opened.commands["review.agree"].isEnabled()
    press(qtbot, opened, Key.Key_B)

    assert on == (True, True, False)
    assert (blind.isChecked(), session.blind) == (False, False)
    assert opened.commands["review.agree"].isEnabled()


# -- the context menu


def send_menu_event(widget: QWidget, reason: QContextMenuEvent.Reason, pos: QPoint) -> None:
    """Ask for a menu as the platform does: by a right click, or by the key for menus."""
    QApplication.sendEvent(widget, QContextMenuEvent(reason, pos, widget.mapToGlobal(pos)))


def test_a_right_click_asks_the_tile_for_its_menu(
    opened: MainWindow, page: ReviewPage, session: ReviewSession, qtbot: QtBot
) -> None:
    geometry = page.grid.geometry_now()
    middle = QPoint(*geometry.origin(2)) + QPoint(geometry.pitch // 2, geometry.pitch // 2)
    send_menu_event(page.grid.viewport(), QContextMenuEvent.Reason.Mouse, middle)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, TileMenu)

    qtbot.keyClick(menu, Key.Key_Down)
    qtbot.keyClick(menu, Key.Key_Return)

    assert session.states.decided[page.grid.order[2]] == POSITIVE


def test_the_menu_key_opens_it_too(opened: MainWindow, page: ReviewPage, qtbot: QtBot) -> None:
    send_menu_event(page.grid.viewport(), QContextMenuEvent.Reason.Keyboard, QPoint())
    menu = QApplication.activePopupWidget()

    assert isinstance(menu, QMenu)
    shown = {action.objectName() for action in menu.actions() if not action.isSeparator()}
    assert shown == {command.id for command in COMMANDS if command.on_tile}
    menu.close()


# -- commands that cannot be used


def test_steps_are_taken_back_on_every_page(
    opened: MainWindow, session: ReviewSession, qtbot: QtBot
) -> None:
    press(qtbot, opened, Key.Key_A, modifier=CTRL)
    press(qtbot, opened, Key.Key_F)

    for page_id in opened.pages.pages:
        opened.pages.show_page(page_id)
        opened.commands["edit.undo"].trigger()
        undone = session.states.flagged.sum(), opened.commands["edit.redo"].text()
        opened.commands["edit.redo"].trigger()
        redone = session.states.flagged.sum(), opened.commands["edit.undo"].text()
        assert (undone, redone) == ((0, "&Redo flag 72 tiles"), (72, "&Undo flag 72 tiles"))


def test_a_command_that_a_page_lacks_is_off_and_says_so(opened: MainWindow) -> None:
    for page_id, page in opened.pages.pages.items():
        opened.pages.show_page(page_id)
        for command in COMMANDS:
            if command.target is Target.PAGE and not hasattr(page, command.method):
                action = opened.commands[command.id]
                assert not action.isEnabled()
                assert "review page" in action.toolTip()


def test_a_project_that_is_read_only_takes_no_verdict(
    opened: MainWindow, session: ReviewSession, qtbot: QtBot
) -> None:
    session.read_only = True
    opened._refresh_commands()

    press(qtbot, opened, Key.Key_1)

    assert len(session.log.batches) == 0
    assert "reading only" in opened.commands["review.positive"].toolTip()
    assert opened.commands["edit.select-all"].isEnabled()


# -- across restarts


def test_steps_can_be_redone_in_the_next_session(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    window = open_window(ranked_path)
    press(qtbot, window, Key.Key_A, modifier=CTRL)
    press(qtbot, window, Key.Key_F)
    press(qtbot, window, Key.Key_Backspace)
    window.opener.close_project()
    wait(qtbot, lambda: window.bench.workspace is None and window.welcome.isVisible())

    open_window(ranked_path)
    texts = window.commands["edit.undo"].text(), window.commands["edit.redo"].text()
    window.commands["edit.redo"].trigger()

    assert texts == ("&Undo", "&Redo flag 72 tiles")
    assert window.bench.workspace.session.states.flagged.all()


def test_the_view_of_a_project_comes_back_in_the_window(
    open_window: Open, ranked_path: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    other = Path(shutil.copytree(ranked_path, tmp_path / "other.histo"))
    window = open_window(ranked_path)
    page = window.pages.current
    press(qtbot, window, Key.Key_B)
    page.grid.set_tile_size(200)
    page.grid.verticalScrollBar().setValue(777)
    order = page.grid.order.tolist()
    window.opener.open(other)
    wait(qtbot, lambda: window.windowTitle().startswith("other"))
    plain = page.blind.is_on

    window.opener.open(ranked_path)
    wait(qtbot, lambda: window.windowTitle().startswith("small"))

    assert (plain, page.blind.is_on) == (False, True)
    assert page.grid.order.tolist() == order
    assert page.grid.verticalScrollBar().value() == 777


# -- the cheat sheet


def test_the_cheat_sheet_has_every_key(opened: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, opened, Key.Key_Question)
    sheet = dialog_of(opened, CheatSheet, qtbot)
    assert isinstance(sheet, CheatSheet)

    keymap = KeyMap.load()
    wanted = {keymap.shown(command.id) for command in COMMANDS} - {""}
    assert wanted <= set(sheet.keys)
    sheet.close()


def test_a_blind_verdict_is_marked_on_the_disk(
    opened: MainWindow, ranked_path: Path, qtbot: QtBot
) -> None:
    press(qtbot, opened, Key.Key_B)

    with qtbot.waitSignal(opened.saver.saved):
        press(qtbot, opened, Key.Key_1)

    with Project.open(ranked_path, read_only=True) as project:
        batch = project.read_log().batches[-1]
    assert (batch.mode.name, batch.model) == ("BLIND", None)
    assert np.isnan(batch.scores).all()
