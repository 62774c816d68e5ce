"""Composing cells: pixels are copied by numpy, marks drawn by few Qt calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QPalette, QPen

from histoviewer.domain.arrays import Bool, Int64
from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED
from histoviewer.domain.tiles import UNUSABLE
from histoviewer.ui.review.facts import CellFacts, is_unusable, problem_words
from histoviewer.ui.review.mosaic import UInt32, faded, rescaled
from histoviewer.ui.review.overlaid import OVERLAID_STAND_IN, OverlaidTiles
from histoviewer.ui.review.sprites import Sprites, chrome_codes
from histoviewer.ui.review.supply import FAILED, MISSING, STAND_IN

_UNSCORED: Final = -1


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """What n cells show; arrays are (n,).

    Args:
        tiles: Tile indexes.
        stamps: Whether their pixels are there, as from `OverlaidTiles.take`.
        facts: What is known of them.
        chosen: Selected.
        current: Which of them is the current tile; None where it is not among them.
        focused: Whether the grid has the keyboard.
    """

    tiles: Int64
    stamps: Int64
    facts: CellFacts
    chosen: Bool
    current: int | None = None
    focused: bool = False

    @cached_property
    def codes(self) -> Int64:
        """Return which marks each of them carries, as from `sprites.chrome_codes`."""
        return chrome_codes(self.facts)

    @cached_property
    def hundredths(self) -> Int64:
        """Return the scores in hundredths, -1 where there is none."""
        scores = self.facts.scores
        return np.where(np.isnan(scores), _UNSCORED, np.rint(scores * 100)).astype(np.int64)

    @cached_property
    def special(self) -> Bool:
        """Return which are shown as something else than just the tile, or blank."""
        return is_unusable(self.facts.problems) | self.facts.stale | (self.stamps < MISSING)

    def signatures(self) -> Int64:
        """Return (n, 3) int64: two cells with the same numbers look the same."""
        looks = self.codes | self.chosen.astype(np.int64) << 8
        looks |= (self.hundredths + 1) << 16
        looks |= self.facts.problems.astype(np.int64) << 32
        if self.current is not None:
            looks[self.current] |= 1 << (10 if self.focused else 9)
        return np.stack((self.tiles, self.stamps, looks), axis=1)


class Spot(NamedTuple):
    """Where a cell is composed: its number among the cells, and its top left corner."""

    cell: int
    x: int
    y: int


class CellPainter:
    """Composes cells with one set of sprites and colours. UI thread only.

    Args:
        sprites: The marks.
        palette: Colours of the window.
        pictures: Has the pixels of tiles, or knows why not.
    """

    def __init__(self, sprites: Sprites, palette: QPalette, *, pictures: OverlaidTiles) -> None:
        self._sprites = sprites
        self._pictures = pictures
        self._side, self._margin = sprites.style.side, sprites.style.margin
        self._pitch = sprites.style.pitch
        self._text = palette.color(QPalette.ColorRole.Text)
        self._empty = np.uint32(palette.color(QPalette.ColorRole.Base).rgba())
        self._blanks = {
            (label, chosen): self._blank(palette, label, chosen=chosen)
            for label in (UNLABELLED, NEGATIVE, POSITIVE)
            for chosen in (False, True)
        }

    def _blank(self, palette: QPalette, label: int, *, chosen: bool) -> UInt32:
        """Return a cell whose pixels have not arrived: its surroundings and its border."""
        side, margin, border = self._side, self._margin, self._sprites.style.border
        role = QPalette.ColorRole.Highlight if chosen else QPalette.ColorRole.Base
        cell = np.full((self._pitch, self._pitch), palette.color(role).rgba(), np.uint32)
        framed = slice(margin - border, margin + side + border)
        cell[framed, framed] = self._sprites.colours.of(label).rgba()
        inner = slice(margin, margin + side)
        cell[inner, inner] = palette.color(QPalette.ColorRole.AlternateBase).rgba()
        return cell

    def clear(self, canvas: UInt32, x: int, y: int) -> None:
        """Leave a cell empty, as beside the last tile of a row."""
        canvas[y : y + self._pitch, x : x + self._pitch] = self._empty

    def compose(self, canvas: UInt32, image: QImage, cells: Cells, spots: Sequence[Spot]) -> None:
        """Paint some of the cells.

        Args:
            canvas: (H, W) pixels to paint on.
            image: The same memory as Qt sees it.
            cells: All cells.
            spots: Which of them to paint, and where.
        """
        self._copy(canvas, cells, spots)
        painter = QPainter(image)
        self._draw_marks(painter, cells, spots)
        if self._sprites.style.has_score:
            self._draw_scores(painter, cells, spots)
        for cell, x, y in spots:
            if cell == cells.current:
                self._draw_ring(painter, x, y, focused=cells.focused)
        painter.end()

    def _copy(self, canvas: UInt32, cells: Cells, spots: Sequence[Spot]) -> None:
        """Copy what is opaque: surroundings, border, pixels, and the sign over them."""
        side, margin, pitch = self._side, self._margin, self._pitch
        blanks, sign = self._blanks, self._sprites.sign
        labels, chosen = cells.facts.labels.tolist(), cells.chosen.tolist()
        codes, special = cells.codes.tolist(), cells.special.tolist()
        tiles, stamps = cells.tiles.tolist(), cells.stamps.tolist()
        pixels_of = self._pictures.pixels
        for cell, x, y in spots:
            canvas[y : y + pitch, x : x + pitch] = blanks[labels[cell], chosen[cell]]
            if special[cell]:
                pixels = self._special(cells, cell)
            else:
                pixels = pixels_of(tiles[cell], stamps[cell])
            top, left = y + margin, x + margin
            if pixels is not None:
                canvas[top : top + side, left : left + side] = pixels
            badge = sign(codes[cell])
            height, width = badge.shape
            canvas[top : top + height, left : left + width] = badge

    def _special(self, cells: Cells, cell: int) -> UInt32 | None:
        """Return the pixels of a cell that is not just the tile."""
        tile, stamp = int(cells.tiles[cell]), int(cells.stamps[cell])
        problems = int(cells.facts.problems[cell])
        if problems & UNUSABLE:
            pixels: UInt32 | None = self._sprites.placeholder(problem_words(problems)[0])
        elif stamp == FAILED:
            pixels = self._sprites.placeholder(self._pictures.fault(tile))
        else:
            pixels = self._pictures.pixels(tile, stamp)
        if pixels is not None and stamp in (STAND_IN, OVERLAID_STAND_IN):
            pixels = rescaled(pixels, self._side)
        if pixels is not None and cells.facts.stale[cell]:
            pixels = faded(pixels, int(self._empty))
        return pixels

    def _draw_marks(self, painter: QPainter, cells: Cells, spots: Sequence[Spot]) -> None:
        draw, marks, margin = painter.drawImage, self._sprites.marks, self._margin
        codes = cells.codes.tolist()
        for cell, x, y in spots:
            for left, top, image in marks(codes[cell]):
                draw(x + margin + left, y + margin + top, image)

    def _draw_scores(self, painter: QPainter, cells: Cells, spots: Sequence[Spot]) -> None:
        draw, score, far = painter.drawImage, self._sprites.score, self._margin + self._side
        hundredths = cells.hundredths.tolist()
        for cell, x, y in spots:
            hundredth = hundredths[cell]
            if hundredth != _UNSCORED:
                width, height, image = score(hundredth)
                draw(x + far - width, y + far - height, image)

    def _draw_ring(self, painter: QPainter, x: int, y: int, *, focused: bool) -> None:
        """Draw the ring of the current tile, broken where the keyboard is elsewhere."""
        width = max(1, round(2 * self._sprites.style.ratio))
        pen = QPen(self._text, width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        if not focused:
            pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        inset, side = width // 2, self._pitch - width
        painter.drawRect(x + inset, y + inset, side, side)
