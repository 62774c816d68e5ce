"""Small pictures with a few words each, in rows that follow the width."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QFrame, QListView, QListWidget, QListWidgetItem, QWidget

from histoviewer.domain.arrays import UInt8
from histoviewer.ui.review.raster import to_image
from histoviewer.ui.theme import GAP


class PictureList(QListWidget):
    """Pictures whose pixels are shown as squares; arrows go from one to the next. UI thread only.

    Args:
        name: What they are, for screen readers.
        side: Side of a picture, logical pixels.
        parent: Owner.
    """

    def __init__(self, name: str, *, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side: Final = side
        self.setAccessibleName(name)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSpacing(GAP)
        self.setIconSize(QSize(side, side))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_pictures(self, pictures: UInt8, texts: Sequence[str]) -> None:
        """Show pictures in place of those before.

        Args:
            pictures: (n, h, w, 3) uint8 RGB.
            texts: (n,) what stands below each.
        """
        self.clear()
        for picture, text in zip(pictures, texts, strict=True):
            item = QListWidgetItem(self._icon(picture), text)
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
            item.setToolTip(text)
            self.addItem(item)
        if self.count():
            self._widen()
            self.setCurrentRow(0)

    def _widen(self) -> None:
        """Make all as wide as the widest: left to itself, Qt takes the size of one of them."""
        size = QSize(self.sizeHintForColumn(0), self.sizeHintForRow(0))
        for row in range(self.count()):
            self.item(row).setSizeHint(size)

    def _icon(self, picture: UInt8) -> QIcon:
        ratio = self.devicePixelRatioF()
        pixels = round(self._side * ratio)
        drawn = QPixmap.fromImage(
            to_image(picture).scaled(
                pixels,
                pixels,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.FastTransformation,
            )
        )
        drawn.setDevicePixelRatio(ratio)
        icon = QIcon(drawn)
        icon.addPixmap(drawn, QIcon.Mode.Selected)  # else the style tints it
        return icon
