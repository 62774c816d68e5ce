"""Says above the tiles that what they are to be sorted or filtered by is not known yet."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget

from histoviewer.ui.widgets import banner_row, label


class WantingBanner(QWidget):
    """A sentence, and a button that works out what is wanting. UI thread only.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = label("", wraps=True)
        self.button = QPushButton()
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard to tiles
        self.button.clicked.connect(self._act)
        self._action: QAction | None = None
        row = banner_row(self)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)
        self.hide()

    def ask(self, text: str, action: QAction) -> None:
        """Say what is wanting, and offer what works it out.

        Args:
            text: One sentence.
            action: The command; where it cannot be used, its tip says why.
        """
        self.text.setText(text)
        self.setAccessibleName(text)
        if action is not self._action:
            if self._action is not None:
                self._action.changed.disconnect(self._follow)
            self._action = action
            action.changed.connect(self._follow)
        self._follow()
        self.show()

    def _follow(self) -> None:
        """Show the command as it is now."""
        assert self._action is not None
        self.button.setText(self._action.iconText())
        self.button.setToolTip(self._action.toolTip())
        self.button.setEnabled(self._action.isEnabled())

    def _act(self) -> None:
        assert self._action is not None
        self._action.trigger()
