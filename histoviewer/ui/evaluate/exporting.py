"""Plots as PNG and SVG, numbers as CSV."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

from histoviewer.domain.assessment import Assessment
from histoviewer.domain.operating import OperatingPoint
from histoviewer.errors import storage_error
from histoviewer.files import whole_file
from histoviewer.ui.evaluate.reading import ModelsRead
from histoviewer.ui.plotting import Plots

_SCALE: Final = 2  # pixels of a picture for one of the screen: it is for print


def save_plot(plots: Plots, path: Path) -> None:
    """Write plots as they are shown, as SVG where the name ends so, else as PNG.

    UI thread only: it paints them. Qt's own SVG is used, since pyqtgraph's fails on some paths.

    Raises:
        StorageError: The file cannot be written; nothing is left.
    """
    content = _svg(plots) if path.suffix.lower() == ".svg" else _png(plots)
    try:
        with whole_file(path) as stream:
            stream.write(content)
    except OSError as error:
        raise storage_error(error, f"the plot {path}") from error


def write_numbers(
    folder: Path,
    found: Sequence[Assessment],
    group_names: Sequence[str],
    points: Sequence[OperatingPoint],
    read: ModelsRead | None,
) -> int:
    """Write all numbers of the page as tables; return how many. Any thread but the UI thread.

    Args:
        folder: Where to.
        found: The models that are marked, assessed.
        group_names: Names of the groups by number.
        points: The threshold of each of them, and what it does.
        read: All models and the curves of their runs; None before they are read.

    Raises:
        StorageError: The folder cannot be made or written to.
    """
    from histoviewer.services.assessment_tables import tables_of
    from histoviewer.services.csv_tables import write_tables
    from histoviewer.services.model_csv import model_tables

    tables = {} if read is None else dict(model_tables(read.rows, list(read.curves.values())))
    for each, point in zip(found, points, strict=True):
        tables |= tables_of(each, group_names, point)
    return len(write_tables(folder, tables))


def _svg(plots: Plots) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(plots.size())
    generator.setViewBox(plots.rect())
    painter = QPainter(generator)
    _paint(plots, painter, plots.size())
    painter.end()
    return _bytes(buffer.data())


def _png(plots: Plots) -> bytes:
    size = plots.size() * _SCALE
    picture = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint(plots, painter, size)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(picture)
    return _bytes(buffer.data())


def _paint(plots: Plots, painter: QPainter, size: QSize) -> None:
    target = QRectF(0, 0, size.width(), size.height())
    painter.fillRect(target, plots.backgroundBrush())
    seen = plots.mapToScene(plots.viewport().rect()).boundingRect()
    plots.scene().render(painter, target, seen, Qt.AspectRatioMode.IgnoreAspectRatio)


def _bytes(data: QByteArray) -> bytes:
    return bytes(data.data())
