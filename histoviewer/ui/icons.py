"""Icons: one set of line drawings, coloured as the theme wants."""

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from histoviewer.resources import resource
from histoviewer.ui.theme import Theme

_SIDES = (
    16,
    20,
    24,
    32,
    40,
    48,
    64,
)  # what buttons and menus ask for, at one and two pixels a point


def icon(name: str, theme: Theme) -> QIcon:
    """Return an icon in the colours of the theme; greyed where its control is disabled.

    Args:
        name: File name in `resources/icons` without its ending.
        theme: Its colours now; ask again when it changes.
    """
    drawn = QIcon()
    for mode, colour in (
        (QIcon.Mode.Normal, theme.tokens.text),
        (QIcon.Mode.Disabled, theme.tokens.faint),
    ):
        for side in _SIDES:
            drawn.addPixmap(_paint(name, colour, side), mode)
    return drawn


def pixmap(name: str, colour: str, side: int, *, ratio: float = 1.0) -> QPixmap:
    """Return one icon as a picture in one colour.

    Args:
        name: File name in `resources/icons` without its ending.
        colour: '#rrggbb'.
        side: Width and height in points.
        ratio: Pixels a point of the screen it is shown on.
    """
    picture = _paint(name, colour, round(side * ratio))
    picture.setDevicePixelRatio(ratio)
    return picture


def app_icon() -> QIcon:
    """Return the program's own icon."""
    drawn = QIcon()
    for side in (16, 32, 64, 128):
        drawn.addPixmap(_paint("histoviewer", "", side))
    return drawn


def _paint(name: str, colour: str, side: int) -> QPixmap:
    return QPixmap.fromImage(_image(name, colour, side))


@cache  # a window has a thousand, and a few hundred that differ
def _image(name: str, colour: str, side: int) -> QImage:
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    _drawing(name, colour).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return image


@cache
def _drawing(name: str, colour: str) -> QSvgRenderer:
    text = _source(name).replace("currentColor", colour)
    return QSvgRenderer(QByteArray(text.encode()))


@cache
def _source(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")
