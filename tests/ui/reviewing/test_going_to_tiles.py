"""Going to a tile by its id or its place, hidden by a filter or not."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from histoviewer.services.reviewing import ReviewSession
from histoviewer.ui.dialogs.go_to_tile import GoToTileDialog
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.window import MainWindow
from tests.ui.acting import dialog_of, press

CTRL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


def ask(opened: MainWindow, qtbot: QtBot, text: str) -> tuple[GoToTileDialog, QLineEdit]:
    press(qtbot, opened, Key.Key_G, modifier=CTRL)
    dialog = dialog_of(opened, GoToTileDialog, qtbot)
    assert isinstance(dialog, GoToTileDialog)
    qtbot.keyClicks(dialog.tile, text)
    return dialog, dialog.tile


@pytest.mark.parametrize("ending", ["", ".png", "  "])
def test_a_tile_is_gone_to_by_its_id(
    opened: MainWindow, page: ReviewPage, session: ReviewSession, qtbot: QtBot, ending: str
) -> None:
    _, field = ask(opened, qtbot, session.tiles.ids[40] + ending)

    qtbot.keyClick(field, Key.Key_Return)

    assert page.grid.current == 40


def test_a_tile_is_gone_to_by_its_place(opened: MainWindow, page: ReviewPage, qtbot: QtBot) -> None:
    _, field = ask(opened, qtbot, "#72")

    qtbot.keyClick(field, Key.Key_Return)

    assert page.grid.current == page.grid.order[-1]


def test_the_tile_that_was_named_is_gone_to_though_the_order_is_another_by_now(
    opened: MainWindow, page: ReviewPage, session: ReviewSession, qtbot: QtBot
) -> None:
    tile = int(page.grid.order[10])
    _, field = ask(opened, qtbot, session.tiles.ids[tile])
    page.grid.set_order(page.grid.order[::-1].copy())  # as when another model begins to rank

    qtbot.keyClick(field, Key.Key_Return)

    assert page.grid.current == tile


@pytest.mark.parametrize(
    ("text", "fault"), [("nobody", "No tile has this id"), ("#73", "#1 to #72"), ("", "Give")]
)
def test_what_is_not_there_is_named(
    opened: MainWindow, page: ReviewPage, qtbot: QtBot, text: str, fault: str
) -> None:
    tile = page.grid.current
    dialog, field = ask(opened, qtbot, text)

    qtbot.keyClick(field, Key.Key_Return)

    assert fault in dialog.fault
    assert page.grid.current == tile
    dialog.reject()


def test_tiles_that_a_filter_hides_are_shown_where_somebody_asks_for_them(
    page: ReviewPage, session: ReviewSession
) -> None:
    page.grid.go_to_place(0)
    tile = int(page.grid.order[-1])
    page.filters.scores.low.setValue(0.9)
    hidden = tile not in page.grid.order

    page.show_tiles(np.array([tile]))

    assert hidden
    assert page.grid.current == tile
