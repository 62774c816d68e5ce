"""How the window looks: Fusion in our colours, light or dark as the system is, in any text size.

Fusion because it looks the same on every platform and follows its palette; the style sheet adds
only what Fusion leaves plain.
"""

from dataclasses import asdict
from enum import StrEnum
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from histoviewer.resources import resource
from histoviewer.ui.tokens import DARK, LIGHT, Tokens

# Distances in pixels at the usual text size, for layouts.
TIGHT, GAP, WIDE = 4, 8, 16

_Role = QPalette.ColorRole


class Mode(StrEnum):
    """Which colours to use; the value is stored in settings."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """The colours in force. UI thread only.

    Args:
        app: The application that is painted with them.
        mode: Follow the system, or always light or dark.
        text_percent: Size of the text relative to the system's.
    """

    changed = Signal()

    def __init__(
        self, app: QApplication, mode: Mode = Mode.SYSTEM, *, text_percent: int = 100
    ) -> None:
        super().__init__(app)
        self._app = app
        self._mode = mode
        self._system_font = QGuiApplication.font()
        self._text_percent = text_percent
        self._style_sheet = Template(resource("style.qss").read_text(encoding="utf-8"))
        self.tokens = LIGHT
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._follow_system)
        self._apply()

    @property
    def is_dark(self) -> bool:
        """Return whether the ground is dark."""
        return self.tokens is DARK

    def set_mode(self, mode: Mode) -> None:
        """Follow the system, or stay light or dark."""
        self.set_look(mode, text_percent=self._text_percent)

    def set_look(self, mode: Mode, *, text_percent: int) -> None:
        """Change colours and text size at once; nothing is painted anew where both stay.

        Args:
            mode: Follow the system, or stay light or dark.
            text_percent: Size of all text relative to the system's.
        """
        if (mode, text_percent) != (self._mode, self._text_percent):
            self._mode, self._text_percent = mode, text_percent
            self._apply()

    def _follow_system(self) -> None:
        if self._mode is Mode.SYSTEM:
            self._apply()

    def _wants_dark(self) -> bool:
        if self._mode is Mode.SYSTEM:
            return self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._mode is Mode.DARK

    def _apply(self) -> None:
        self.tokens = DARK if self._wants_dark() else LIGHT
        self._app.setPalette(palette_of(self.tokens))
        font = QFont(self._system_font)
        font.setPointSizeF(font.pointSizeF() * self._text_percent / 100)
        self._app.setFont(font)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        names = {
            **asdict(self.tokens),
            "icons": resource("icons").as_posix(),
            "fixed": fixed.family(),
        }
        # Also what lets widgets take the new font: Qt tells those with a style sheet nothing else.
        self._app.setStyleSheet(self._style_sheet.substitute(names))
        self.changed.emit()


def palette_of(tokens: Tokens) -> QPalette:
    """Return the palette by which Fusion and our own painting take their colours."""
    palette = QPalette()
    for role, colour in {
        _Role.Window: tokens.window,
        _Role.WindowText: tokens.text,
        _Role.Base: tokens.base,
        _Role.AlternateBase: tokens.window,
        _Role.ToolTipBase: tokens.raised,
        _Role.ToolTipText: tokens.text,
        _Role.PlaceholderText: tokens.muted,
        _Role.Text: tokens.text,
        _Role.Button: tokens.raised,
        _Role.ButtonText: tokens.text,
        _Role.BrightText: tokens.danger,
        _Role.Highlight: tokens.accent,
        _Role.HighlightedText: tokens.on_accent,
        _Role.Accent: tokens.accent,
        _Role.Link: tokens.link,
        _Role.LinkVisited: tokens.link,
        _Role.Light: tokens.hover,
        _Role.Midlight: tokens.hover,
        _Role.Mid: tokens.edge,
        _Role.Dark: tokens.edge,
        _Role.Shadow: tokens.border,
    }.items():
        palette.setColor(role, QColor(colour))
    faint = QColor(tokens.faint)
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
    palette.setColor(QPalette.ColorGroup.Disabled, _Role.Highlight, QColor(tokens.pressed))
    return palette
