"""A box for a threshold: it keeps the exact number and shows the digits that matter."""

from typing import Final

from PySide6.QtCore import QMargins, QSize
from PySide6.QtWidgets import QWidget

from histoviewer.domain.operating import threshold_text
from histoviewer.ui.evaluate.asked_box import AskedBox

_EVERY: Final = 149  # decimals: none of float32 has more
_ROOM: Final = "0" * 8  # for digits beyond those of 0 and 1, by which Qt measures


class ThresholdBox(AskedBox):
    """A number from 0 to 1, as exact as scores are. UI thread only.

    Qt rounds a value to the decimals that are shown. Four of them make 1.0000 of 0.9999847, and of
    a model that finds a third of the positives one that finds none.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(0.0, 1.0)
        self.setDecimals(_EVERY)
        self.setSingleStep(0.01)

    def textFromValue(self, value: float) -> str:
        """Return the digits of a value that tell it from other scores, in the reader's language."""
        text = threshold_text(value)
        return self.locale().toString(float(text), "f", len(text.partition(".")[2]))

    def valueFromText(self, text: str) -> float:
        """Return what was typed; the text of the value that is there stands for all of it."""
        value = self.value()
        return value if text == self.textFromValue(value) else super().valueFromText(text)

    def sizeHint(self) -> QSize:
        """Return the usual size with room for the digits of a score."""
        return self._roomy(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size with room for the digits of a score."""
        return self._roomy(super().minimumSizeHint())

    def _roomy(self, size: QSize) -> QSize:
        return size.grownBy(QMargins(0, 0, self.fontMetrics().horizontalAdvance(_ROOM), 0))
