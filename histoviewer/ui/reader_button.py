"""Says in the corner of the window who reads; a click changes it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from histoviewer.ui.preferences import Preferences


class ReaderButton(QToolButton):
    """'AB', with the sign of a reader.

    Args:
        preferences: Who reads.
        action: Asks who does.
        parent: Owner.
    """

    def __init__(
        self, preferences: Preferences, action: QAction, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._action = action
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._refresh)
        preferences.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        name = self._preferences.reader
        self.setText(name)
        self.setIcon(self._action.icon())
        self.setToolTip(self._action.toolTip())
        self.setAccessibleName(self.tr("Reader: {name}").format(name=name))
