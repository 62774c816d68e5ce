"""Rows of cells kept ready-made in one picture, so that only what has changed is composed."""

from typing import Final

import numpy as np
from PySide6.QtGui import QImage, QPainter

from histoviewer.domain.arrays import Int64
from histoviewer.ui.review.mosaic import UInt32

SIGNATURE: Final = 3  # numbers that make a signature
_UNKNOWN: Final = np.iinfo(np.int64).min


class CellSheet:
    """The rows in view and a few beside it. UI thread only.

    Row r of the order lies in slot r modulo the number of slots, so scrolling moves no pixel: it
    composes the rows that come into view where those were that left it longest ago. Each cell is
    remembered by its signature, all that its look depends on.

    Args:
        slots: Rows that fit; at least as many as are in view.
        columns: Cells in a row.
        pitch: Height and width of a cell, device pixels.
    """

    def __init__(self, *, slots: int, columns: int, pitch: int) -> None:
        self.shape = (slots, columns, pitch)
        self.pixels: UInt32 = np.zeros((slots * pitch, columns * pitch), np.uint32)
        # The image does not own the memory: it must not outlive `pixels`.
        self.image = QImage(
            self.pixels.data,
            columns * pitch,
            slots * pitch,
            columns * pitch * self.pixels.itemsize,
            QImage.Format.Format_RGB32,
        )
        self._signatures: Int64 = np.full((slots, columns, SIGNATURE), _UNKNOWN, np.int64)

    def renew(self, rows: range, signatures: Int64) -> Int64:
        """Note what cells shall look like; return those that must be composed.

        Args:
            rows: Rows in view.
            signatures: (R, columns, `SIGNATURE`) int64; the same numbers mean the same pixels.

        Returns:
            (n, 2) which of these rows, and the column.
        """
        slots = np.arange(rows.start, rows.stop) % self.shape[0]
        changed = (self._signatures[slots] != signatures).any(axis=2)
        self._signatures[slots] = signatures
        return np.argwhere(changed)

    def top(self, row: int) -> int:
        """Return where a row begins in the picture."""
        return row % self.shape[0] * self.shape[2]

    def draw(self, painter: QPainter, rows: range, tops: list[int], left: int) -> None:
        """Copy rows to where they belong; those that follow each other in one go.

        Args:
            painter: Draws in device pixels.
            rows: Rows in view.
            tops: Their top edges in the view.
            left: Left edge of the first column in the view.
        """
        _, columns, pitch = self.shape
        begun = 0
        for at in range(1, len(rows) + 1):
            if at < len(rows) and tops[at] == tops[at - 1] + pitch and self.top(rows[at]):
                continue  # lies below the one before, here and there
            source, height = self.top(rows[begun]), (at - begun) * pitch
            painter.drawImage(left, tops[begun], self.image, 0, source, columns * pitch, height)
            begun = at
