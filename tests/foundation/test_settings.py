"""User settings survive a restart, a broken file and vanished projects."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histoviewer.settings import Settings, load_settings, save_settings, settings_file


def test_settings_come_back():
    settings = Settings(reader="AB", theme="dark", window={"page": "review"}, recent=("a", "b"))
    save_settings(settings)
    assert load_settings().settings == settings


def test_missing_file_gives_defaults_without_a_notice():
    assert (load_settings().settings, load_settings().problem) == (Settings(), "")


@pytest.mark.parametrize("text", ["{", "[]", '"x"', "\x00", "null"])
def test_broken_file_gives_defaults_and_one_sentence(text):
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text(text)
    loaded = load_settings()
    assert loaded.settings == Settings()
    assert loaded.problem


def test_value_of_the_wrong_type_costs_only_itself():
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text('{"reader": 5, "theme": "dark", "from_the_future": 1}')
    loaded = load_settings()
    assert loaded.settings == replace(Settings(), theme="dark")
    assert "reader" in loaded.problem


@given(st.lists(st.sampled_from("abcdefghijklmnop"), max_size=40))
def test_recent_projects_are_few_distinct_and_newest_first(names):
    settings = Settings()
    for name in names:
        settings = settings.with_recent(Path("/projects") / name)
    newest_first = list(dict.fromkeys(reversed(names)))[:10]
    assert [path.rsplit("/", 1)[-1] for path in settings.recent] == newest_first


def test_an_account_without_a_name_still_has_a_reader(monkeypatch):
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert Settings().reader_name == "reader"
    assert Settings(reader="AB").reader_name == "AB"
