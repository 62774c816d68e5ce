"""The map as a picture with its legend, for print."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QImageWriter, QPainter

from histoviewer.domain.labels import ClassNames
from histoviewer.domain.map_colouring import Category
from histoviewer.domain.map_view import MapView
from histoviewer.errors import storage_error
from histoviewer.files import whole_file
from histoviewer.services.embedding_map.scene import Scene
from histoviewer.ui.dialogs.save_file import ask_save_path
from histoviewer.ui.map.legend import sign_picture
from histoviewer.ui.map.rendering import MapPicture
from histoviewer.ui.map.words import category_name

if TYPE_CHECKING:
    from histoviewer.ui.map.page import MapPage
    from histoviewer.ui.pages import PageContext

_RATIO: Final = 2.0  # pixels of the picture for one of the screen
_AIR: Final = 16.0  # logical pixels
_SIGN: Final = 18.0


class MapExport(QObject):
    """Asks where to and writes what is seen of the map. UI thread only; painting is not.

    Args:
        page: The page.
        context: Where the window says what happened.
    """

    def __init__(self, page: "MapPage", context: "PageContext") -> None:
        super().__init__(page)
        self._page, self._context = page, context

    def ask(self) -> None:
        """Ask for a file and write it; nothing happens without a map."""
        page, workspace = self._page, self._context.bench.workspace
        scene, view, coloured = page.canvas.scene, page.canvas.view, page.painter.colouring
        if scene is None or view is None or coloured is None or workspace is None:
            return
        path = ask_save_path(
            page,
            caption=self.tr("Save the map"),
            proposed=f"map-{coloured.by}.png",
            kind="*.png",
            suffix=".png",
        )
        if path is None:
            return
        paint = partial(
            map_sheet,
            scene,
            view,
            categories=coloured.categories,
            classes=workspace.session.classes,
            font=QFont(page.font()),
            title=page.parts.summary.toolTip(),
        )
        self._context.bench.background.write(
            lambda: save_map(path, paint()),
            then=lambda _: page.notice.emit(self.tr("Wrote {path}.").format(path=path)),
            failed=self._context.notices.show_error,
        )


def map_sheet(
    scene: Scene,
    view: MapView,
    *,
    categories: Sequence[Category],
    classes: ClassNames,
    font: QFont,
    title: str,
) -> QImage:
    """Return the map with title and legend. Any thread.

    Args:
        scene: What to paint.
        view: What is seen, logical pixels.
        categories: Of the legend.
        classes: What the data set calls its classes.
        font: Of the text.
        title: Above the map.
    """
    named = [(each, category_name(each, classes)) for each in categories if each.count]
    texts = [f"{name}   {each.count:,}" for each, name in named]
    metrics = QFontMetricsF(font)
    beside = 3 * _AIR + _SIGN + max(map(metrics.horizontalAdvance, texts), default=0.0)
    above = metrics.height() + 2 * _AIR
    sheet = QImage(
        round((view.width + beside) * _RATIO),
        round((view.height + above) * _RATIO),
        QImage.Format.Format_RGB32,
    )
    sheet.fill(QColor(scene.palette.ground))
    painter = QPainter(sheet)
    painter.scale(_RATIO, _RATIO)
    painter.setFont(font)
    ink = QColor("#ffffff" if QColor(scene.palette.ground).lightness() < 128 else "#1b1f29")  # noqa: PLR2004 - half
    painter.setPen(ink)
    painter.drawText(QPointF(_AIR, _AIR + metrics.ascent()), title)
    picture = MapPicture.of(scene, view, ratio=_RATIO)
    painter.drawImage(QRectF(0, above, view.width, view.height), picture.image)
    for row, ((category, _), text) in enumerate(zip(named, texts, strict=True)):
        top = above + row * (metrics.height() + _AIR / 2)
        colour = QColor(scene.palette.tints[category.tint])
        sign = sign_picture(category.sign, colour, ratio=_RATIO)
        painter.drawImage(QRectF(view.width + _AIR, top, _SIGN, _SIGN), sign)
        painter.drawText(QPointF(view.width + 2 * _AIR + _SIGN, top + metrics.ascent()), text)
    painter.end()
    return sheet


def save_map(path: Path, sheet: QImage) -> None:
    """Write a picture as PNG. Any thread.

    Raises:
        StorageError: It cannot be written; nothing is left.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(sheet)
    try:
        with whole_file(path) as stream:
            stream.write(buffer.data().data())
    except OSError as error:
        raise storage_error(error, f"the picture {path}") from error
