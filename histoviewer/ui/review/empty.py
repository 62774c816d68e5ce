"""What stands where the grid has nothing to show: why, and one way out."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget


class EmptyState(QWidget):
    """A heading, a sentence and a button in the middle of the page.

    Args:
        parent: Owner.
    """

    show_all_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading, self._sentence = QLabel(), QLabel()
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 1.4)
        font.setBold(True)
        self._heading.setFont(font)
        self._sentence.setWordWrap(True)
        for label in (self._heading, self._sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = QPushButton(self.tr("Show all tiles"))
        self.setFocusProxy(self.button)
        self.button.clicked.connect(self.show_all_asked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 32, 32, 32)
        layout.setSpacing(12)
        layout.addStretch(1)
        layout.addWidget(self._heading)
        layout.addWidget(self._sentence)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(2)

    def explain(self, heading: str, sentence: str, *, offers_all: bool) -> None:
        """Say why there is nothing.

        Args:
            heading: A few words.
            sentence: Why, and what to do.
            offers_all: Whether taking the filters off would help.
        """
        self._heading.setText(heading)
        self._sentence.setText(sentence)
        self.button.setVisible(offers_all)
        self.setAccessibleName(f"{heading} {sentence}")

    @property
    def text(self) -> str:
        """Return what is said."""
        return f"{self._heading.text()} {self._sentence.text()}"
