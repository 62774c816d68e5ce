"""Asks whose scores are submitted, and where the submission goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from histoviewer.domain.models import ModelRecord
from histoviewer.ui.dialogs.form import FormDialog, PathField
from histoviewer.ui.model_menu import describe
from histoviewer.ui.widgets import label


@dataclass(frozen=True, kw_only=True)
class ExportChoice:
    """What the reader chose.

    Args:
        out: The CSV file to write.
        sample: A sample submission that gives ids and order; None for the project's own.
        hard: Write 0 and 1 in place of probabilities.
        model: Id of the model whose scores are written.
    """

    model: str
    out: Path
    sample: Path | None
    hard: bool


class ExportDialog(FormDialog):
    """Asks for the model and the file, and warns of what costs points.

    Args:
        models: All models, oldest first.
        champion: The one that is proposed.
        propose: Returns the file that is proposed for a model.
        has_sample: Whether the project knows a sample submission.
        parent: The window.
    """

    def __init__(
        self,
        *,
        models: Sequence[ModelRecord],
        champion: ModelRecord,
        propose: Callable[[ModelRecord], Path],
        has_sample: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            title=self.tr("Export a submission"),
            lead=self.tr(
                "Writes id and probability of every test tile as scored by a model, checks the "
                "file, and notes beside it where it came from."
            ),
            accept=self.tr("Export"),
            parent=parent,
        )
        self._models = list(models)[::-1]
        self._incomplete: frozenset[str] = frozenset()
        self._propose = propose
        self.model = QComboBox()
        csv = self.tr("CSV files (*.csv)")
        self.out = PathField(caption=self.tr("Write submission"), filters=[csv], saves=True)
        self.sample = PathField(caption=self.tr("Sample submission"), filters=[csv])
        self.hard = QCheckBox(self.tr("Write labels 0 and 1 in place of probabilities"))
        self._warning = label(
            self.tr(
                "The competition is judged by the area under the ROC curve: hard labels usually "
                "cost 0.05 to 0.10 of it."
            ),
            role="danger",
            wraps=True,
        )
        self._fill(champion, has_sample=has_sample)

    @property
    def choice(self) -> ExportChoice:
        """Return what is chosen now."""
        out = self.out.path
        assert out is not None, "the main button is off without a file"
        return ExportChoice(
            model=self._models[self.model.currentIndex()].id,
            out=out,
            sample=self.sample.path,
            hard=self.hard.isChecked(),
        )

    def refuse(self, incomplete: frozenset[str]) -> None:
        """Refuse models, by id, that have not scored all there is to export."""
        self._incomplete = incomplete
        self._judge()

    def _fill(self, champion: ModelRecord, *, has_sample: bool) -> None:
        self.add_row(self.tr("Model"), self.model, self.tr("It must have scored every test tile."))
        self.add_row(self.tr("File"), self.out)
        self.add_row(
            self.tr("Sample file"),
            self.sample,
            self.tr("Left empty, the sample submission of the data set gives ids and order.")
            if has_sample
            else self.tr("Gives the ids and their order; without one all test tiles are written."),
        )
        self.form.addRow("", self.hard)
        self.form.addRow("", self._warning)
        self._warning.hide()
        self.hard.toggled.connect(self._show_warning)
        self.out.edit.textChanged.connect(self._judge)
        champions = self.tr("{model} (champion)")
        for model in self._models:
            text = describe(model)
            is_champion = model.id == champion.id
            self.model.addItem(champions.format(model=text) if is_champion else text)
        self.model.currentIndexChanged.connect(self._follow)
        self._proposed: Path | None = None
        self._follow(self.model.currentIndex())
        self.model.setCurrentIndex([model.id for model in self._models].index(champion.id))

    def _follow(self, place: int) -> None:
        """Propose another file for another model, but not in place of one that was chosen."""
        if self.out.path == self._proposed:
            self._proposed = self._propose(self._models[place])
            self.out.set_path(self._proposed)
        self._judge()

    def _show_warning(self, on: bool) -> None:  # noqa: FBT001 - the signal's argument
        self._warning.setVisible(on)
        self.fit_height()

    def _judge(self) -> None:
        if self._models[self.model.currentIndex()].id in self._incomplete:
            self.show_fault(
                self.tr(
                    "This model has not scored every test tile as it is packed now: score with it "
                    "on the page Models first, or choose another one."
                )
            )
        else:
            missing = self.tr("Say where to write the submission.")
            self.show_fault("" if self.out.path else missing)
