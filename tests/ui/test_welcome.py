"""The first page."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from histoviewer.ui.theme import Mode, Theme
from histoviewer.ui.welcome import WelcomePage


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> WelcomePage:
    actions = [QAction("&Open folder…"), QAction("&Demo")]
    made = WelcomePage(actions, theme=theme)
    made.actions_kept = actions
    qtbot.addWidget(made)
    return made


def drop(page: WelcomePage, *urls: QUrl) -> None:
    mime = QMimeData()
    mime.setUrls(list(urls))
    event = QDropEvent(
        QPointF(1, 1),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    page.dropEvent(event)


def test_buttons_start_their_commands(qtbot: QtBot, page: WelcomePage) -> None:
    button = next(b for b in page.findChildren(QPushButton) if b.text() == "Demo")

    with qtbot.waitSignal(page.actions_kept[1].triggered):
        button.click()


def test_a_recent_project_is_opened_by_a_click(qtbot: QtBot, page: WelcomePage) -> None:
    page.show_recent([Path("/a/one.histo"), Path("/b/two.histo")])

    with qtbot.waitSignal(page.path_chosen) as chosen:
        page._recent.itemClicked.emit(page._recent.item(1))

    assert chosen.args == [Path("/b/two.histo")]


def test_recent_projects_stay_when_the_theme_changes(page: WelcomePage, theme: Theme) -> None:
    page.show_recent([Path("/a/one.histo")])

    theme.set_mode(Mode.DARK)

    assert page.recent_paths == [Path("/a/one.histo")]


def test_without_recent_projects_the_page_says_so(page: WelcomePage) -> None:
    assert page._recent.isHidden()
    assert not page._no_recent.isHidden()


def test_a_dropped_folder_is_opened(qtbot: QtBot, page: WelcomePage, tmp_path: Path) -> None:
    with qtbot.waitSignal(page.path_chosen) as chosen:
        drop(page, QUrl.fromLocalFile(str(tmp_path)))

    assert chosen.args == [tmp_path]


def test_what_is_no_single_folder_is_not_opened(qtbot: QtBot, page: WelcomePage) -> None:
    with qtbot.assertNotEmitted(page.path_chosen):
        drop(page, QUrl("https://example.org/"))
        drop(page, QUrl.fromLocalFile("/a"), QUrl.fromLocalFile("/b"))
