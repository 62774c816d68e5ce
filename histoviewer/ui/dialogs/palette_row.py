"""How the palette paints a line: title with the letters found, section, key, and why it is off."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from histoviewer.ui.palette_entries import Entry, Found
from histoviewer.ui.theme import GAP, TIGHT

_RADIUS: Final = 6
_SMALL: Final = 0.9  # size of the second line, of the text's
_Index = QModelIndex | QPersistentModelIndex


class PaletteRow(QStyledItemDelegate):
    """Paints one entry of the palette. What can be used has one line, what cannot has two."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the height of the text."""
        found = index.data(Qt.ItemDataRole.UserRole)
        height = QFontMetrics(option.font).height() + 2 * TIGHT + 2
        if found.entry.reason:
            height += QFontMetrics(_small(option.font)).height()
        return QSize(option.rect.width(), height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the entry."""
        found: Found = index.data(Qt.ItemDataRole.UserRole)
        chosen = bool(option.state & option.state.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(option.palette.color(QPalette.ColorRole.Midlight))
            painter.drawRoundedRect(option.rect, _RADIUS, _RADIUS)
            painter.setBrush(option.palette.color(QPalette.ColorRole.Highlight))
            painter.drawRect(QRect(option.rect.topLeft(), QSize(3, option.rect.height())))
        box = option.rect.adjusted(GAP + TIGHT, TIGHT + 1, -GAP, -TIGHT - 1)
        self._paint_texts(painter, option, found, box)
        painter.restore()

    def _paint_texts(
        self, painter: QPainter, option: QStyleOptionViewItem, found: Found, box: QRect
    ) -> None:
        entry, muted = found.entry, option.palette.color(QPalette.ColorRole.PlaceholderText)
        line = QRect(box.left(), box.top(), box.width(), QFontMetrics(option.font).height())
        right = _paint_key(painter, option, entry, line)
        painter.setPen(muted)
        painter.setFont(option.font)
        section = QFontMetrics(option.font).horizontalAdvance(entry.section)
        at = QRect(right - section, line.top(), section, line.height())
        painter.drawText(at, Qt.AlignmentFlag.AlignVCenter, entry.section)
        line.setRight(at.left() - GAP)
        group = QPalette.ColorGroup.Disabled if entry.reason else QPalette.ColorGroup.Active
        painter.setPen(option.palette.color(group, QPalette.ColorRole.Text))
        _paint_title(painter, option.font, found, line)
        if entry.reason:
            painter.setPen(muted)
            painter.setFont(_small(option.font))
            below = QRect(box.left(), line.bottom() + 1, box.width(), box.bottom() - line.bottom())
            painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, entry.reason)


def _paint_key(painter: QPainter, option: QStyleOptionViewItem, entry: Entry, line: QRect) -> int:
    """Paint the key at the right end; return where the room left of it ends."""
    if not entry.key:
        return line.right()
    metrics = QFontMetrics(option.font)
    width = metrics.horizontalAdvance(entry.key) + 2 * (TIGHT + 2)
    cap = QRect(line.right() - width, line.top(), width, line.height())
    painter.setPen(option.palette.color(QPalette.ColorRole.Mid))
    painter.setBrush(option.palette.color(QPalette.ColorRole.Window))
    painter.drawRoundedRect(cap, TIGHT, TIGHT)
    painter.setPen(option.palette.color(QPalette.ColorRole.Text))
    painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, entry.key)
    return cap.left() - GAP


def _paint_title(painter: QPainter, font: QFont, found: Found, line: QRect) -> None:
    """Paint the title with the letters found in bold and underlined, cut where it is too long."""
    bold = QFont(font)
    bold.setBold(True)
    bold.setUnderline(True)
    left = line.left()
    for text, is_found in _runs(found):
        painter.setFont(bold if is_found else font)
        metrics = painter.fontMetrics()
        room = line.right() - left
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(
            left, line.top(), room, line.height(), Qt.AlignmentFlag.AlignVCenter, shown
        )
        left += metrics.horizontalAdvance(shown)
        if shown != text:
            return


def _runs(found: Found) -> Iterator[tuple[str, bool]]:
    """Yield the parts of the title that were found, and those between."""
    title, places = found.entry.title, set(found.places)
    for is_found, letters in groupby(range(len(title)), lambda place: place in places):
        yield "".join(title[place] for place in letters), is_found


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * _SMALL)
    return small
