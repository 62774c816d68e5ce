"""Painting the grid: ready-made rows of cells, then what lies over them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPalette, QPen

from histoviewer.ui.review.cells import CellPainter, Cells, Spot
from histoviewer.ui.review.geometry import GridGeometry
from histoviewer.ui.review.headers import HeaderPainter
from histoviewer.ui.review.sections import Sections
from histoviewer.ui.review.sheet import SIGNATURE, CellSheet
from histoviewer.ui.review.sprites import CellStyle

_SPARE_ROWS = 3  # kept beside those in view: a small scroll back composes nothing


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """What is in view.

    Args:
        geometry: Where cells are.
        scroll: Scroll offset, device pixels.
        sections: What the order falls into; None where there are no headers.
        band: The rubber band in the view, device pixels.
    """

    geometry: GridGeometry
    scroll: int
    sections: Sections | None = None
    band: QRect | None = None


class ScenePainter:
    """Paints scenes with one set of colours and sizes. UI thread only.

    Args:
        style: Sizes.
        palette: Colours of the window.
        cells: Composes cells.
        headers: Draws headers.
    """

    def __init__(
        self, style: CellStyle, palette: QPalette, *, cells: CellPainter, headers: HeaderPainter
    ) -> None:
        self._style = style
        self._cells = cells
        self.headers = headers
        self._base = palette.color(QPalette.ColorRole.Base)
        self._highlight = palette.color(QPalette.ColorRole.Highlight)
        self._sheet = CellSheet(slots=1, columns=1, pitch=1)
        self._composed: tuple[GridGeometry, int] | None = None

    def compose(self, geometry: GridGeometry, scroll: int, cells: Cells) -> list[QRect]:
        """Bring the cells in view up to date, without painting them.

        Args:
            geometry: Where cells are.
            scroll: Scroll offset, device pixels.
            cells: The cells of the rows in view.

        Returns:
            Where in the view cells look otherwise than before, device pixels.
        """
        self._fit_sheet(geometry)
        self._composed = (geometry, scroll)
        rows = geometry.visible_rows(scroll)
        places = geometry.table(rows)
        wanted = np.full((*places.shape, SIGNATURE), -1, np.int64)
        wanted[places >= 0] = cells.signatures()
        first, pitch = geometry.visible(scroll).start, geometry.pitch
        spots, changed = [], []
        for row, column in self._sheet.renew(rows, wanted).tolist():
            x, y, place = column * pitch, self._sheet.top(rows[row]), int(places[row, column])
            top = geometry.row_top(rows[row]) - scroll
            changed.append(QRect(geometry.left + x, top, pitch, pitch))
            if place < 0:
                self._cells.clear(self._sheet.pixels, x, y)
            else:
                spots.append(Spot(place - first, x, y))
        if spots:
            self._cells.compose(self._sheet.pixels, self._sheet.image, cells, spots)
        return changed

    def has_composed(self, geometry: GridGeometry, scroll: int) -> bool:
        """Return whether the cells of this view were the last to be composed."""
        return self._composed == (geometry, scroll)

    def paint(self, painter: QPainter, scene: Scene) -> None:
        """Paint the cells composed last, and what lies over them.

        Args:
            painter: Draws in device pixels of the view.
            scene: What is in view.
        """
        geometry = scene.geometry
        rows = geometry.visible_rows(scene.scroll)
        tops = (geometry.row_tops(rows) - scene.scroll).tolist()
        self._fill_around(painter, geometry, tops)
        self._sheet.draw(painter, rows, tops, geometry.left)
        self._draw_headers(painter, scene)
        if scene.band is not None:
            self._draw_band(painter, scene.band)

    def _fit_sheet(self, geometry: GridGeometry) -> None:
        slots = -(-geometry.height // geometry.pitch) + 1 + _SPARE_ROWS
        shape = (slots, geometry.columns, geometry.pitch)
        if self._sheet.shape != shape:
            self._sheet = CellSheet(slots=slots, columns=geometry.columns, pitch=geometry.pitch)

    def _fill_around(self, painter: QPainter, geometry: GridGeometry, tops: Sequence[int]) -> None:
        """Fill what no cell and no header covers: at the sides and below the last row."""
        width, height, left = geometry.width, geometry.height, geometry.left
        right = left + geometry.columns * geometry.pitch
        bottom = tops[-1] + geometry.pitch if tops else 0
        painter.fillRect(0, 0, left, height, self._base)
        painter.fillRect(right, 0, max(0, width - right), height, self._base)
        painter.fillRect(0, bottom, width, max(0, height - bottom), self._base)

    def _draw_headers(self, painter: QPainter, scene: Scene) -> None:
        if scene.sections is None:
            return
        geometry, sections = scene.geometry, scene.sections
        for section, y in geometry.headers(scene.scroll):
            count = len(sections.places(section, geometry.count))
            title = sections.titles[section]
            painter.drawImage(0, y, self.headers.image(title, count, geometry.width))

    def _draw_band(self, painter: QPainter, band: QRect) -> None:
        veil = QColor(self._highlight)
        veil.setAlpha(70)
        painter.fillRect(band, veil)
        painter.setPen(QPen(self._highlight, max(1, round(self._style.ratio))))
        painter.drawRect(band.adjusted(0, 0, -1, -1))
