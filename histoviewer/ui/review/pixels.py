"""Painting the pixels of an image at any scale, exactly where that can be."""

import math
from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QRegion

from histoviewer.ui.review.look import CentreSquare
from histoviewer.ui.review.raster import Raster

_CENTRE_SHARE: Final = 3  # the centre square is a third of the side: 32 of 96 pixels in Kaggle's
_DIMMED: Final = QColor(0, 0, 0, 170)
# From this many device pixels a pixel on, pixels are shown as squares. They are the evidence: what
# smoothing puts between them neither the scanner nor the model saw.
_SQUARES_FROM: Final = 2.0
# Up to this many, squares that differ in width by one device pixel would be seen as a pattern.
_UNEVEN_UNTIL: Final = 6.0


def paint_pixels(painter: QPainter, raster: Raster, box: QRectF, view: QRectF) -> None:
    """Paint the pixels in view, and only them. UI thread only.

    Args:
        painter: Paints in logical pixels.
        raster: What to paint.
        box: Where the whole image goes, logical pixels.
        view: What is seen, logical pixels.
    """
    scale = box.width() / raster.image.width()  # logical pixels a pixel
    source = _pixels_seen(raster.image, box, view)
    target = QRectF(
        box.x() + source.x() * scale,
        box.y() + source.y() * scale,
        source.width() * scale,
        source.height() * scale,
    )
    device_scale = scale * painter.device().devicePixelRatioF()
    if device_scale >= _SQUARES_FROM:
        _paint_squares(painter, raster.image, source, target, device_scale)
        return
    is_exact = math.isclose(device_scale, 1)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_exact)
    level = raster.at(device_scale)
    painter.drawImage(target, level, _on_level(source, level, raster.image))


def paint_veil(painter: QPainter, veil: QImage, box: QRectF, view: QRectF) -> None:
    """Paint something translucent over an image, smoothed: its pixels are nobody's evidence.

    Args:
        painter: Paints in logical pixels.
        veil: A square over the whole image; over one that is not square, over the square around
            it, as tiles are fitted.
        box: Where the whole image goes, logical pixels.
        view: What is seen, logical pixels.
    """
    side = max(box.width(), box.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(box.center())
    seen = box.intersected(view)
    scale = veil.width() / side
    source = QRectF(
        (seen.x() - square.x()) * scale,
        (seen.y() - square.y()) * scale,
        seen.width() * scale,
        seen.height() * scale,
    )
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(seen, veil, source)


def paint_centre(painter: QPainter, box: QRectF, centre: CentreSquare) -> None:
    """Paint the centre square over an image.

    Args:
        painter: Paints in logical pixels.
        box: Where the whole image goes, logical pixels.
        centre: In which way.
    """
    if centre is CentreSquare.OFF:
        return
    side = min(box.width(), box.height()) / _CENTRE_SHARE
    square = QRectF(0, 0, side, side)
    square.moveCenter(box.center())
    edge = square.toAlignedRect()
    if centre is CentreSquare.DIM:
        painter.setClipRegion(QRegion(box.toAlignedRect()).subtracted(QRegion(edge)))
        painter.fillRect(box, _DIMMED)
        painter.setClipping(False)
    # Black beside white is seen on any tissue.
    painter.setPen(QPen(QColor("black"), 3))
    painter.drawRect(edge)
    painter.setPen(QPen(QColor("white"), 1))
    painter.drawRect(edge)


def _paint_squares(
    painter: QPainter, image: QImage, source: QRect, target: QRectF, device_scale: float
) -> None:
    """Paint pixels as squares of their own colour."""
    whole = math.isclose(device_scale, round(device_scale))
    if whole or device_scale >= _UNEVEN_UNTIL:
        painter.drawImage(target, image, QRectF(source))
        return
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    squares = _enlarged(image.copy(source), math.ceil(device_scale))
    painter.drawImage(target, squares, QRectF(squares.rect()))


def _pixels_seen(image: QImage, box: QRectF, view: QRectF) -> QRect:
    """Return the whole pixels of an image that a view shows.

    Args:
        image: The image.
        box: Where all of it goes.
        view: What is seen, in the units of `box`.
    """
    seen = box.intersected(view)
    scale = box.width() / image.width()
    pixels = QRectF(
        (seen.x() - box.x()) / scale,
        (seen.y() - box.y()) / scale,
        seen.width() / scale,
        seen.height() / scale,
    )
    return pixels.toAlignedRect().intersected(image.rect())


def _enlarged(image: QImage, times: int) -> QImage:
    """Return an image with each pixel as a square of so many."""
    return image.scaled(
        image.size() * times,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.FastTransformation,
    )


def _on_level(source: QRect, level: QImage, image: QImage) -> QRectF:
    """Return the part of a smaller copy that shows the same as a part of the image."""
    across, down = level.width() / image.width(), level.height() / image.height()
    return QRectF(
        source.x() * across,
        source.y() * down,
        source.width() * across,
        source.height() * down,
    )
