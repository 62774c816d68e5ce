"""How the forms of a recipe are put on a page."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from histoviewer.ui.theme import GAP, WIDE
from histoviewer.ui.widgets import frame, heading


def card(title: str, content: QWidget) -> QFrame:
    """Return a card with a heading."""
    made = frame("card")
    column = QVBoxLayout(made)
    column.setContentsMargins(WIDE, GAP + GAP // 2, WIDE, WIDE)
    column.setSpacing(GAP)
    column.addWidget(heading(title, scale=1.1))
    column.addWidget(content)
    return made


def scrolled(parts: Sequence[QWidget]) -> QScrollArea:
    """Return parts below one another, with a scroll bar where there is no room for all."""
    content = QWidget()
    column = QVBoxLayout(content)
    column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
    column.setSpacing(GAP)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    area = QScrollArea()
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    return area


def padded(content: QWidget) -> QWidget:
    """Return a widget with room around it."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
    column.addWidget(content)
    return made
