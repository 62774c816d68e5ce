"""A box for a number that is asked for, the one that it already shows included."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QWidget


class AskedBox(QDoubleSpinBox):
    """A number that stands for one model, and is asked for of all. UI thread only.

    Qt tells of a number only where it is another one than before. What is shown may be the number
    of one model alone, or rounded: who types it asks for it, and who merely passes by does not.

    Args:
        parent: Owner.
    """

    asked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_typed = False  # and not asked for yet
        self.setKeyboardTracking(False)
        self.lineEdit().textEdited.connect(self._note)
        self.valueChanged.connect(self._ask)
        self.editingFinished.connect(self._finish)

    def show_value(self, value: float) -> None:
        """Show a number that nobody asks for, in place of what is being typed."""
        self._end_typing()
        with QSignalBlocker(self):
            self.setValue(value)

    def renew_value(self, value: float) -> None:
        """Go by another number that nobody asks for; what is being typed stays in sight."""
        line = self.lineEdit()
        if not line.isModified():
            self.show_value(value)
            return
        text, place = line.text(), line.cursorPosition()
        with QSignalBlocker(self):
            self.setValue(value)
        line.setText(text)
        line.setCursorPosition(place)
        line.setModified(True)

    def take_typed(self) -> None:
        """Ask for what is being typed, as Return does; for nothing where nobody types."""
        self.interpretText()
        self._finish()

    def _note(self) -> None:
        self._is_typed = self.hasAcceptableInput()  # else Qt goes back to the number before

    def _finish(self) -> None:
        was_typed = self._is_typed
        self._end_typing()
        if was_typed:  # the number that was there: another one is told by its change
            self.asked.emit(self.value())

    def _ask(self, value: float) -> None:
        self._end_typing()
        self.asked.emit(value)

    def _end_typing(self) -> None:
        self._is_typed = False
        self.lineEdit().setModified(False)  # Qt leaves it so where the text was that of the value
