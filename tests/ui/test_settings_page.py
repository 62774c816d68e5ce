"""The settings page: every change is in force at once, and on the disk."""

import errno
import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from histoviewer.settings import keymap_file, load_settings, settings_file
from histoviewer.ui import preferences
from histoviewer.ui.settings.key_table import COMMAND
from histoviewer.ui.settings.page import SettingsPage
from histoviewer.ui.window import MainWindow
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> SettingsPage:
    """The page in the real window, reached by its key."""
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.pages.current_id == "settings")
    found = window.pages.current
    assert isinstance(found, SettingsPage)
    return found


def wait(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=PATIENCE_MS)


def assign(page: SettingsPage, qtbot: QtBot, command: str, key: Qt.Key) -> None:
    """Choose a command, press a key in the field, and press Set."""
    page.keys.choose(command)
    qtbot.keyClick(page.keys.capture, key)
    qtbot.mouseClick(page.keys.set, Qt.MouseButton.LeftButton)


def test_colours_change_at_once_and_are_kept(page: SettingsPage, window, qtbot: QtBot) -> None:
    page.theme.setFocus()

    qtbot.keyClick(page.theme, Qt.Key.Key_End)
    page.theme.activated.emit(page.theme.currentIndex())

    assert window._theme.is_dark
    wait(qtbot, lambda: load_settings().settings.theme == "dark")


def test_all_text_grows_at_once(page: SettingsPage, window, qtbot: QtBot, qapp) -> None:
    before = window.menuBar().fontMetrics().height(), window.status._label.fontMetrics().height()
    heading = page.findChild(type(window.front._title))
    head = heading.fontMetrics().height()

    page.text_size.setValue(150)

    after = window.menuBar().fontMetrics().height(), window.status._label.fontMetrics().height()
    assert all(new > old * 1.3 for new, old in zip(after, before, strict=True))
    assert heading.fontMetrics().height() > head * 1.3
    wait(qtbot, lambda: load_settings().settings.text_percent == 150)
    page.text_size.setValue(100)


def test_a_key_is_captured_set_in_force_and_written(
    page: SettingsPage, window: MainWindow, qtbot: QtBot
) -> None:
    assign(page, qtbot, "review.flag", Qt.Key.Key_Y)

    assert window.commands["review.flag"].shortcut().toString() == "Y"
    wait(qtbot, keymap_file().exists)
    assert tomllib.loads(keymap_file().read_text()) == {"review": {"flag": ["Y"]}}


def test_the_new_key_gives_the_verdict(open_window: Open, project_path: Path, qtbot: QtBot) -> None:
    window = open_window(project_path)
    page = window.pages.show_page("settings")
    assign(page, qtbot, "review.flag", Qt.Key.Key_Y)
    grid = window.pages.show_page("review").grid

    qtbot.keyClick(grid, Qt.Key.Key_F)
    assert not window.bench.workspace.session.states.flagged.any()
    qtbot.keyClick(grid, Qt.Key.Key_Y)

    assert window.bench.workspace.session.states.flagged.sum() == 1


def test_a_clash_is_shown_before_the_key_is_taken(page: SettingsPage, window, qtbot) -> None:
    page.keys.choose("review.flag")
    qtbot.keyClick(page.keys.capture, Qt.Key.Key_A)
    assert "Clash: A starts “Agree with the model”" in page.keys.verdict.text()

    qtbot.mouseClick(page.keys.set, Qt.MouseButton.LeftButton)

    assert window.commands["review.flag"].shortcut().toString() == "A"
    assert window.commands["review.agree"].shortcut().isEmpty()


def test_keys_that_move_cannot_be_taken(page: SettingsPage, qtbot: QtBot) -> None:
    page.keys.choose("review.flag")

    qtbot.keyClick(page.keys.capture, Qt.Key.Key_Left)

    assert not page.keys.set.isEnabled()
    assert "moves" in page.keys.verdict.text()


def test_a_key_can_be_added_to_the_ones_there_are(page: SettingsPage, window, qtbot) -> None:
    page.keys.choose("review.flag")
    qtbot.keyClick(page.keys.capture, Qt.Key.Key_Y)

    qtbot.mouseClick(page.keys.add, Qt.MouseButton.LeftButton)

    shortcuts = [each.toString() for each in window.commands["review.flag"].shortcuts()]
    assert shortcuts == ["F", "Y"]


def test_all_keys_go_back_to_the_usual_ones(page: SettingsPage, window, qtbot: QtBot) -> None:
    assign(page, qtbot, "review.flag", Qt.Key.Key_A)

    qtbot.mouseClick(page.keys.reset_all, Qt.MouseButton.LeftButton)

    assert window.commands["review.flag"].shortcut().toString() == "F"
    assert window.commands["review.agree"].shortcut().toString() == "A"
    assert not page.keys.reset_all.isEnabled()


def test_the_table_of_keys_takes_the_whole_width(page: SettingsPage) -> None:
    view = page.keys.list
    header = view.horizontalHeader()
    assert header.length() == view.viewport().width()
    assert header.sectionSize(COMMAND) == max(header.sectionSize(each) for each in range(3))


def test_a_command_is_found_by_its_key(page: SettingsPage, qtbot: QtBot) -> None:
    qtbot.keyClicks(page.keys.search, "Ctrl+Shift+E")

    assert page.keys.list.model().rowCount() == 1
    assert page.keys.list.model().index(0, 0).data() == "Export verdicts"


def test_the_reader_s_name_holds_from_the_next_verdict_on(
    open_window: Open, project_path: Path, qtbot: QtBot
) -> None:
    window = open_window(project_path)
    page = window.pages.show_page("settings")
    page.reader.clear()
    qtbot.keyClicks(page.reader, "  Dr  Grey ")
    qtbot.keyClick(page.reader, Qt.Key.Key_Return)
    grid = window.pages.show_page("review").grid

    with qtbot.waitSignal(window.saver.saved, timeout=PATIENCE_MS):
        qtbot.keyClick(grid, Qt.Key.Key_F)

    assert window.reader.text() == "Dr Grey"
    assert window.bench.workspace.session.log.batches[-1].reader == "Dr Grey"


def test_threads_and_memory_reach_the_grid(page: SettingsPage, window: MainWindow) -> None:
    supply = window.pages.pages["review"].grid.supply

    page.cache.setValue(64)

    assert supply._cache._limit == 64 * 2**20


def test_new_projects_are_put_where_the_reader_says(
    page: SettingsPage, qtbot: QtBot, tmp_path: Path
) -> None:
    field = page.places.projects.edit
    qtbot.keyClicks(field, str(tmp_path / "nowhere"))
    qtbot.keyClick(field, Qt.Key.Key_Return)
    wait(qtbot, lambda: "no folder" in page.places.fault.text())

    field.setText(str(tmp_path))
    qtbot.keyClick(field, Qt.Key.Key_Return)

    wait(qtbot, lambda: load_settings().settings.projects == str(tmp_path))
    assert page.places.fault.isHidden()


@pytest.mark.parametrize(
    "end", [MainWindow.close, MainWindow.shut_down], ids=["window", "session of the system"]
)
@pytest.mark.parametrize(
    ("field", "typed", "setting", "value"),
    [("reader", "Dr Grey", "reader", "Dr Grey"), ("threads", "3", "tile_threads", 3)],
)
def test_what_is_being_typed_is_kept_at_closing(
    page: SettingsPage,
    window: MainWindow,
    qtbot: QtBot,
    end: Callable[[MainWindow], object],
    field: str,
    typed: str,
    setting: str,
    value: object,
) -> None:
    box = getattr(page, field)
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, typed)

    end(window)

    window.close()
    wait(qtbot, window.isHidden)
    assert getattr(load_settings().settings, setting) == value


def test_a_folder_that_is_being_typed_is_kept_at_closing(
    page: SettingsPage, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    page.places.projects.edit.setFocus()
    qtbot.keyClicks(page.places.projects.edit, str(tmp_path))

    assert not window.close()

    wait(qtbot, window.isHidden)
    assert load_settings().settings.projects == str(tmp_path)


def test_a_folder_that_is_not_there_keeps_the_window_open_once_which_says_why(
    page: SettingsPage, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    page.places.projects.edit.setFocus()
    qtbot.keyClicks(page.places.projects.edit, str(tmp_path / "nowhere"))

    assert not window.close()
    wait(qtbot, lambda: not window.leaving.is_asked)

    assert page.isVisible()
    assert "no folder" in page.places.fault.text()
    window.close()
    wait(qtbot, window.isHidden)
    assert load_settings().settings.projects == ""


def test_a_folder_that_is_cleared_is_taken_as_one_that_is_typed(
    page: SettingsPage, qtbot: QtBot, tmp_path: Path
) -> None:
    edit = page.places.projects.edit
    edit.setFocus()
    qtbot.keyClicks(edit, str(tmp_path))
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    wait(qtbot, lambda: load_settings().settings.projects == str(tmp_path))

    edit.findChild(QToolButton).click()
    page.reader.setFocus()

    wait(qtbot, lambda: load_settings().settings.projects == "")


def test_a_setting_that_cannot_be_kept_keeps_the_window_open_which_says_why(
    page: SettingsPage, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **_since: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    page.reader.setFocus()
    qtbot.keyClicks(page.reader, "Dr Grey")
    with monkeypatch.context() as disk:
        disk.setattr(preferences, "save_settings", full)

        assert not window.close()
        wait(qtbot, lambda: not window.leaving.is_asked)

    assert page.isVisible()
    assert window.notices.notices


def test_what_a_newer_version_has_written_is_kept(page: SettingsPage, qtbot: QtBot) -> None:
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text('{"from_the_future": [1, 2]}')

    page.cache.setValue(64)

    wait(qtbot, lambda: load_settings().settings.tile_cache_mb == 64)
    assert json.loads(settings_file().read_text())["from_the_future"] == [1, 2]


def test_every_control_of_the_page_is_named(page: SettingsPage) -> None:
    nameless = [
        widget
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not (widget.accessibleName() or getattr(widget, "text", str)())
        and widget.focusProxy() is None
        and type(widget.parentWidget()).__name__ not in ("QKeySequenceEdit", "QSpinBox")
    ]

    assert nameless == []
    assert QApplication.focusWidget() is not None
