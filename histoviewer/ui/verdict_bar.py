"""The verdict keys as buttons below the page: for the mouse, and to learn the keys by."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from histoviewer.ui.actions import ActionSet
from histoviewer.ui.theme import GAP, TIGHT
from histoviewer.ui.widgets import frame, label

_GROUPS: Final = (
    ("review.positive", "review.negative"),
    ("review.agree", "review.reject"),
    ("review.skip", "review.flag", "review.clear"),
    ("edit.undo", "edit.redo"),
)
_ICON_SIDE: Final = 18
_SEVERAL: Final = 2
_COUNT_LETTERS: Final = 16


class VerdictBar(QWidget):
    """One button a verdict, with its key, and on how many tiles it would fall. UI thread only.

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
        self.targets = label("")
        self.targets.setAccessibleName(self.tr("Tiles that a verdict falls on"))
        self.targets.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # It takes what room there is, so that the buttons do not move when the number changes.
        self.targets.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.targets.setMinimumWidth(self.fontMetrics().averageCharWidth() * _COUNT_LETTERS)
        row.addWidget(self.targets, 1)
        for place, group in enumerate(_GROUPS):
            if place:
                row.addWidget(_line())
            for command in group:
                row.addWidget(_button(actions[command]))
        row.addStretch(1)
        self.show_targets(0)

    def show_targets(self, count: int) -> None:
        """Say on how many tiles a verdict would fall now; from two on, so that none is missed."""
        number = f"{count:,}"
        tip = self.tr("{count} tiles are selected: a verdict falls on all of them.")
        is_several = count >= _SEVERAL
        self.targets.setText(self.tr("{count} tiles:").format(count=number) if is_several else "")
        self.targets.setToolTip(tip.format(count=number) if is_several else "")


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
