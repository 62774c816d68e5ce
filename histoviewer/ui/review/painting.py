"""Painting the visible cells into one picture: fills and copies by numpy, marks by few Qt calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen

from histoviewer.domain.arrays import Bool, Int64
from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED
from histoviewer.ui.review.facts import CellFacts, is_unusable, problem_words
from histoviewer.ui.review.mosaic import UInt32, fill, paste_all
from histoviewer.ui.review.sprites import Sprites, chrome_codes


class Canvas:
    """A picture that numpy and Qt both draw into. UI thread only.

    Args:
        width: Device pixels.
        height: Device pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self.pixels: UInt32 = np.zeros((height, width), np.uint32)
        # The image does not own the memory: it must not outlive `pixels`.
        self.image = QImage(self.pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """The n cells in view.

    Args:
        tiles: (n,) tile indexes.
        xs: Left edges of the cells in the view, device pixels.
        ys: Top edges, may be negative.
        facts: What is known of them.
        pixels: The scaled tiles, None where they have not arrived.
        chosen: (n,) selected.
        current: Which of them is the current tile; None where it is out of view.
        focused: Whether the grid has the keyboard.
        failed: Why a tile could not be read, by tile index.
        band: The rubber band, device pixels.
    """

    tiles: Int64
    xs: Sequence[int]
    ys: Sequence[int]
    facts: CellFacts
    pixels: Sequence[UInt32 | None]
    chosen: Bool
    current: int | None
    focused: bool
    failed: Mapping[int, str] = field(default_factory=dict)
    band: QRect | None = None


class ScenePainter:
    """Paints scenes with one set of sprites and colours. UI thread only.

    Args:
        sprites: The marks.
        palette: Colours of the window.
    """

    def __init__(self, sprites: Sprites, palette: QPalette) -> None:
        self._sprites = sprites
        self._base = palette.color(QPalette.ColorRole.Base).rgba()
        self._blank = palette.color(QPalette.ColorRole.AlternateBase).rgba()
        self._highlight = palette.color(QPalette.ColorRole.Highlight)
        self._text = palette.color(QPalette.ColorRole.Text)
        scheme = sprites.colours
        self._borders = {
            label: scheme.of(label).rgba() for label in (UNLABELLED, NEGATIVE, POSITIVE)
        }

    def paint(self, canvas: Canvas, scene: Scene) -> None:
        """Paint all of a scene."""
        canvas.pixels[...] = self._base
        self._paint_frames(canvas.pixels, scene)
        margin = self._sprites.style.margin
        xs, ys = [x + margin for x in scene.xs], [y + margin for y in scene.ys]
        paste_all(canvas.pixels, scene.pixels, xs, ys)
        painter = QPainter(canvas.image)
        self._paint_placeholders(painter, scene, xs, ys)
        self._paint_marks(painter, scene, xs, ys)
        self._paint_current(painter, scene)
        if scene.band is not None:
            self._paint_band(painter, scene.band)
        painter.end()

    def _paint_frames(self, pixels: UInt32, scene: Scene) -> None:
        """Fill, from the back: the plate of selected cells, the label border, a grey tile."""
        style = self._sprites.style
        margin, border, side = style.margin, style.border, style.side
        pitch, inset, framed = side + 2 * margin, margin - border, side + 2 * border
        highlight, blank = self._highlight.rgba(), self._blank
        colours = [self._borders[label] for label in scene.facts.labels.tolist()]
        chosen = scene.chosen.tolist()
        for x, y, colour, is_chosen, tile in zip(
            scene.xs, scene.ys, colours, chosen, scene.pixels, strict=True
        ):
            if is_chosen:
                fill(pixels, highlight, x=x, y=y, width=pitch, height=pitch)
            fill(pixels, colour, x=x + inset, y=y + inset, width=framed, height=framed)
            if tile is None:
                fill(pixels, blank, x=x + margin, y=y + margin, width=side, height=side)

    def _paint_placeholders(
        self, painter: QPainter, scene: Scene, xs: Sequence[int], ys: Sequence[int]
    ) -> None:
        for place in np.flatnonzero(is_unusable(scene.facts.problems)).tolist():
            reason = problem_words(int(scene.facts.problems[place]))[0]
            painter.drawImage(xs[place], ys[place], self._sprites.placeholder(reason))
        if not scene.failed:
            return
        for place, tile in enumerate(scene.tiles.tolist()):
            if tile in scene.failed:
                painter.drawImage(
                    xs[place], ys[place], self._sprites.placeholder(scene.failed[tile])
                )

    def _paint_marks(
        self, painter: QPainter, scene: Scene, xs: Sequence[int], ys: Sequence[int]
    ) -> None:
        for code, x, y in zip(chrome_codes(scene.facts).tolist(), xs, ys, strict=True):
            painter.drawImage(x, y, self._sprites.chrome(code))
        style = self._sprites.style
        if not style.has_score:
            return
        scored = np.flatnonzero(~np.isnan(scene.facts.scores))
        hundredths = np.rint(scene.facts.scores[scored] * 100).astype(np.int64)
        for place, hundredth in zip(scored.tolist(), hundredths.tolist(), strict=True):
            plate = self._sprites.score(hundredth)
            painter.drawImage(
                xs[place] + style.side - plate.width(),
                ys[place] + style.side - plate.height(),
                plate,
            )

    def _paint_current(self, painter: QPainter, scene: Scene) -> None:
        """Draw the ring of the current tile, broken where the keyboard is elsewhere."""
        if scene.current is None:
            return
        style = self._sprites.style
        width = max(1, round(2 * style.ratio))
        pen = QPen(self._text, width)
        pen.setJoinStyle(pen.joinStyle().MiterJoin)
        if not scene.focused:
            pen.setStyle(pen.style().DotLine)
        painter.setPen(pen)
        pitch, inset = style.side + 2 * style.margin, width // 2
        x, y = scene.xs[scene.current], scene.ys[scene.current]
        painter.drawRect(x + inset, y + inset, pitch - width, pitch - width)

    def _paint_band(self, painter: QPainter, band: QRect) -> None:
        veil = QColor(self._highlight)
        veil.setAlpha(70)
        painter.fillRect(band, veil)
        painter.setPen(QPen(self._highlight, max(1, round(self._sprites.style.ratio))))
        painter.drawRect(band.adjusted(0, 0, -1, -1))
