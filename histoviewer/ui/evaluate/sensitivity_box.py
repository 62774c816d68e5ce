"""A box for the share of the positives to be found: each step goes to other tiles."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from histoviewer.ui.evaluate.asked_box import AskedBox


class SensitivityBox(AskedBox):
    """A share in percent that asks for its steps. UI thread only.

    Which shares there are depends on the scores. Of 60 positives none is 0.5 % less than all: a
    box that counts by itself would be set back to where it was, again and again.

    Args:
        parent: Owner.
    """

    stepped = Signal(float)  # by so much, in percent

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(0.0, 100.0)
        self.setDecimals(1)
        self.setSingleStep(0.5)

    def stepBy(self, steps: int) -> None:
        """Ask for some steps up, or down where it is negative, from what was typed."""
        self.take_typed()
        self.stepped.emit(steps * self.singleStep())
        self.selectAll()
