"""Pictures of the map, painted in a thread of their own while the newest wish is awaited."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QImage, QPainter

from histoviewer.domain.arrays import UInt32
from histoviewer.domain.map_view import MapView
from histoviewer.services.embedding_map.raster import render
from histoviewer.services.embedding_map.scene import Scene
from histoviewer.ui.review.latest import LatestTask

_BYTES: Final = 4  # of a pixel
_MOST_PIXELS: Final = 3_000_000  # on a larger screen pixels are painted enlarged


@dataclass(frozen=True, eq=False)
class MapPicture:
    """A picture of a part of the plane.

    Args:
        pixels: (H, W) uint32 0xffRRGGBB; `image` looks at them, so they must be kept.
        image: The same.
        view: What it shows, in its own pixels.
    """

    pixels: UInt32
    image: QImage
    view: MapView

    @classmethod
    def of(cls, scene: Scene, view: MapView, *, ratio: float) -> "MapPicture":
        """Paint a part of a scene. Any thread.

        Args:
            scene: What to paint.
            view: Which part, in logical pixels.
            ratio: Pixels of the picture a logical pixel.
        """
        finer = view.magnified(ratio)
        pixels = render(scene, finer, ratio=ratio)
        height, width = pixels.shape
        image = QImage(pixels.data, width, height, width * _BYTES, QImage.Format.Format_RGB32)
        return cls(pixels, image, finer)

    def paint(self, painter: QPainter, view: MapView) -> None:
        """Paint it where it belongs in a view, be that the one it was made for or not.

        Args:
            painter: Paints in logical pixels.
            view: What is seen now, in logical pixels.
        """
        left, top, _, _ = self.view.box
        scale = view.scale / self.view.scale
        x = (left - view.x) * view.scale + view.width / 2
        y = (top - view.y) * view.scale + view.height / 2
        size = self.image.size()
        target = QRectF(x, y, size.width() * scale, size.height() * scale)
        is_exact = abs(scale * painter.device().devicePixelRatioF() - 1) < 1e-9  # noqa: PLR2004 - rounding
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_exact)
        painter.drawImage(target, self.image)


class MapRenderer(QObject):
    """Paints what was asked for last. UI thread only; painting is not.

    What is being painted is shown even where something else has been asked for since: a map that
    is dragged without pause is then painted anew all the time, and not at the end of it.

    Args:
        parent: Owner.
    """

    painted = Signal(object)  # MapPicture

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted: tuple[Scene, MapView, float] | None = None
        self._is_painting = False
        self._task: LatestTask[MapPicture] = LatestTask(self._take, name="map-painter", parent=self)

    @property
    def is_painting(self) -> bool:
        """Return whether a picture is on its way."""
        return self._is_painting

    def ask(self, scene: Scene, view: MapView, ratio: float) -> None:
        """Ask for a picture in place of the one that was asked for before.

        Args:
            scene: What to paint.
            view: Which part, in logical pixels.
            ratio: Device pixels a logical pixel; less is painted where that would be too much.
        """
        most = sqrt(_MOST_PIXELS / (view.width * view.height))
        self._wanted = scene, view, min(ratio, most)
        if not self._is_painting:
            self._begin()

    def forget(self) -> None:
        """Want no picture any more."""
        self._wanted = None
        self._task.cancel()
        self._is_painting = False

    def close(self) -> None:
        """End the thread."""
        self._wanted = None
        self._task.close()

    def _begin(self) -> None:
        if self._wanted is None:
            return
        (scene, view, ratio), self._wanted = self._wanted, None
        self._is_painting = True
        self._task.submit(lambda: MapPicture.of(scene, view, ratio=ratio))

    def _take(self, picture: MapPicture) -> None:
        self._is_painting = False
        self._begin()
        self.painted.emit(picture)
