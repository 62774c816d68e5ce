"""The facts of a tile, one a line: id, labels, state, score, split, group, size, problems."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QSizePolicy, QWidget

from histoviewer.domain.labels import UNLABELLED
from histoviewer.ui.review.colours import label_colours
from histoviewer.ui.review.describing import SIGNS, TIMES, Description
from histoviewer.ui.review.lists import ElidedLabel, make_selectable
from histoviewer.ui.theme import TIGHT
from histoviewer.ui.widgets import label

_OFTEN_EMPTY = ("group", "size", "problems")


class FactForm(QWidget):
    """Shows the facts of one tile; lines with nothing to say are left out. UI thread only.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = UNLABELLED
        self._id = ElidedLabel()
        names = self._names()
        self.fields = {key: _value_label(name) for key, name in names.items()}
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(TIGHT)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._form.addRow(_name_label(self.tr("Id")), self._id)
        for key, field in self.fields.items():
            self._form.addRow(_name_label(names[key]), field)

    def _names(self) -> dict[str, str]:
        return {
            "label": self.tr("Label"),
            "given": self.tr("Given"),
            "state": self.tr("State"),
            "score": self.tr("Score"),
            "split": self.tr("Split"),
            "group": self.tr("Group"),
            "size": self.tr("Size"),
            "problems": self.tr("Problems"),
        }

    def clear(self) -> None:
        """Show that there is no tile."""
        self._id.set_full("")
        for field in self.fields.values():
            field.clear()
        for key in _OFTEN_EMPTY:
            self._show_row(key, visible=False)

    def describe(self, description: Description) -> None:
        """Show the facts of a tile; its size comes with `show_size`."""
        texts = {
            "label": f"{SIGNS[description.label]} {description.effective}",
            "given": description.given,
            "state": description.state,
            "score": description.prediction,
            "split": description.split,
            "group": self._group_text(description),
            "problems": description.problems,
        }
        if description.disagrees:
            texts["score"] += "  " + self.tr("≠ label")
        self._id.set_full(description.id)
        for key, text in texts.items():
            self.fields[key].setText(text)
        for key in ("group", "problems"):
            self._show_row(key, visible=bool(texts[key]))
        self._label = description.label
        self._colour_label()

    def show_size(self, size: tuple[int, int], fitted_to: int) -> None:
        """Mention the size of the original where the project holds it fitted to another.

        Args:
            size: Width and height, pixels.
            fitted_to: Side of the project's tiles.
        """
        text = self.tr("{size}, fitted to {fitted}").format(
            size=f"{size[0]} {TIMES} {size[1]}",
            fitted=f"{fitted_to} {TIMES} {fitted_to}",
        )
        self.fields["size"].setText(text)
        self._show_row("size", visible=size != (fitted_to, fitted_to))

    def hide_size(self) -> None:
        """Say nothing of the size: it is not known."""
        self._show_row("size", visible=False)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour_label()

    def _colour_label(self) -> None:
        colour = label_colours(self.palette()).of(self._label).name()
        style, field = f"color: {colour}; font-weight: bold", self.fields["label"]
        if field.styleSheet() != style:  # a new one has the whole form laid out again
            field.setStyleSheet(style)

    def _group_text(self, description: Description) -> str:
        if not description.group:
            return ""
        others = self.tr("{count} other tiles").format(count=f"{description.neighbours:,}")
        return f"{description.group} ({others})"

    def _show_row(self, key: str, *, visible: bool) -> None:
        self._form.setRowVisible(self.fields[key], visible)


def _name_label(name: str) -> QLabel:
    made = label(name, role="muted")
    made.setAlignment(Qt.AlignmentFlag.AlignTop)
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
    return made


def _value_label(name: str) -> QLabel:
    field = label("", wraps=True)
    field.setAccessibleName(name)
    make_selectable(field)
    return field
