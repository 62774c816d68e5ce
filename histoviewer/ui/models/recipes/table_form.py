"""The form of one table of a recipe."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from histoviewer.ui.models.recipes.controls import Control, make_control
from histoviewer.ui.models.recipes.spec import FieldKind, FieldSpec
from histoviewer.ui.models.recipes.words import words_of
from histoviewer.ui.theme import GAP, TIGHT
from histoviewer.ui.widgets import label, restyle

_TITLE_LETTERS: Final = 18
_FIELD_LETTERS: Final = 19


class TableForm(QWidget):
    """One row a key: what it is called, its control, its unit, and below it what is wrong.

    UI thread only.

    Args:
        specs: The keys.
        section: Key of the table in the recipe, by which the words are found.
        parent: Owner.
    """

    changed = Signal()

    def __init__(
        self, specs: Sequence[FieldSpec], section: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._section = section
        self._controls: dict[str, Control] = {}
        self._titles: list[QLabel] = []
        self._starts: dict[str, object] = {}
        self._faults: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(TIGHT)
        self._grid.setColumnStretch(2, 1)
        for spec in specs:
            self._add(spec)
        self._follow_text_size()

    @property
    def controls(self) -> Mapping[str, QWidget]:
        """Return the widgets by their keys."""
        return {name: control.widget for name, control in self._controls.items()}

    def table(self) -> dict[str, Any]:
        """Return what a file would say now."""
        values = {name: control.value() for name, control in self._controls.items()}
        return {name: value for name, value in values.items() if value is not None}

    def show_table(self, table: Mapping[str, Any]) -> None:
        """Show what a file says; keys that it leaves out have their default."""
        for name, control in self._controls.items():
            control.show(table.get(name, self._starts[name]))
        self.show_fault("", "")

    def show_fault(self, name: str, text: str) -> None:
        """Say below a key what is wrong with it, and nothing below the others."""
        for key, place in self._faults.items():
            said = text if key == name else ""
            if said == place.text():
                continue
            place.setText(said)
            place.setVisible(bool(said))
            widget, words = self._controls[key].widget, words_of(self._section, key)
            widget.setAccessibleDescription(said or words.tip)
            widget.setProperty("wrong", bool(said))
            restyle(widget)

    def changeEvent(self, event: QEvent) -> None:
        """Keep columns as wide as their texts need in another text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._follow_text_size()

    def _follow_text_size(self) -> None:
        letter = self.fontMetrics().averageCharWidth()
        for title in self._titles:
            title.setMinimumWidth(letter * _TITLE_LETTERS)
        for control in self._controls.values():
            if control.fixed:
                control.widget.setFixedWidth(letter * _FIELD_LETTERS)

    def _tell(self, *_: object) -> None:
        """Leave out what the signals of the controls bring along."""
        self.changed.emit()

    def _add(self, spec: FieldSpec) -> None:
        words = words_of(self._section, spec.name)
        control = make_control(spec, unit=words.unit, without=words.without, notify=self._tell)
        self._controls[spec.name] = control
        self._starts[spec.name] = spec.start
        title = label(words.title)
        self._titles.append(title)
        title.setBuddy(control.widget)
        tip = _tip(spec, words.tip)
        for widget in (title, control.widget):
            widget.setToolTip(tip)
        control.widget.setAccessibleName(words.title)
        control.widget.setAccessibleDescription(words.tip)
        control.widget.setObjectName(f"{self._section}.{spec.name}")
        fault = label("", role="danger", wraps=True)
        fault.hide()
        self._faults[spec.name] = fault
        row = self._grid.rowCount()
        top = Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(title, row, 0, top)
        if spec.kind is FieldKind.TEXT:  # takes what room there is
            self._grid.addWidget(control.widget, row, 1, 1, 2)
        else:
            self._grid.addWidget(control.widget, row, 1, top)
        if words.unit and spec.kind is FieldKind.NUMBER:
            self._grid.addWidget(label(words.unit, role="muted"), row, 2, top)
        self._grid.addWidget(fault, row + 1, 1, 1, 2)


def _tip(spec: FieldSpec, tip: str) -> str:
    """Return what a key means, with the range that is allowed."""
    if spec.kind in (FieldKind.WHOLE, FieldKind.NUMBER):
        return f"{tip} ({spec.limits})"
    return tip
