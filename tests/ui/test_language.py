"""The window comes up in the language of the settings, or of the system, where there is one."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from histoviewer import settings
from histoviewer.settings import Settings, load_settings, save_settings, settings_file
from histoviewer.ui import language
from histoviewer.ui.commands.command import Menu
from histoviewer.ui.language import best_language, install_language, language_name
from tests.ui import linguist
from tests.ui.conftest import PATIENCE_MS

GERMAN = {
    ("commands", "&File"): "&Datei",
    ("pages", "Settings"): "Einstellungen",
    ("SettingsPage", "Settings"): "Einstellungen",
}


@pytest.fixture(autouse=True)
def translations(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The folder of translations, with German alone; English is back in force afterwards."""
    folder = tmp_path / "translations"
    folder.mkdir()
    linguist.compile_texts(GERMAN, folder=folder, language="de")
    for module in (settings, language):
        monkeypatch.setattr(module, "resource", lambda *_: folder)
    yield folder
    install_language(qapp, "en")


@pytest.fixture
def chosen() -> None:
    """German in the settings; before the window is made."""
    save_settings(Settings(language="de"))


@pytest.mark.usefixtures("chosen")
def test_the_window_comes_up_in_the_language_of_the_settings(window) -> None:
    assert window.menuBar().actions()[0].text() == "&Datei"
    assert window.menuBar().actions()[1].text() == "&Edit"  # no translation of it


@pytest.mark.usefixtures("chosen")
def test_standard_buttons_speak_the_language_too(window, qtbot: QtBot) -> None:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)

    assert box.buttons()[0].text() == "Abbrechen"


def test_a_language_is_chosen_on_the_settings_page(window, qtbot: QtBot) -> None:
    field = window.pages.show_page("settings").language
    assert [field.itemText(place) for place in range(field.count())] == [
        "As the system", "English", "Deutsch"
    ]  # fmt: skip

    qtbot.keyClick(field, Qt.Key.Key_End)
    field.activated.emit(field.currentIndex())

    qtbot.waitUntil(lambda: load_settings().settings.language == "de", timeout=PATIENCE_MS)


def test_a_language_that_is_not_there_gives_the_systems_and_is_told() -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text(json.dumps({"language": "tlh"}))

    loaded = load_settings()

    assert loaded.settings.language == ""
    assert "language" in loaded.problem


def test_english_can_be_put_back_into_force(qapp: QApplication) -> None:
    install_language(qapp, "de")
    assert Menu.FILE.text == "&Datei"

    install_language(qapp, "en")

    assert Menu.FILE.text == "&File"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["de-Latn-AT", "de-AT", "de-Latn", "de"], "de"),
        (["en-GB", "en", "de-DE", "de"], "en"),  # no German for those who like English better
        (["fr-FR", "fr", "de-DE", "de"], "de"),
        (["pt-BR", "pt"], "pt_BR"),
        (["C"], "en"),
        ([], "en"),
    ],
)
def test_the_systems_best_language_is_taken(wanted: list[str], found: str) -> None:
    assert best_language(wanted, ("", "en", "de", "pt_BR")) == found


def test_languages_are_called_as_their_speakers_call_them() -> None:
    names = [language_name(name) for name in ("en", "de", "pt_BR")]

    assert names == ["English", "Deutsch", "português (Brasil)"]
