"""One tile in place of the grid, judged with the same keys."""

from html import escape
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from histoviewer.tiles.adjusting import NEUTRAL, Adjustments, Channel
from histoviewer.ui.review.colours import label_colours
from histoviewer.ui.review.describing import SIGNS, TIMES, Description
from histoviewer.ui.review.flow import in_lines
from histoviewer.ui.review.geometry import Move
from histoviewer.ui.review.look_panel import channel_name, signed
from histoviewer.ui.review.moves import MOVES
from histoviewer.ui.review.picture import TilePicture
from histoviewer.ui.theme import GAP

# There is one tile, so up and down are as left and right.
_STEPS: Final = {**MOVES, Qt.Key.Key_Up: Move.LEFT, Qt.Key.Key_Down: Move.RIGHT}
_PANS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_PAN_SHARE: Final = 0.15  # of the view, a key
_MARGIN: Final = 12


class LargeView(QWidget):
    """The current tile as large as the window allows, or nearer. UI thread only.

    Args:
        parent: Owner.
    """

    moved = Signal(object)  # Move
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._adjustments = NEUTRAL
        self._laid = ""
        self._description: Description | None = None
        self.picture = TilePicture()
        self.caption = QLabel()
        self.caption.setAccessibleName(self.tr("Label and score"))
        self.adjusted = QLabel()
        self.adjusted.setAccessibleName(self.tr("How the picture is adjusted"))
        self.scale = QLabel()
        self.scale.setAccessibleName(self.tr("Enlargement"))
        self.position = QLabel()
        self.back = QPushButton(self.tr("Back to the grid (Esc)"))
        self.back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Large view of one tile"))
        self.back.clicked.connect(self.left)
        self.picture.framed.connect(self._show_scale)

    def _lay_out(self) -> None:
        for label in (self.caption, self.adjusted):  # in a narrow view they take another line
            label.setWordWrap(True)
        said = QHBoxLayout()
        said.setSpacing(2 * GAP)
        said.addWidget(self.caption, 1)
        said.addWidget(self.adjusted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(GAP)
        layout.addWidget(self.picture, 1)
        layout.addLayout(said)
        layout.addWidget(in_lines(self.scale, self.position, self.back))

    def describe(self, description: Description, place: int, count: int) -> None:
        """Say what the tile is.

        Args:
            description: The tile.
            place: Its place in the order, from 0.
            count: Number of tiles in the order.
        """
        self._description = description
        self._show_caption(description)
        position = self.tr("{place} of {count}")
        self.position.setText(position.format(place=f"{place + 1:,}", count=f"{count:,}"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._description is not None:
            self._show_caption(self._description)

    def _show_caption(self, description: Description) -> None:
        sign = SIGNS[description.label]
        colour = label_colours(self.palette()).of(description.label).name()
        self.caption.setText(
            f'<b style="color: {colour}">{sign} {escape(description.effective)}</b>'
            f" &nbsp; {escape(description.state)} &nbsp; {escape(description.prediction)}"
        )

    def show_adjustments(self, adjustments: Adjustments) -> None:
        """Say how the picture is adjusted: nobody shall take it for the original."""
        self._adjustments = adjustments
        parts = [self._laid] if self._laid else []
        if adjustments.channel is not Channel.COLOUR:
            parts.append(self.tr("{stain} alone").format(stain=channel_name(adjustments.channel)))
        if adjustments.brightness:
            text = self.tr("brightness {value}")
            parts.append(text.format(value=signed(adjustments.brightness)))
        if adjustments.contrast:
            parts.append(self.tr("contrast {value}").format(value=signed(adjustments.contrast)))
        self.adjusted.setText(", ".join(parts))

    def lay_over(self, veil: QImage | None, words: str = "") -> None:
        """Lay something translucent over the picture; None for nothing.

        Args:
            veil: As `TilePicture.set_veil`.
            words: What it is: nobody shall take it for the tile's.
        """
        self.picture.set_veil(veil)
        self._laid = words
        self.show_adjustments(self._adjustments)

    def _show_scale(self) -> None:
        """Say how many pixels of the screen show one of the tile."""
        frame = self.picture.frame
        if frame is None:
            self.scale.clear()
        else:
            scale = frame.scale * self.picture.devicePixelRatioF()
            self.scale.setText(f"{scale:.1f} {TIMES}" if scale >= 1 else f"{scale:.0%}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to other tiles, pan with Shift, or go back to the grid."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and key in _PANS:
            columns, rows = _PANS[key]
            self.picture.pan_by(columns * _PAN_SHARE, rows * _PAN_SHARE)
        elif key in _STEPS:
            self.moved.emit(_STEPS[key])
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go back to the grid, as a double click led here."""
        del event
        self.left.emit()
