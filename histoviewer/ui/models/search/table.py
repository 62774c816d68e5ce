"""The trials of a search as a table."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, Qt

from histoviewer.domain import search
from histoviewer.domain.search import Trial, best_of
from histoviewer.ui.tables import Index, TextTable

NUMBER, AUC, LOSS, FILTERS, RATE, DROPOUT, BATCH, EPOCHS, SECONDS, PARAMETERS, REMARK = range(11)
_NONE: Final = "\N{EM DASH}"
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_VALUES: Final = {RATE: "learning_rate", DROPOUT: "dropout", BATCH: "batch"}


class TrialTable(TextTable):
    """One row a trial, the newest first; the best says so. UI thread only.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        titles = (
            self.tr("Trial"),
            self.tr("AUC"),
            self.tr("Loss"),
            self.tr("Filters"),
            self.tr("Learning rate"),
            self.tr("Dropout"),
            self.tr("Batch"),
            self.tr("Epochs"),
            self.tr("Seconds"),
            self.tr("Parameters"),
            self.tr("Remark"),
        )
        super().__init__(titles, parent)
        self.trials: Sequence[Trial] = ()
        self._best: Trial | None = None

    def show_trials(self, trials: Sequence[Trial]) -> None:
        """List trials, given in the order of their numbers."""
        self.beginResetModel()
        self.trials, self._best = tuple(reversed(trials)), best_of(trials)
        self.endResetModel()

    def count(self) -> int:
        """Return the number of trials."""
        return len(self.trials)

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell."""
        trial = self.trials[row]
        if column in _VALUES:
            value = trial.values.get(_VALUES[column])
            asked = _NONE if value is None else f"{value:.4g}"
            is_other = column == BATCH and trial.batch_asked is not None
            return self._other_batch(trial) if is_other else asked
        texts = {
            NUMBER: str(trial.number),
            AUC: _NONE if trial.val_auc is None else f"{trial.val_auc:.4f}",
            FILTERS: _filters(trial),
            LOSS: _NONE if trial.val_loss is None else f"{trial.val_loss:.4f}",
            EPOCHS: str(trial.epochs),
            SECONDS: f"{trial.seconds:.0f}",
            PARAMETERS: _NONE if trial.parameters is None else f"{trial.parameters:,}",
        }
        return texts[column] if column in texts else self._remark(trial)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a text, numbers on the right."""
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() != REMARK:
            return _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == BATCH:
            trial = self.trials[index.row()]
            if trial.batch_asked is not None:
                return self._why_another_batch(trial)
        return super().data(index, role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a title, on the side of its numbers."""
        if role == Qt.ItemDataRole.TextAlignmentRole and section != REMARK:
            return _RIGHT
        return super().headerData(section, orientation, role)

    def _other_batch(self, trial: Trial) -> str:
        text = self.tr("{used}, not {asked}")
        return text.format(used=trial.batch, asked=trial.batch_asked)

    def _why_another_batch(self, trial: Trial) -> str:
        text = self.tr(
            "It trained with {used} tiles a step, not with {asked}: more did not fit into memory, "
            "or there are no more."
        )
        return text.format(used=trial.batch, asked=trial.batch_asked)

    def _remark(self, trial: Trial) -> str:
        if trial.fault:
            return trial.fault
        return self.tr("best so far") if trial is self._best else ""


def _filters(trial: Trial) -> str:
    """Return the filters of a trial's stages, the first one first."""
    stages = (key for key in trial.values if key.startswith(search.FILTERS))
    numbers = sorted(int(key.removeprefix(search.FILTERS)) for key in stages)
    shown = [f"{trial.values[f'{search.FILTERS}{number}']:.0f}" for number in numbers]
    return " ".join(shown) or _NONE
