"""One tile in place of the grid, judged with the same keys."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from histoviewer.ui.review.colours import label_colours
from histoviewer.ui.review.describing import SIGNS, Description
from histoviewer.ui.review.geometry import Move
from histoviewer.ui.review.moves import MOVES
from histoviewer.ui.review.picture import TilePicture

# There is one tile, so up and down are as left and right.
_STEPS = {**MOVES, Qt.Key.Key_Up: Move.LEFT, Qt.Key.Key_Down: Move.RIGHT}


class LargeView(QWidget):
    """The current tile as large as the window allows.

    Args:
        parent: Owner.
    """

    moved = Signal(object)  # Move
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = TilePicture()
        self.caption = QLabel()
        self.caption.setAccessibleName("Label and score")
        self.position = QLabel()
        self.back = QPushButton("Back to the grid (Esc)")
        self.back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout()
        row.addWidget(self.caption)
        row.addStretch(1)
        row.addWidget(self.position)
        row.addSpacing(12)
        row.addWidget(self.back)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.picture, 1)
        layout.addLayout(row)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Large view of one tile")
        self.back.clicked.connect(self.left)

    def describe(self, description: Description, place: int, count: int) -> None:
        """Say what the tile is.

        Args:
            description: The tile.
            place: Its place in the order, from 0.
            count: Number of tiles in the order.
        """
        sign = SIGNS[description.label]
        colour = label_colours(self.palette()).of(description.label).name()
        self.caption.setText(
            f'<b style="color: {colour}">{sign} {description.effective}</b>'
            f" &nbsp; {description.state} &nbsp; {description.prediction}"
        )
        self.position.setText(f"{place + 1:,} of {count:,}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to other tiles, or back to the grid."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif Qt.Key(event.key()) in _STEPS:
            self.moved.emit(_STEPS[Qt.Key(event.key())])
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go back to the grid, as a double click led here."""
        del event
        self.left.emit()
