"""Asks how an ensemble is put together."""

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from histoviewer.domain.models import Combining, ModelRecord
from histoviewer.ui.dialogs.form import FormDialog
from histoviewer.ui.model_menu import describe
from histoviewer.ui.widgets import label


class EnsembleDialog(FormDialog):
    """The members are those that were chosen in the list.

    Args:
        members: One or more models.
        parent: The window.
    """

    def __init__(self, members: Sequence[ModelRecord], parent: QWidget | None = None) -> None:
        super().__init__(
            title=self.tr("Make an ensemble"),
            lead=self.tr(
                "A model made of others: it scores every tile, ranks the grid and is exported like "
                "any other. It becomes champion if it is not worse."
            ),
            accept=self.tr("Make"),
            parent=parent,
        )
        self._members = tuple(members)
        self.how = QComboBox()
        self.tta = QCheckBox(self.tr("Each score the mean over the 8 flips and quarter turns"))
        self._fill()

    @property
    def choice(self) -> tuple[Combining, bool]:
        """Return how scores are put together, and whether tiles are flipped and turned."""
        return list(self._combinings())[self.how.currentIndex()], self.tta.isChecked()

    def _fill(self) -> None:
        self.how.addItems(list(self._combinings().values()))
        self.add_row(
            self.tr("Scores"),
            self.how,
            self.tr("Places suit members whose probabilities mean different things."),
        )
        listed = label("\n".join(describe(model) for model in self._members), wraps=True)
        self.form.addRow(label(self.tr("Members")), listed)
        self.form.addRow("", self.tta)
        self.tta.setToolTip(self.tr("Test-time augmentation: eight times the work of scoring."))
        self.tta.toggled.connect(self._judge)
        self._judge()

    def _combinings(self) -> dict[Combining, str]:
        return {
            "mean": self.tr("Mean of the probabilities"),
            "ranks": self.tr("Mean of the places in the order"),
        }

    def _judge(self) -> None:
        alone = len(self._members) == 1 and not self.tta.isChecked()
        fault = self.tr("Choose more models in the list, or flip and turn the tiles for this one.")
        self.show_fault(fault if alone else "")
