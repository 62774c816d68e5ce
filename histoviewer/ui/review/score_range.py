"""Choosing a range of scores on their histogram, by mouse, by keys or by typing."""

from typing import Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from histoviewer.ui.review.score_histogram import STEP, ScoreHistogram
from histoviewer.ui.widgets import inset

_BUTTONS: Final = 34  # pixels for the arrows and the frame of a number


class ScoreRange(QWidget):
    """The histogram with the two ends as numbers below it."""

    range_changed = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.histogram = ScoreHistogram()
        self.low = _end_box(self.tr("Lowest score"), 0.0)
        self.high = _end_box(self.tr("Highest score"), 1.0)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.low, 1)
        row.addWidget(QLabel(self.tr("to")))
        row.addWidget(self.high, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.histogram)
        layout.addLayout(row)
        self.histogram.range_changed.connect(self._histogram_moved)
        self.low.valueChanged.connect(self._typed)
        self.high.valueChanged.connect(self._typed)

    def set_range(self, low: float, high: float) -> None:
        """Show this range; says nothing about it."""
        self.histogram.set_range(low, high)
        for box, value in ((self.low, low), (self.high, high)):
            with QSignalBlocker(box):
                box.setValue(value)

    @property
    def ends(self) -> tuple[float, float]:
        """Return the range."""
        return self.histogram.ends

    def _histogram_moved(self, low: float, high: float) -> None:
        self.set_range(low, high)
        self.range_changed.emit(low, high)

    def _typed(self) -> None:
        low, high = self.low.value(), self.high.value()
        if low > high:  # the end being typed pushes the other one along
            low, high = (low, low) if self.sender() is self.low else (high, high)
        self.set_range(low, high)
        self.range_changed.emit(low, high)


def _end_box(name: str, value: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(0.0, 1.0)
    box.setSingleStep(STEP)
    box.setDecimals(2)
    box.setValue(value)
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setKeyboardTracking(False)  # a half-typed number is not a filter
    inset(box)
    # Qt would have it wide enough for any number of decimals; a panel has room for two such boxes.
    box.setMinimumWidth(box.fontMetrics().horizontalAdvance("0.000") + _BUTTONS)
    return box
