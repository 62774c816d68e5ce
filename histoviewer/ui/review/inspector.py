"""The panel beside the grid: the current tile large, and what is known of it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFormLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from histoviewer.ui.review.colours import label_colours
from histoviewer.ui.review.describing import SIGNS, TIMES, Description, HistoryRow
from histoviewer.ui.review.loading import Original
from histoviewer.ui.review.picture import CentreSquare, TilePicture

_CENTRE_TEXTS = {
    CentreSquare.OFF: "Centre square: off (C)",
    CentreSquare.BOX: "Centre square: box (C)",
    CentreSquare.DIM: "Centre square: ring dimmed (C)",
}
_NOTHING = "Select a tile to see it here."


class ElidedLabel(QLabel):
    """A line of text that is cut in the middle where it does not fit; its tip has it whole."""

    def __init__(self) -> None:
        super().__init__()
        self._full = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        _make_selectable(self)

    def set_full(self, text: str) -> None:
        """Show this text."""
        self._full = text
        self.setToolTip(text)
        self.setAccessibleDescription(text)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text anew."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        metrics = QFontMetrics(self.font())
        self.setText(metrics.elidedText(self._full, Qt.TextElideMode.ElideMiddle, self.width()))


class Inspector(QWidget):
    """Shows one tile: pixels from the original file, labels, score, history.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = TilePicture(is_square=True)
        self.picture.setMinimumHeight(160)
        self.picture.show_text(_NOTHING)
        self.centre_button = QPushButton(_CENTRE_TEXTS[CentreSquare.OFF])
        self.centre_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.centre_button.setToolTip(
            "The label of a Kaggle tile depends on its central 32 x 32 pixels only"
        )
        self._id = ElidedLabel()
        self._fields = {
            name: _value_label(name)
            for name in (
                "Label", "Given", "State", "Score", "Split", "Group", "Size", "Problems",
            )
        }  # fmt: skip
        self._form = self._build_form()
        self._history = _build_history()
        self._lay_out()
        self.show_nothing()

    def _build_form(self) -> QFormLayout:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(4)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.addRow("Id", self._id)
        for name, label in self._fields.items():
            form.addRow(name, label)
        return form

    def _lay_out(self) -> None:
        heading = QLabel("Verdicts")
        heading.setBuddy(self._history)
        _make_bold(heading)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.picture)
        layout.addWidget(self.centre_button)
        layout.addLayout(self._form)
        layout.addSpacing(4)
        layout.addWidget(heading)
        layout.addWidget(self._history, 1)

    def sizeHint(self) -> QSize:
        """Return the width that suits the texts."""
        return QSize(QFontMetrics(self.font()).averageCharWidth() * 46, 600)

    def show_nothing(self) -> None:
        """Show that there is no current tile."""
        self.picture.show_text(_NOTHING)
        self._id.set_full("")
        for label in self._fields.values():
            label.clear()
            label.setStyleSheet("")
        for name in ("Group", "Size", "Problems"):
            self._show_row(name, visible=False)
        self._history.clear()

    def describe(self, description: Description) -> None:
        """Show what is known of a tile; its pixels come with `show_original`."""
        texts = {
            "Label": f"{SIGNS[description.label]} {description.effective}",
            "Given": description.given,
            "State": description.state,
            "Score": description.prediction,
            "Split": description.split,
            "Group": description.group,
            "Problems": description.problems,
        }
        if description.disagrees:
            texts["Score"] += "  ≠ label"
        self._id.set_full(description.id)
        for name, text in texts.items():
            self._fields[name].setText(text)
        for name in ("Group", "Problems"):
            self._show_row(name, visible=bool(texts[name]))
        colour = label_colours(self.palette()).of(description.label).name()
        self._fields["Label"].setStyleSheet(f"color: {colour}; font-weight: bold")
        self._show_history(description)

    def show_original(self, original: Original, fitted_to: int) -> None:
        """Show the pixels of the tile.

        Args:
            original: What was read.
            fitted_to: Side of the project's tiles; another size is mentioned.
        """
        size = self._fields["Size"]
        if original.image is None:
            self.picture.show_text(f"This tile cannot be shown: {original.fault}")
            self._show_row("Size", visible=False)
            return
        self.picture.show_image(original.image)
        width, height = original.image.width(), original.image.height()
        is_other = (width, height) != (fitted_to, fitted_to)
        size.setText(f"{width} {TIMES} {height}, fitted to {fitted_to} {TIMES} {fitted_to}")
        self._show_row("Size", visible=is_other)

    def set_centre(self, centre: CentreSquare) -> None:
        """Show the centre square in this way."""
        self.picture.set_centre(centre)
        self.centre_button.setText(_CENTRE_TEXTS[centre])

    def _show_row(self, name: str, *, visible: bool) -> None:
        self._form.setRowVisible(self._fields[name], visible)

    def _show_history(self, description: Description) -> None:
        self._history.clear()
        self._history.addTopLevelItems([_history_item(row) for row in description.history])


def _value_label(name: str) -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setAccessibleName(name)
    _make_selectable(label)
    return label


def _make_selectable(label: QLabel) -> None:
    """Let the mouse select its text; the keyboard stays with the grid."""
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Qt has just made it take clicks


def _build_history() -> QTreeWidget:
    history = QTreeWidget()
    history.setHeaderLabels(["What", "Who", "Score", "When"])
    history.setAccessibleName("Verdict history")
    history.setRootIsDecorated(False)
    history.setUniformRowHeights(True)
    history.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    history.setTabKeyNavigation(False)
    history.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    history.setMinimumHeight(90)
    header = history.header()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setStretchLastSection(False)
    # What was done is cut where there is little room, and stays in the tip; who and when are not.
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return history


def _history_item(row: HistoryRow) -> QTreeWidgetItem:
    font = QFont()
    font.setStrikeOut(not row.stands)
    text = row.action if row.stands else f"{row.action} (undone)"
    item = QTreeWidgetItem([text, row.reader, row.score, row.when])
    tip = f"{text} by {row.reader}, {row.when}" + (f", {row.model}" if row.model else "")
    for column in range(item.columnCount()):
        item.setToolTip(column, tip)
    if not row.stands:
        item.setFont(0, font)
    return item


def _make_bold(label: QLabel) -> None:
    font = label.font()
    font.setBold(True)
    label.setFont(font)
