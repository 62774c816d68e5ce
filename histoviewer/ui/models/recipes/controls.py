"""The control of a key: a box to tick, a list, a number, a text."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QWidget

from histoviewer.ui.models.recipes.spec import FieldKind, FieldSpec
from histoviewer.ui.widgets import inset

Notify = Callable[..., None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Control:
    """A widget with the value that it shows.

    Args:
        widget: Takes the keyboard.
        fixed: Whether it is as wide as the others; else it takes what it needs, or all there is.
        value: Returns what a file would say; None leaves the key out.
        show: Shows a value without telling anybody.
    """

    widget: QWidget
    fixed: bool = True
    value: Callable[[], object]
    show: Callable[[object], None]


def make_control(spec: FieldSpec, *, unit: str, without: str, notify: Notify) -> Control:
    """Return the control of a key.

    Args:
        spec: What is asked for.
        unit: Stands behind a number; '' for none.
        without: What leaving it out means, where it may be left out: 'never'.
        notify: Called when the reader changed the value.
    """
    match spec.kind:
        case FieldKind.FLAG:
            return _flag(notify)
        case FieldKind.CHOICE:
            return _choice(spec, notify)
        case FieldKind.WHOLE:
            return _whole(spec, unit, without, notify)
        case FieldKind.NUMBER:
            return _number(spec, without, notify)
        case FieldKind.TEXT:
            return _text(notify)


class _Box(QSpinBox):
    """A number that the wheel changes only while it has the keyboard: else it scrolls the form."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the form."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class _Choice(QComboBox):
    """A list that the wheel changes only while it has the keyboard."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the form."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def _flag(notify: Notify) -> Control:
    box = QCheckBox()
    box.toggled.connect(notify)
    return Control(
        widget=box,
        fixed=False,
        value=box.isChecked,
        show=lambda value: _silently(box, box.setChecked, value),
    )


def _choice(spec: FieldSpec, notify: Notify) -> Control:
    box = _Choice()
    box.addItems(list(spec.choices))
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.currentIndexChanged.connect(notify)
    return Control(
        widget=box,
        value=box.currentText,
        show=lambda value: _silently(box, box.setCurrentText, value),
    )


def _whole(spec: FieldSpec, unit: str, without: str, notify: Notify) -> Control:
    box = _Box()
    low, high = int(spec.limits.low), int(spec.limits.high)
    nothing = low - 1
    box.setRange(nothing if spec.optional else low, high)
    box.setGroupSeparatorShown(True)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.setStepType(QSpinBox.StepType.AdaptiveDecimalStepType)
    if unit:
        box.setSuffix(f" {unit}")
    if spec.optional:
        box.setSpecialValueText(without)
    inset(box)
    box.valueChanged.connect(notify)
    return Control(
        widget=box,
        value=lambda: None if spec.optional and box.value() == nothing else box.value(),
        show=lambda value: _silently(box, box.setValue, nothing if value is None else value),
    )


def _number(spec: FieldSpec, without: str, notify: Notify) -> Control:
    line = QLineEdit()
    if spec.optional:
        line.setPlaceholderText(without)
    line.textEdited.connect(notify)
    return Control(
        widget=line,
        value=lambda: _parsed(line.text().strip(), optional=spec.optional),
        show=lambda value: line.setText("" if value is None else str(value).removesuffix(".0")),
    )


def _parsed(text: str, *, optional: bool) -> object:
    """Return the number that is written; what is none is left to the rules of the recipe."""
    if not text and optional:
        return None
    try:
        return float(text)
    except ValueError:
        return text


def _text(notify: Notify) -> Control:
    line = QLineEdit()
    line.textEdited.connect(notify)

    def show(value: object) -> None:
        line.setText(str(value))
        line.setCursorPosition(0)  # the beginning says more than the end

    return Control(widget=line, fixed=False, value=line.text, show=show)


def _silently(widget: QWidget, act: Callable[..., object], value: object) -> None:
    with QSignalBlocker(widget):
        act(value)
