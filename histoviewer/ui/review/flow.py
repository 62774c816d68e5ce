"""A layout that goes on in another line where there is no more room."""

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QLayoutItem, QSizePolicy, QWidget

from histoviewer.ui.theme import GAP, TIGHT

_UNBOUNDED: Final = 1 << 24  # pixels, more than Qt lets a widget have


class FlowLayout(QLayout):
    """Puts widgets in lines, as words in a text; the last of a line may take what is left.

    How high it is follows from the width that it was given last. Were it to tell its height for any
    width, as Qt provides for, layouts around it would ask in Python thousands of times a page, and
    each time wait for whoever computes in the background.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._width = _UNBOUNDED  # of the lines; in one before it has a place
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(TIGHT)

    def addItem(self, item: QLayoutItem) -> None:
        """Put something behind the last one."""
        self._items.append(item)

    def count(self) -> int:
        """Return how many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return one of them; None behind the last, as Qt expects."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take one of them out; None behind the last, as Qt expects."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def sizeHint(self) -> QSize:
        """Return the least size: it grows with what it is given."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """Return the width of the widest item, and the height of all lines in the width it has."""
        width = max((item.minimumSize().width() for item in self._items), default=0)
        return QSize(width, self._height(self._width)).grownBy(self.contentsMargins())

    def setGeometry(self, place: QRect) -> None:
        """Put everything in its place, and ask for another height where there are other lines."""
        super().setGeometry(place)
        inner = place.marginsRemoved(self.contentsMargins())
        before, self._width = self._width, inner.width()
        y = inner.y()
        for line in self._lines(inner.width()):
            height = _height_of(line)
            self._put(line, QRect(inner.x(), y, inner.width(), height))
            y += height + self.spacing()
        if self._width != before and self._height(self._width) != self._height(before):
            self.update()

    def _height(self, width: int) -> int:
        heights = [_height_of(line) for line in self._lines(width)]
        return sum(heights) + self.spacing() * max(len(heights) - 1, 0)

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        """Return what stands in each line."""
        lines: list[list[QLayoutItem]] = []
        x = 0
        for item in self._items:
            if item.isEmpty():
                continue
            needed = min(item.sizeHint().width(), width)
            if not lines or x + needed > width:
                lines.append([])
                x = 0
            lines[-1].append(item)
            x += needed + self.spacing()
        return lines

    def _put(self, line: list[QLayoutItem], place: QRect) -> None:
        """Put a line in its place; the last of it takes what is left where it wants to expand."""
        x = place.x()
        for item in line:
            room, hint = place.right() + 1 - x, item.sizeHint()
            grows = item is line[-1] and item.expandingDirections() & Qt.Orientation.Horizontal
            width = room if grows else min(hint.width(), room)
            above = (place.height() - hint.height()) // 2
            item.setGeometry(QRect(x, place.y() + above, width, hint.height()))
            x += width + self.spacing()


def _height_of(line: list[QLayoutItem]) -> int:
    return max(item.sizeHint().height() for item in line)


def together(*parts: QWidget, at_end: bool = False) -> QWidget:
    """Return parts that stay side by side, at the end of their line where wanted."""
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(GAP)
    if at_end:
        row.addStretch(1)
    width = QSizePolicy.Policy.Expanding if at_end else QSizePolicy.Policy.Fixed
    group.setSizePolicy(width, QSizePolicy.Policy.Preferred)
    for part in parts:
        row.addWidget(part)
    return group


def in_lines(*parts: QWidget) -> QWidget:
    """Return parts in a line, or in several where there is no room for one."""
    holder = QWidget()
    flow = FlowLayout(holder)
    flow.setSpacing(GAP)
    for part in parts:
        flow.addWidget(part)
    return holder
