"""The thumbnail under the pointer: the tile, its id, and what is known of it."""

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from histoviewer.domain.source import TileSource
from histoviewer.errors import HistoViewerError
from histoviewer.ui.review.latest import LatestTask
from histoviewer.ui.review.raster import to_image
from histoviewer.ui.theme import GAP, TIGHT
from histoviewer.ui.widgets import frame, label

_SIDE: Final = 112  # logical pixels of the thumbnail
_AWAY: Final = 18  # logical pixels from what is pointed at
_UNREADABLE: Final = (HistoViewerError, OSError, ValueError)


@dataclass(frozen=True, eq=False)
class _Thumbnail:
    tile: int
    image: QImage | None


class TileCard(QWidget):
    """Floats beside a point of the map. UI thread only; pixels are read off it.

    Args:
        canvas: The map, within which it stays.
    """

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._tile: int | None = None
        self._reader: LatestTask[_Thumbnail] = LatestTask(
            self._show_picture, name="map-thumbnail", parent=self
        )
        self.picture = QLabel()
        self.picture.setFixedSize(_SIDE, _SIDE)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = label("", wraps=False)
        self.facts = label("", role="muted", wraps=False)
        self._lay_out()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def _lay_out(self) -> None:
        box = frame("card", self)
        words = QVBoxLayout()
        words.setSpacing(TIGHT)
        words.addWidget(self.title)
        words.addWidget(self.facts)
        words.addStretch(1)
        row = QHBoxLayout(box)
        row.setContentsMargins(GAP, GAP, GAP, GAP)
        row.setSpacing(GAP)
        row.addWidget(self.picture)
        row.addLayout(words)
        around = QHBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(box)

    @property
    def tile(self) -> int | None:
        """Return the tile shown; None while hidden."""
        return self._tile

    def show_tile(self, tile: int, source: TileSource, title: str, facts: str) -> None:
        """Show a tile; its picture follows as soon as it has been read.

        Args:
            tile: Index of the tile.
            source: Where its pixels are.
            title: Its id, shortened where it is long.
            facts: What is known of it, lines.
        """
        if tile != self._tile:
            self._tile = tile
            self.picture.clear()
            self._reader.submit(partial(_read, source, tile))
        self.title.setText(title)
        self.facts.setText(facts)
        self.show()  # first: what is hidden is not laid out anew
        self.raise_()
        self.adjustSize()

    def move_beside(self, place: QPointF) -> None:
        """Stand beside a place of the map, on the side where there is room."""
        room, size = self._canvas.size(), self.sizeHint()
        x = place.x() + _AWAY
        if x + size.width() > room.width():
            x = place.x() - _AWAY - size.width()
        y = place.y() + _AWAY
        if y + size.height() > room.height():
            y = place.y() - _AWAY - size.height()
        self.move(QPoint(round(max(0, x)), round(max(0, y))))

    def hide_tile(self) -> None:
        """Show nothing any more."""
        self._tile = None
        self._reader.cancel()
        self.hide()

    def close_threads(self) -> None:
        """End the thread that reads."""
        self._reader.close()

    def _show_picture(self, read: _Thumbnail) -> None:
        if read.tile != self._tile:
            return
        if read.image is None:
            self.picture.setText(self.tr("Unreadable"))
            return
        ratio = self.devicePixelRatioF()
        side = round(_SIDE * ratio)
        picture = QPixmap.fromImage(
            read.image.scaled(
                side,
                side,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )
        picture.setDevicePixelRatio(ratio)
        self.picture.setPixmap(picture)


def _read(source: TileSource, tile: int) -> _Thumbnail:
    """Read a tile (thread)."""
    try:
        pixels = source.gather(np.array([tile], np.int64))[0]
    except _UNREADABLE:
        return _Thumbnail(tile, None)
    return _Thumbnail(tile, to_image(pixels))
