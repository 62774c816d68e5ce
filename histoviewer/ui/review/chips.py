"""The filters in force as chips, each with a way to take it off."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QToolButton, QWidget

from histoviewer.domain.triage import Filter
from histoviewer.ui.theme import TIGHT

_LETTERS = 24  # of a text, before it is cut


class FlowLayout(QLayout):
    """Puts widgets in lines, as words in a text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
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

    def hasHeightForWidth(self) -> bool:
        """Say that a narrow panel needs more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines."""
        return self._arrange(QRect(0, 0, width, 0), moves=False)

    def sizeHint(self) -> QSize:
        """Return the least size: it grows with what it is given."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """Return the size of the largest item."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def setGeometry(self, place: QRect) -> None:
        """Put everything in its place."""
        super().setGeometry(place)
        self._arrange(place, moves=True)

    def _arrange(self, place: QRect, *, moves: bool) -> int:
        x, y, line = place.x(), place.y(), 0
        for item in self._items:
            if item.isEmpty():
                continue
            hint = item.sizeHint().boundedTo(QSize(place.width(), item.sizeHint().height()))
            if x > place.x() and x + hint.width() > place.right() + 1:
                x, y, line = place.x(), y + line + self.spacing(), 0
            if moves:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x, line = x + hint.width() + self.spacing(), max(line, hint.height())
        return y + line - place.y()


# What a chip stands for; None for the list of tiles that the filters narrow.
ChipKey = Filter | None


class ChipBar(QWidget):
    """The list and the filters in force. A click, or Delete, takes one off. UI thread only.

    Args:
        parent: Owner.
    """

    removed = Signal(object)  # ChipKey

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reset = QToolButton()
        self.reset.setText(self.tr("Show all"))
        self.reset.setObjectName("link")
        self.reset.setToolTip(self.tr("Take every filter off"))
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._chips: dict[ChipKey, _Chip] = {}
        self._flow = FlowLayout(self)
        self._flow.addWidget(self.reset)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(self.tr("Filters in force"))
        self.show_filters([])

    @property
    def chips(self) -> dict[ChipKey, QToolButton]:
        """Return the chips by what they stand for."""
        return dict(self._chips)

    def show_filters(self, filters: Sequence[tuple[ChipKey, str]]) -> None:
        """Show these, each with what it asks for in words."""
        self.setVisible(bool(filters))
        if [(which, chip.words) for which, chip in self._chips.items()] == list(filters):
            return
        for chip in self._chips.values():
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = {which: self._make(which, words) for which, words in filters}
        self._flow.removeWidget(self.reset)
        self._flow.addWidget(self.reset)
        order: list[QWidget] = [*self._chips.values(), self.reset]
        for one, following in pairwise(order):
            QWidget.setTabOrder(one, following)
        self.updateGeometry()

    def _make(self, which: ChipKey, words: str) -> "_Chip":
        chip = _Chip(words, self)
        chip.clicked.connect(lambda: self.removed.emit(which))
        self._flow.addWidget(chip)
        chip.show()
        return chip


class _Chip(QToolButton):
    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        cut = words if len(words) <= _LETTERS else f"{words[: _LETTERS - 1]}…"
        self.setText(f"{cut}  ✕".replace("&", "&&"))
        self.setObjectName("chip")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(self.tr("Take off: {filter}").format(filter=words))
        self.setAccessibleName(self.toolTip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the filter off."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return):
            self.click()
        else:
            super().keyPressEvent(event)
