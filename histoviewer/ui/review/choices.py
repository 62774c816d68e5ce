"""A drop-down list of values of any type."""

from collections.abc import Mapping
from typing import Generic, TypeVar

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

Value = TypeVar("Value")


class ChoiceBox(QComboBox, Generic[Value]):
    """A combo box that keeps its values on the Python side: Qt turns a `StrEnum` into a string.

    Args:
        texts: What each value is called, in order.
        name: For screen readers.
        parent: Owner.
    """

    chosen = Signal(object)  # the value, by the reader or by `choose`

    def __init__(
        self, texts: Mapping[Value, str], name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._values: list[Value] = []
        self.set_texts(texts)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the grid
        self.currentIndexChanged.connect(lambda row: self.chosen.emit(self._values[row]))

    @property
    def value(self) -> Value:
        """Return the value chosen."""
        return self._values[self.currentIndex()]

    def set_texts(self, texts: Mapping[Value, str]) -> None:
        """Offer other values, keeping the one chosen where it is among them; says nothing."""
        chosen = self.value if self._values else None
        with QSignalBlocker(self):
            self.clear()
            self._values = list(texts)
            self.addItems(list(texts.values()))
            self.setCurrentIndex(self._values.index(chosen) if chosen in self._values else 0)

    def choose(self, value: Value) -> None:
        """Choose a value, as the reader would."""
        self.setCurrentIndex(self._values.index(value))

    def show_value(self, value: Value) -> None:
        """Show a value; says nothing about it."""
        with QSignalBlocker(self):
            self.choose(value)
