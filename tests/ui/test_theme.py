"""Light and dark: contrast, palette and icons."""

from dataclasses import asdict

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from histoviewer.resources import resource
from histoviewer.ui import icons
from histoviewer.ui.review.colours import contrast
from histoviewer.ui.theme import Mode, Theme
from histoviewer.ui.tokens import DARK, LIGHT, Tokens

THEMES = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
READABLE = 4.5  # WCAG 2.1, level AA


@THEMES
@pytest.mark.parametrize("colour", ["text", "muted", "link", "danger", "caution", "success"])
@pytest.mark.parametrize("ground", ["window", "base", "raised"])
def test_text_can_be_read_on_every_ground(tokens: Tokens, colour: str, ground: str) -> None:
    values = asdict(tokens)

    assert contrast(QColor(values[colour]), QColor(values[ground])) >= READABLE


@THEMES
@pytest.mark.parametrize("ground", ["hover", "pressed", "selected"])
def test_text_can_be_read_on_what_is_pointed_at(tokens: Tokens, ground: str) -> None:
    assert contrast(QColor(tokens.text), QColor(asdict(tokens)[ground])) >= READABLE


@THEMES
def test_text_can_be_read_on_the_main_button(tokens: Tokens) -> None:
    for ground in (tokens.accent, tokens.accent_hover):
        assert contrast(QColor(tokens.on_accent), QColor(ground)) >= READABLE


@THEMES
@pytest.mark.parametrize("curve", ["training", "validation"])
def test_a_curve_stands_out(tokens: Tokens, curve: str) -> None:
    assert contrast(QColor(asdict(tokens)[curve]), QColor(tokens.window)) >= 3.0


def test_the_theme_paints_the_application(theme: Theme, qapp: QApplication) -> None:
    theme.set_mode(Mode.DARK)

    assert theme.is_dark
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)
    assert DARK.accent in qapp.styleSheet()


def test_the_theme_follows_the_system(theme: Theme, qapp: QApplication, qtbot, monkeypatch) -> None:
    theme.set_mode(Mode.SYSTEM)
    hints = qapp.styleHints()
    monkeypatch.setattr(type(hints), "colorScheme", lambda _: Qt.ColorScheme.Dark)

    with qtbot.waitSignal(theme.changed):
        hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)

    assert theme.is_dark


def test_a_chosen_theme_stays_when_the_system_changes(theme: Theme, qapp: QApplication) -> None:
    theme.set_mode(Mode.LIGHT)

    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)

    assert not theme.is_dark


@pytest.mark.parametrize(
    "path", sorted(resource("icons").glob("*.svg")), ids=lambda path: path.stem
)
def test_an_icon_draws_something_inside_its_square(path, qapp: QApplication) -> None:
    image = icons.pixmap(path.stem, "#ff0000", 24).toImage()
    opaque = [(x, y) for x in range(24) for y in range(24) if image.pixelColor(x, y).alpha() > 128]

    assert len(opaque) > 10
    if path.stem != "histoviewer":
        assert not any(0 in place or 23 in place for place in opaque)


def test_an_icon_takes_the_colour_of_the_theme(theme: Theme) -> None:
    def ink() -> int:
        image = icons.icon("flag", theme).pixmap(32).toImage()
        inked = [image.pixelColor(x, y) for x in range(32) for y in range(32)]
        return max((c.lightness() for c in inked if c.alpha() == 255), default=-1)

    light = ink()
    theme.set_mode(Mode.DARK)

    assert ink() > light + 100


def test_a_disabled_icon_is_fainter(theme: Theme) -> None:
    drawn = icons.icon("flag", theme)
    normal, disabled = (
        drawn.pixmap(32, mode).toImage() for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled)
    )

    assert normal != disabled
