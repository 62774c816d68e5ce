"""Which of the marked models a part of the evaluate page is of, where it can be of one only."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from histoviewer.ui.evaluate.naming import in_box


def fill(box: QComboBox, models: Sequence[tuple[str, str]]) -> None:
    """Let a box hold models, as (id, name), and no others; the whole name is its entry's tip."""
    box.clear()
    for model, name in models:
        box.addItem(in_box(name), model)
        box.setItemData(box.count() - 1, name, Qt.ItemDataRole.ToolTipRole)


class ModelChoice(QComboBox):
    """The names of the marked models, one of them chosen. UI thread only.

    Args:
        parent: Owner.
    """

    chosen = Signal(str)  # id of the model that the reader has chosen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setAccessibleName(self.tr("Model"))
        self.activated.connect(lambda place: self.chosen.emit(self.itemData(place)))

    @property
    def model_id(self) -> str | None:
        """Return the id of the chosen model; None where none is marked."""
        return self.currentData()  # type: ignore[no-any-return]  # Qt keeps any object

    def offer(self, models: Sequence[tuple[str, str]]) -> None:
        """Offer models as (id, name); the chosen one stays if it is among them, else the first."""
        before = self.model_id
        fill(self, models)
        self.choose(before)

    def choose(self, model: str | None) -> None:
        """Choose a model, the first where it is not offered, without telling anybody."""
        self.setCurrentIndex(max(0, self.findData(model)) if self.count() else -1)
