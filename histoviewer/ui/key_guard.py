"""Which keys belong to the focused control rather than to a single-key command.

Text fields claim letters and digits by themselves; buttons do not claim Space, nor fields Enter.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QWidget

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def belongs_to_control(focused: QWidget | None, event: QKeyEvent) -> bool:
    """Return whether a key is the focused control's own, so that no command may take it."""
    key = event.key()
    match focused:
        case QAbstractButton():
            return key == Qt.Key.Key_Space
        case QComboBox():
            return key in (Qt.Key.Key_Space, *_ENTER)
        case QLineEdit() | QAbstractSpinBox():
            return key in _ENTER
        case _:
            return False
