"""The verdict keys as buttons below the page: for the mouse, and to learn the keys by."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from histoviewer.ui.actions import ActionSet
from histoviewer.ui.theme import GAP, TIGHT
from histoviewer.ui.widgets import frame

_GROUPS = (
    ("review.positive", "review.negative"),
    ("review.agree", "review.reject"),
    ("review.skip", "review.flag", "review.clear"),
    ("edit.undo", "edit.redo"),
)
_ICON_SIDE = 18


class VerdictBar(QWidget):
    """One button a verdict, with its key.

    Args:
        actions: The commands.
        parent: Owner.
    """

    def __init__(self, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = frame("panel")
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(box)
        row = QHBoxLayout(box)
        row.setContentsMargins(GAP, TIGHT, GAP, TIGHT)
        row.setSpacing(TIGHT)
        row.addStretch(1)
        for place, group in enumerate(_GROUPS):
            if place:
                row.addWidget(_line())
            for command in group:
                row.addWidget(_button(actions[command]))
        row.addStretch(1)


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setIconSize(QSize(_ICON_SIDE, _ICON_SIDE))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the grid
    button.clicked.connect(action.trigger)

    def follow() -> None:
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        button.setText(f"{action.iconText()}   {key}")
        button.setIcon(action.icon())
        button.setEnabled(action.isEnabled())
        button.setToolTip(action.toolTip())
        button.setAccessibleName(action.text().replace("&", ""))

    action.changed.connect(follow)
    follow()
    return button


def _line() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.VLine)
    line.setFrameShadow(QFrame.Shadow.Plain)
    line.setObjectName("line")
    return line
