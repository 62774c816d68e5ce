"""The window on a small screen with large text."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QTabBar
from pytestqt.qtbot import QtBot

from histoviewer.ui.models.page import ModelsPage
from tests.e2e.pages import clipped
from tests.ui.acting import Open, press, wait

SMALL, LARGE_TEXT = QSize(1024, 768), 150  # a small screen, and per cent of the usual text size


def test_every_page_fits_a_small_screen_with_large_text(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    window = open_window(ranked_path)
    preferences = window.preferences
    preferences.put(replace(preferences.settings, text_percent=LARGE_TEXT))
    window.resize(SMALL)
    for name, page in window.pages.pages.items():
        window.pages.show_page(name)
        panels = list(page.panels) if isinstance(page, ModelsPage) else [""]
        for panel in panels:
            if isinstance(page, ModelsPage):
                page.show_panel(panel)
            for bar in page.findChildren(QTabBar):
                for place in range(bar.count()):
                    bar.setCurrentIndex(place)

            assert window.minimumSizeHint().width() <= SMALL.width(), (name, panel)
            wait(qtbot, lambda: window.size() == SMALL and not clipped(window))
    page = window.pages.show_page("review")
    press(qtbot, window, Qt.Key.Key_Return)
    wait(qtbot, lambda: page.large.isVisible() and not clipped(page))


def test_where_there_is_little_room_a_long_key_gives_way_to_the_sign_of_its_command(
    open_window: Open, ranked_path: Path, qtbot: QtBot
) -> None:
    window = open_window(ranked_path)
    texts = {button.accessibleName().split()[0]: [] for button in window.verdicts.buttons}
    for width in (1600, SMALL.width()):
        window.resize(width, SMALL.height())
        wait(qtbot, lambda width=width: window.width() == width)
        for button in window.verdicts.buttons:
            texts[button.accessibleName().split()[0]].append(button.text())

    assert texts["Redo"] == ["Redo   Ctrl+Shift+Z", ""]
    assert texts["Flag"] == ["Flag   F", "F"]
    assert not any(button.icon().isNull() for button in window.verdicts.buttons)
