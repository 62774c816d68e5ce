"""The line at the foot of the window: what ranks the grid, and for some seconds what was done."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStatusBar, QWidget

from histoviewer.ui.widgets import label

_SHOWN_MS = 6000


class StatusLine(QStatusBar):
    """One text in one place; a sentence takes the place of the text that rests there.

    Qt's own messages are painted beside where its labels stand, so that the text would jump.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._resting = ""
        self._label = label("", role="muted")
        self._timer = QTimer(self, interval=_SHOWN_MS, singleShot=True)
        self._timer.timeout.connect(self.rest)
        self.addWidget(self._label, 1)
        self.setSizeGripEnabled(False)

    @property
    def text(self) -> str:
        """Return what is shown."""
        return self._label.text()

    def set_resting(self, text: str) -> None:
        """Show a text whenever there is nothing else to say."""
        self._resting = text
        if not self._timer.isActive():
            self._label.setText(text)

    def say(self, sentence: str) -> None:
        """Show a sentence for some seconds."""
        self._label.setText(sentence)
        self._timer.start()

    def rest(self) -> None:
        """Show the resting text."""
        self._timer.stop()
        self._label.setText(self._resting)
