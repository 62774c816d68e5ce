"""Small pictures of tiles for the rows of a list, read in the background as they come into view."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap

from histoviewer.domain.arrays import UInt8
from histoviewer.domain.source import TileSource
from histoviewer.ui.background import Background

SIDE: Final = 40  # logical pixels
_KEPT: Final = 2000  # pictures; 6 KB each


class Thumbnails(QObject):
    """Keeps the pictures seen last. UI thread only.

    Args:
        background: Where tiles are read.
        failed: Takes an error of reading.
        parent: Owner.
    """

    ready = Signal()

    def __init__(
        self,
        background: Background,
        failed: Callable[[Exception], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._background, self._failed = background, failed
        self._source: TileSource | None = None
        self._kept: OrderedDict[int, QPixmap] = OrderedDict()
        self._asked: set[int] = set()

    def aim(self, source: TileSource | None) -> None:
        """Take the tiles from another place; None for nowhere."""
        self._source = source
        self._kept.clear()
        self._asked.clear()

    def picture(self, tile: int) -> QPixmap | None:
        """Return the picture of a tile; None until it has been read."""
        return self._kept.get(tile)

    def want(self, tiles: Iterable[int], *, ratio: float) -> None:
        """Read what is not there yet; `ready` tells when it is.

        Args:
            tiles: Indexes.
            ratio: Device pixels in a logical one.
        """
        source = self._source
        missing = [each for each in tiles if each not in self._kept and each not in self._asked]
        if source is None or not missing:
            return
        self._asked.update(missing)

        def take(pixels: UInt8) -> None:
            if source is self._source:
                self._keep(missing, pixels, ratio)

        self._background.run(
            lambda: source.gather(np.array(missing, np.int64)), then=take, failed=self._failed
        )

    def _keep(self, tiles: list[int], pixels: UInt8, ratio: float) -> None:
        self._asked.difference_update(tiles)
        for tile, picture in zip(tiles, pixels, strict=True):
            self._kept[tile] = _scaled(picture, ratio)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        self.ready.emit()


def _scaled(pixels: UInt8, ratio: float) -> QPixmap:
    """Return a tile (H, W, 3) uint8 RGB at the size of a row's picture."""
    height, width, _ = pixels.shape
    content = np.ascontiguousarray(pixels)
    image = QImage(content.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    side = round(SIDE * ratio)
    scaled = image.scaled(
        QSize(side, side),
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    made = QPixmap.fromImage(scaled)
    made.setDevicePixelRatio(ratio)
    return made
