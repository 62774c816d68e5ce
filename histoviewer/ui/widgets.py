"""Small helpers by which widgets look alike."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTabBar,
    QToolButton,
    QWidget,
)

from histoviewer.ui.theme import GAP, TIGHT, WIDE
from histoviewer.ui.translation import translate

_NUMBER_INSET = 6  # pixels, as the style sheet has it for other fields


class ScaledLabel(QLabel):
    """A label whose text is larger or smaller than the text around it, also when that changes.

    Args:
        text: Plain text.
        scale: Size relative to the text size in force.
    """

    def __init__(self, text: str, *, scale: float) -> None:
        super().__init__(text)
        self._scale = scale
        self._follow_text_size()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size: Qt leaves alone what has a size of its own."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._follow_text_size()

    def _follow_text_size(self) -> None:
        font = self.font()
        font.setPointSizeF(QApplication.font().pointSizeF() * self._scale)
        self.setFont(font)


def label(text: str, *, role: str = "", wraps: bool = False, scale: float = 1.0) -> QLabel:
    """Return a label.

    Args:
        text: Plain text.
        role: A role of the style sheet: 'muted', 'key', 'danger'.
        wraps: Whether long text goes on in the next line.
        scale: Size relative to the text size in force.
    """
    made = QLabel(text) if scale == 1.0 else ScaledLabel(text, scale=scale)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wraps)
    if role:
        made.setProperty("role", role)
    return made


def heading(text: str, *, scale: float = 1.25) -> QLabel:
    """Return a heading."""
    made = label(text, scale=scale)
    font = made.font()
    font.setWeight(font.Weight.DemiBold)
    made.setFont(font)
    return made


def frame(name: str, parent: QWidget | None = None) -> QFrame:
    """Return a frame that the style sheet knows by name: 'card', 'panel', 'notice'."""
    made = QFrame(parent)
    made.setObjectName(name)
    return made


def command_button() -> QToolButton:
    """Return a button that stands by tiles and takes what it shows and does from an action."""
    button = QToolButton()
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard to tiles
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button


def banner_row(outside: QWidget) -> QHBoxLayout:
    """Return the row of a banner, a notice that says how things stand; it fills a bare widget."""
    box = frame("notice")
    box.setProperty("level", "info")
    outer = QHBoxLayout(outside)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addWidget(box)
    row = QHBoxLayout(box)
    row.setContentsMargins(WIDE, TIGHT, WIDE, TIGHT)
    row.setSpacing(GAP)
    return row


def inset(box: QAbstractSpinBox) -> None:
    """Keep a number off the border of its box, which no style sheet can."""
    box.lineEdit().setTextMargins(_NUMBER_INSET, 0, 0, 0)


def make_primary(button: QPushButton) -> None:
    """Let a button look as the one that is meant to be pressed here."""
    button.setProperty("primary", True)  # noqa: FBT003 - Qt's own signature


def restyle(widget: QWidget) -> None:
    """Let the style sheet look at a widget again after one of its properties changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def make_panel_tabs(bar: QTabBar, name: str) -> None:
    """Let a row of tabs look as those between the panels of a page.

    Args:
        bar: The tabs.
        name: What screen readers call them.
    """
    bar.setObjectName("panels")
    bar.setAccessibleName(name)
    bar.setExpanding(False)
    bar.setDrawBase(False)


def closing_box(dialog: QDialog) -> QDialogButtonBox:
    """Return a row of buttons with one that closes a dialog.

    Qt's own has a picture, which the style draws in black whatever the button's colour is.
    """
    buttons = QDialogButtonBox()
    text = translate("widgets", "Close")
    buttons.addButton(text, QDialogButtonBox.ButtonRole.RejectRole).setDefault(True)
    buttons.rejected.connect(dialog.reject)
    return buttons
