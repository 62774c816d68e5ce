"""The box in which the weight of the chosen tiles is shown and given."""

from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from histoviewer.domain.queue_weights import HEAVIEST, LEFT_OUT, USUAL
from histoviewer.ui.widgets import inset

_STEP: Final = 0.5


class WeightBox(QDoubleSpinBox):
    """Shows one weight, or that weights differ. UI thread only.

    Qt says that editing is finished whenever the keyboard goes elsewhere; here only what somebody
    typed or stepped to is a weight that was given.

    Args:
        parent: Owner.
    """

    weighed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: float | None = USUAL  # None where weights differ
        self._is_empty = self._is_edited = False
        self.setRange(LEFT_OUT, HEAVIEST)
        self.setDecimals(1)
        self.setSingleStep(_STEP)
        self.setAccessibleName(self.tr("Weight"))
        self.setToolTip(
            self.tr("How often the selected tiles count in place of once; 0 leaves them out")
        )
        inset(self)
        self.lineEdit().textEdited.connect(self._note)
        self.editingFinished.connect(self._finish)

    def show_weight(self, weight: float | None) -> None:
        """Show the weight that all chosen tiles have; None where they differ."""
        self._shown = weight
        self._is_empty, self._is_edited = weight is None, False
        mixed = self.tr("mixed")
        self.lineEdit().setPlaceholderText("" if weight is not None else mixed)
        self.setAccessibleDescription("" if weight is not None else mixed)
        self.setValue(USUAL if weight is None else weight)

    def sizeHint(self) -> QSize:
        """Return room for a number, and for the word that stands there in its place."""
        is_empty, self._is_empty = self._is_empty, False
        hint, number = super().sizeHint(), self.textFromValue(self.maximum())
        self._is_empty = is_empty
        metrics = self.fontMetrics()
        wider = metrics.horizontalAdvance(self.tr("mixed")) - metrics.horizontalAdvance(number)
        return hint + QSize(max(wider, 0), 0)

    def textFromValue(self, value: float) -> str:
        """Return the text of a number; none where there is not one number to show."""
        return "" if self._is_empty else super().textFromValue(value)

    def stepBy(self, steps: int) -> None:
        """Step to another weight, from the usual one where weights differ."""
        self._is_empty, self._is_edited = False, True
        super().stepBy(steps)

    def finish(self) -> None:
        """Take what is still being typed, as the Tab key would; nothing where nobody types."""
        if self._is_edited:
            self.interpretText()
            self._finish()

    def _note(self, text: str) -> None:
        self._is_edited = bool(text.strip())
        self._is_empty = not self._is_edited and self._shown is None

    def _finish(self) -> None:
        if not self._is_edited:
            self.show_weight(self._shown)
            return
        self._is_edited = False
        self.weighed.emit(self.value())
