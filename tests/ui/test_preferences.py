"""Broken files cost nothing: usual values, one notice, and a copy of what was there."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from histoviewer import app as composition
from histoviewer.settings import (
    Settings,
    keymap_file,
    load_settings,
    save_settings,
    set_aside,
    settings_file,
)
from histoviewer.ui.dialogs.reader import ReaderDialog
from histoviewer.ui.keymap import KeyMap
from histoviewer.ui.preferences import Preferences
from histoviewer.ui.window import MainWindow

BROKEN = '{"theme": "dark", '


@pytest.fixture
def make_window(qapp, qtbot: QtBot) -> Iterator[Callable[..., MainWindow]]:
    made: list[MainWindow] = []

    def make(**more: str) -> MainWindow:
        made.append(composition.make_window(qapp, **more))
        return made[-1]

    yield make
    for window in made:
        window.shut_down()
        window.deleteLater()
    qapp.setStyleSheet("")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_broken_settings_file_is_kept_aside_and_said_once(make_window) -> None:
    write(settings_file(), BROKEN)

    window = make_window()
    window.shut_down()

    (notice,) = window.notices.notices
    assert "settings.broken.json" in notice.hint
    assert settings_file().with_name("settings.broken.json").read_text() == BROKEN
    assert load_settings().problem == ""  # closing wrote a whole one


def test_a_second_broken_file_gets_a_name_of_its_own() -> None:
    copies = []
    for text in ("one", "two", "two"):
        write(settings_file(), text)
        copies.append(set_aside(settings_file()).name)

    assert copies == ["settings.broken.json", "settings.broken-2.json", "settings.broken-2.json"]


def test_a_broken_file_that_cannot_be_copied_is_not_written_over(
    make_window, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(settings_file(), BROKEN)
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))

    window = make_window()
    window.shut_down()

    assert "left alone" in window.notices.notices[0].hint
    assert settings_file().read_text() == BROKEN


@pytest.mark.parametrize(
    "values", ['{"theme": "pink"}', '{"text_percent": 5}', '{"tile_threads": -1}', '{"reader": 5}']
)
def test_a_value_that_cannot_be_costs_only_itself(values: str) -> None:
    write(settings_file(), values)

    loaded = load_settings()

    assert loaded.settings == Settings()
    assert values.split('"')[1] in loaded.problem


def test_a_broken_key_map_is_kept_when_keys_are_changed(qapp) -> None:
    write(keymap_file(), "[review")
    preferences = Preferences.read(load_settings())

    preferences.set_keys("review.flag", ["J"])
    preferences.write_keys()

    assert keymap_file().with_name("keymap.broken.toml").read_text() == "[review"
    assert KeyMap.of_reader(keymap_file()).keys["review.flag"] == ("J",)


_KEYS = st.sampled_from(["A", "F", "J", "Ctrl+J", "Space", "?", "Shift+N", "Ctrl+,", "\\"])
_COMMANDS = st.sampled_from(sorted(KeyMap.load().keys))


@given(st.lists(st.tuples(_COMMANDS, st.lists(_KEYS, max_size=3, unique=True)), max_size=8))
def test_whatever_is_set_comes_back_without_a_clash(changes) -> None:
    keymap = KeyMap.load()
    for command, names in changes:
        keymap = keymap.with_keys(command, names)

    keymap.write_own(keymap_file())

    assert keymap.clashes() == {}
    assert KeyMap.of_reader(keymap_file()).keys == keymap.keys


def test_two_windows_do_not_undo_one_another_s_settings(qapp) -> None:
    save_settings(Settings())
    one, other = (Preferences.read(load_settings()) for _ in range(2))
    one.put(replace(one.settings, theme="dark"))
    one.write()

    other.put(replace(other.settings, reader="CD"))
    other.write()

    assert load_settings().settings == Settings(theme="dark", reader="CD")


def test_a_reader_given_for_the_session_is_not_kept(make_window) -> None:
    save_settings(Settings(reader="AB"))

    window = make_window(reader=" Dr  Grey ")
    window.shut_down()

    assert window.opener.reader == "Dr Grey"
    assert load_settings().settings.reader == "AB"


@pytest.mark.parametrize(("reader", "asks"), [("", True), ("AB", False)])
def test_who_reads_is_asked_at_the_first_start_only(
    make_window, qtbot: QtBot, reader: str, asks: bool
) -> None:
    save_settings(Settings(reader=reader))
    window = make_window()

    with qtbot.waitSignal(window.first_painted):
        window.begin(None, warm_up=False, asks_reader=True)
    qtbot.waitUntil(lambda: bool(window.pages.pages))

    dialog = window.findChild(ReaderDialog)
    assert (dialog is not None) == asks
    if dialog is not None:
        dialog.reject()
