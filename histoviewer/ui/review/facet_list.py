"""A list of the values of one filter, each with the number of tiles it would show."""

from collections.abc import Mapping
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QPoint, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from histoviewer.ui.theme import GAP, TIGHT

Value = TypeVar("Value")
_INSET = 2  # pixels above and below the text
_ROUND = 3
_AT_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_AT_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class FacetRow(QRadioButton):
    """A value to choose, and its count at the right edge; greyed where it is 0.

    Args:
        text: What the value is called.
        parent: Owner.
    """

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count: int | None = None
        self._label = ""
        self.set_label(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the grid

    @property
    def count(self) -> int | None:
        """Return the count shown; None where there is none yet."""
        return self._count

    @property
    def label(self) -> str:
        """Return what the value is called."""
        return self._label

    def set_label(self, text: str) -> None:
        """Show another text."""
        if text == self._label:
            return
        self._label = text
        self.setToolTip(text)
        self._describe()
        self.update()

    def set_count(self, count: int) -> None:
        """Show a count; paints only where it is another one."""
        if count != self._count:
            self._count = count
            self._describe()
            self.update()

    def _describe(self) -> None:
        tiles = self.tr("{label}, {count} tiles")
        counted = tiles.format(label=self._label, count=f"{self._count or 0:,}")
        self.setAccessibleName(self._label if self._count is None else counted)

    def sizeHint(self) -> QSize:
        """Return the height of a line; the width is what the panel gives."""
        height = self.fontMetrics().height() + 2 * _INSET
        return QSize(height * 4, height)

    def minimumSizeHint(self) -> QSize:
        """Return the same: long texts are cut."""
        return self.sizeHint()

    def hitButton(self, position: QPoint) -> bool:
        """Take a click anywhere in the row, on the count too."""
        return self.rect().contains(position)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint circle, text and count. Fusion's own circle cannot be seen on dark ground."""
        del event
        palette, letters = self.palette(), self.fontMetrics()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        side = letters.ascent()
        self._paint_circle(painter, QRectF(_INSET + 1, (self.height() - side) / 2, side, side))
        muted = self._count == 0 and not self.isChecked()
        role = QPalette.ColorRole.PlaceholderText if muted else QPalette.ColorRole.WindowText
        painter.setPen(palette.color(role))
        count = "" if self._count is None else f"{self._count:,}"
        place = self.rect().adjusted(side + GAP, 0, -_INSET, 0)
        painter.drawText(place, _AT_RIGHT, count)
        room = place.width() - letters.horizontalAdvance(count) - TIGHT
        text = letters.elidedText(self._label, Qt.TextElideMode.ElideRight, room)
        painter.drawText(place, _AT_LEFT, text)
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        palette, box = self.palette(), QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.underMouse() and self.isEnabled():
            painter.setBrush(palette.color(QPalette.ColorRole.Midlight))
            painter.drawRoundedRect(box, _ROUND, _ROUND)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 1))
            painter.drawRoundedRect(box, _ROUND, _ROUND)

    def _paint_circle(self, painter: QPainter, circle: QRectF) -> None:
        palette = self.palette()
        accent = palette.color(QPalette.ColorRole.Accent)
        rim = accent if self.isChecked() else palette.color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(QPen(rim, 1.2))
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        painter.drawEllipse(circle)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(accent)
            dot = circle.width() / 4
            painter.drawEllipse(circle.adjusted(dot, dot, -dot, -dot))


class FacetList(QWidget, Generic[Value]):
    """Values of one filter, of which one is chosen. UI thread only.

    Tab reaches the chosen one; Up and Down choose another.

    Args:
        texts: What each value is called, in order.
        name: Of the filter, for screen readers.
        parent: Owner.
    """

    chosen = Signal(object)  # the value, by the reader or by `choose`

    def __init__(
        self, texts: Mapping[Value, str], name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._rows: dict[Value, FacetRow] = {}
        self._group = QButtonGroup(self)
        self._group.buttonToggled.connect(self._toggled)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.set_texts(texts)

    @property
    def values(self) -> tuple[Value, ...]:
        """Return the values in order."""
        return tuple(self._rows)

    @property
    def value(self) -> Value | None:
        """Return the value chosen; None, too, where what is asked for is none of the list."""
        for value, row in self._rows.items():
            if row.isChecked():
                return value
        return None

    def row(self, value: Value) -> FacetRow:
        """Return the row of a value."""
        return self._rows[value]

    def set_texts(self, texts: Mapping[Value, str]) -> None:
        """Show other values, or the same ones under other names."""
        for value in [value for value in self._rows if value not in texts]:
            row = self._rows.pop(value)
            self._group.removeButton(row)
            row.hide()
            row.deleteLater()
        before, self._rows = self._rows, {}
        previous: FacetRow | None = None
        for place, (value, text) in enumerate(texts.items()):
            row = before.get(value) or self._make_row(text, previous)
            row.set_label(text)
            self._layout.insertWidget(place, row)
            self._rows[value] = previous = row

    def _make_row(self, text: str, previous: FacetRow | None) -> FacetRow:
        row = FacetRow(text, self)
        self._group.addButton(row)
        if previous is not None:  # a row that comes later would be the last of the window otherwise
            QWidget.setTabOrder(previous, row)
        return row

    def set_counts(self, counts: Mapping[Value, int]) -> None:
        """Show how many tiles each value would show."""
        for value, row in self._rows.items():
            row.set_count(counts.get(value, 0))

    def choose(self, value: Value) -> None:
        """Choose a value, as the reader would."""
        self._rows[value].setChecked(True)

    def show_value(self, value: Value | None) -> None:
        """Show a value, or that none of the list is asked for; says nothing about it."""
        with QSignalBlocker(self._group):
            self._group.setExclusive(False)
            for other, row in self._rows.items():
                row.setChecked(other == value)
            self._group.setExclusive(True)

    def _toggled(self, chosen: QAbstractButton, on: bool) -> None:  # noqa: FBT001 - Qt's own
        if on:
            value = next(value for value, row in self._rows.items() if row is chosen)
            self.chosen.emit(value)
