"""The verdict keys as buttons below the page: for the mouse, and to learn the keys by."""

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

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
_KEY_LETTERS: Final = 5


class VerdictButton(QToolButton):
    """One command with its key; where there is little room with its key alone, if that is short.

    Args:
        action: The command.
        parent: Owner.
    """

    refitted = Signal()  # it needs another width now

    def __init__(self, action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        self._is_compact = False
        self._widths = (0, 0)
        self.setIconSize(QSize(_ICON_SIDE, _ICON_SIDE))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the grid
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def set_compact(self, *, on: bool) -> None:
        """Show the key alone, or the name before it."""
        self._is_compact = on
        self.setText(self._text(compact=on))

    def width_for(self, *, compact: bool) -> int:
        """Return the width that one of the two ways needs."""
        return self._widths[compact]

    def _text(self, *, compact: bool) -> str:
        key = self._action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        if compact and len(key) > _KEY_LETTERS:  # Ctrl+Shift+Z: its sign is known better
            return ""
        return key if compact and key else f"{self._action.iconText()}   {key}"

    def _follow(self) -> None:
        self.setIcon(self._action.icon())
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())
        self.setAccessibleName(self._action.text().replace("&", ""))
        if self.text() != self._text(compact=self._is_compact):
            self._measure()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._measure()

    def _measure(self) -> None:
        """Find out how wide both ways are."""
        widths = []
        for compact in (False, True):
            self.setText(self._text(compact=compact))
            widths.append(self.sizeHint().width())
        self._widths = (widths[0], widths[1])
        self.set_compact(on=self._is_compact)
        self.refitted.emit()


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
        self._row = QHBoxLayout(box)
        self._row.setContentsMargins(GAP, TIGHT, GAP, TIGHT)
        self._row.setSpacing(TIGHT)
        self.targets = self._make_targets()
        self._row.addWidget(self.targets, 1)
        self.buttons: list[VerdictButton] = []
        self._lines: list[QFrame] = []
        for place, group in enumerate(_GROUPS):
            if place:
                self._lines.append(_line())
                self._row.addWidget(self._lines[-1])
            for command in group:
                self._add(VerdictButton(actions[command]))
        self._row.addStretch(1)
        self._refit()
        self.show_targets(0)

    def show_targets(self, count: int) -> None:
        """Say on how many tiles a verdict would fall now; from two on, so that none is missed."""
        number = f"{count:,}"
        tip = self.tr("{count} tiles are selected: a verdict falls on all of them.")
        is_several = count >= _SEVERAL
        self.targets.setText(self.tr("{count} tiles:").format(count=number) if is_several else "")
        self.targets.setToolTip(tip.format(count=number) if is_several else "")

    def minimumSizeHint(self) -> QSize:
        """Return the room that the keys alone need, so that the window fits a small screen."""
        return QSize(self._width_for(compact=True), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show names where there is room for all of them."""
        super().resizeEvent(event)
        self._fit()

    def _make_targets(self) -> QLabel:
        targets = label("")
        targets.setAccessibleName(self.tr("Tiles that a verdict falls on"))
        targets.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # It takes what room there is, so that the buttons do not move when the number changes.
        targets.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return targets

    def _add(self, button: VerdictButton) -> None:
        self.buttons.append(button)
        self._row.addWidget(button)
        button.refitted.connect(self._refit)

    def _refit(self) -> None:
        letter = self.targets.fontMetrics().averageCharWidth()
        self.targets.setMinimumWidth(letter * _COUNT_LETTERS)
        self.updateGeometry()
        self._fit()

    def _fit(self) -> None:
        compact = self.width() < self._width_for(compact=False)
        for button in self.buttons:
            button.set_compact(on=compact)

    def _width_for(self, *, compact: bool) -> int:
        """Return the width of everything, the buttons shown in one of the two ways."""
        lines = sum(line.sizeHint().width() for line in self._lines)
        gaps = TIGHT * (len(self.buttons) + len(self._lines)) + 2 * GAP
        buttons = sum(button.width_for(compact=compact) for button in self.buttons)
        return self.targets.minimumWidth() + buttons + lines + gaps


def _line() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.VLine)
    line.setFrameShadow(QFrame.Shadow.Plain)
    line.setObjectName("line")
    return line
