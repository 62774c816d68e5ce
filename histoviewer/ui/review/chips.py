"""The filters in force as chips, each with a way to take it off."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from histoviewer.domain.triage import Filter
from histoviewer.ui.review.flow import FlowLayout

_LETTERS = 24  # of a text, before it is cut


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
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
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
