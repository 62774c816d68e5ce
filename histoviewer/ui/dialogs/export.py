"""Asks where the submission goes."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QWidget

from histoviewer.domain.models import ModelRecord
from histoviewer.ui.dialogs.form import FormDialog, PathField
from histoviewer.ui.widgets import label


@dataclass(frozen=True, kw_only=True)
class ExportChoice:
    """What the reader chose.

    Args:
        out: The CSV file to write.
        sample: A sample submission that gives ids and order; None for the project's own.
        hard: Write 0 and 1 in place of probabilities.
    """

    out: Path
    sample: Path | None
    hard: bool


class ExportDialog(FormDialog):
    """Asks for the file, and warns of what costs points.

    Args:
        model: Whose scores are written.
        out: Proposed file.
        has_sample: Whether the project knows a sample submission.
        parent: The window.
    """

    def __init__(
        self,
        *,
        model: ModelRecord,
        out: Path,
        has_sample: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            title=self.tr("Export a submission"),
            lead=self.tr(
                "Writes id and probability of every test tile as scored by model {number} "
                "({recipe}), checks the file, and notes beside it where it came from."
            ).format(number=model.number, recipe=model.recipe),
            accept=self.tr("Export"),
            parent=parent,
        )
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
        self._fill(out, has_sample=has_sample)

    @property
    def choice(self) -> ExportChoice:
        """Return what is chosen now."""
        out = self.out.path
        assert out is not None, "the main button is off without a file"
        return ExportChoice(out=out, sample=self.sample.path, hard=self.hard.isChecked())

    def _fill(self, out: Path, *, has_sample: bool) -> None:
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
        self.out.set_path(out)

    def _show_warning(self, on: bool) -> None:  # noqa: FBT001 - the signal's argument
        self._warning.setVisible(on)
        self.fit_height()

    def _judge(self) -> None:
        self.show_fault("" if self.out.path else self.tr("Say where to write the submission."))
