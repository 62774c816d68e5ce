"""The first page."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from histoviewer.ui.remembering import RecentProject
from histoviewer.ui.theme import Mode, Theme
from histoviewer.ui.welcome import WelcomePage

WHEN = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


def recent(path: str) -> RecentProject:
    return RecentProject(path=Path(path), changed=WHEN)


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
    page.show_recent([recent("/a/one.histo"), recent("/b/two.histo")])
    view = page.recent.list
    place = view.visualItemRect(view.item(1)).center()

    with qtbot.waitSignal(page.path_chosen) as chosen:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert chosen.args == [Path("/b/two.histo")]


def test_a_recent_project_says_where_it_is_and_when_it_changed(page: WelcomePage) -> None:
    page.show_recent([recent("/a/one.histo")])

    text = page.recent.list.item(0).text()

    assert text.startswith("one   ·")
    assert str(WHEN.astimezone().year % 100) in text
    assert text.endswith("/a")


def test_a_project_that_is_gone_says_so_and_can_be_taken_off(
    qtbot: QtBot, page: WelcomePage
) -> None:
    page.show_recent([RecentProject(path=Path("/a/gone.histo"), changed=None)])
    page.show()
    page.activateWindow()
    view = page.recent.list
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    view.setCurrentRow(0)
    assert "not found" in view.item(0).text()

    with qtbot.waitSignal(page.forget_asked) as forgotten:
        qtbot.keyClick(view, Qt.Key.Key_Delete)

    assert forgotten.args == [Path("/a/gone.histo")]


def test_recent_projects_stay_when_the_theme_changes(page: WelcomePage, theme: Theme) -> None:
    page.show_recent([recent("/a/one.histo")])

    theme.set_mode(Mode.DARK)

    assert page.recent_paths == [Path("/a/one.histo")]


def test_without_recent_projects_the_page_says_so(page: WelcomePage) -> None:
    assert page.recent.list.isHidden()
    assert not page.recent._none.isHidden()


def test_a_dropped_folder_is_opened(qtbot: QtBot, page: WelcomePage, tmp_path: Path) -> None:
    with qtbot.waitSignal(page.path_chosen) as chosen:
        drop(page, QUrl.fromLocalFile(str(tmp_path)))

    assert chosen.args == [tmp_path]


def test_what_is_no_single_folder_is_not_opened(qtbot: QtBot, page: WelcomePage) -> None:
    with qtbot.assertNotEmitted(page.path_chosen):
        drop(page, QUrl("https://example.org/"))
        drop(page, QUrl.fromLocalFile("/a"), QUrl.fromLocalFile("/b"))
