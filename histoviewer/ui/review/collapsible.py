"""A titled part of a panel that can be folded away."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from histoviewer.ui.theme import GAP, TIGHT

_ARROW = 8  # pixels


class Collapsible(QWidget):
    """A heading that opens and closes what is below it. UI thread only.

    Args:
        title: Of the heading.
        content: What is below it.
        opened: Whether it is open at first.
        parent: Owner.
    """

    toggled = Signal(bool)

    def __init__(
        self, title: str, content: QWidget, *, opened: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.header = _Header(title)
        self._below = QWidget()
        inner = QVBoxLayout(self._below)
        inner.setContentsMargins(TIGHT, 0, 0, GAP)
        inner.addWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(TIGHT)
        layout.addWidget(self.header)
        layout.addWidget(self._below)
        self.header.toggled.connect(self._show)
        self.header.setChecked(opened)
        self._show(opened)

    @property
    def is_open(self) -> bool:
        """Return whether what is below the heading is shown."""
        return self.header.isChecked()

    def set_open(self, opened: bool) -> None:  # noqa: FBT001 - the one thing it takes
        """Open or close it."""
        self.header.setChecked(opened)

    def _show(self, opened: bool) -> None:  # noqa: FBT001 - Qt's own signature
        self._below.setVisible(opened)
        self.header.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        self.header.setToolTip(self.tr("Close") if opened else self.tr("Open"))
        state = self.tr("open") if opened else self.tr("closed")
        self.header.setAccessibleDescription(state)
        self.toggled.emit(opened)


class _Header(QToolButton):
    """Opens and closes with Space, and with Right and Left as in a tree."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setText(title)
        self.setObjectName("fold")
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(_ARROW, _ARROW))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        font = self.font()
        font.setWeight(font.Weight.DemiBold)
        self.setFont(font)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Right, close with Left."""
        opens = {Qt.Key.Key_Right: True, Qt.Key.Key_Left: False}.get(Qt.Key(event.key()))
        if opens is None:
            super().keyPressEvent(event)
        else:
            self.setChecked(opens)
