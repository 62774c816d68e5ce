"""The steps of a verdict log as rows, newest first."""

from typing import Final

from PySide6.QtCore import QModelIndex, QObject, Qt

from histoviewer.domain.verdicts import Batch, Mode, VerdictLog
from histoviewer.ui.steps import step_name
from histoviewer.ui.tables import Index, TextTable

_NOWHERE: Final = QModelIndex()
STEP, WHEN, WHO, WHAT, HOW, STATE = range(6)


class ActivityModel(TextTable):
    """The batches of a log; nothing is copied, so a log of any length costs the same.

    UI thread only, which is the log's.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(
            (
                self.tr("Step"),
                self.tr("When"),
                self.tr("Who"),
                self.tr("What"),
                self.tr("How"),
                self.tr("State"),
            ),
            parent,
        )
        self._log: VerdictLog | None = None
        self._shown = 0
        self._ways = {
            Mode.OPEN: "",
            Mode.BLIND: self.tr("blind"),
            Mode.SETTLING: self.tr("settled a difference"),
            Mode.MERGED: self.tr("from another machine"),
        }

    def show_log(self, log: VerdictLog | None) -> None:
        """Show a log; None for none."""
        self.beginResetModel()
        self._log = log
        self._shown = 0 if log is None else len(log.batches)
        self.endResetModel()

    def catch_up(self) -> None:
        """Show the steps that were taken since, and what they did to older ones."""
        if self._log is None:
            return
        new = len(self._log.batches) - self._shown
        if new:
            self.beginInsertRows(_NOWHERE, 0, new - 1)
            self._shown += new
            self.endInsertRows()
        if self._shown:
            self.dataChanged.emit(self.index(0, STATE), self.index(self._shown - 1, STATE))

    def batch(self, row: int) -> Batch:
        """Return the batch of a row."""
        assert self._log is not None
        return self._log.batches[self._shown - 1 - row]

    def concerned(self, row: int) -> Batch:
        """Return the verdicts that a row is about: its own, or those it took or brought back."""
        assert self._log is not None
        batch = self.batch(row)
        while batch.undoes is not None:
            batch = self._log.batches[batch.undoes - 1]
        return batch

    def row_of(self, number: int) -> int | None:
        """Return the row of a step; None where it is not shown."""
        row = self._shown - number
        return row if 0 <= row < self._shown else None

    def can_undo(self, row: int) -> bool:
        """Return whether the step of a row can be taken back."""
        return self._log is not None and self._log.can_take_back(self.batch(row).number)

    def count(self) -> int:
        """Return the number of steps."""
        return self._shown

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a text; numbers stand at the right."""
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == STEP:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return super().data(index, role)

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell."""
        batch = self.batch(row)
        if column == STEP:
            return f"{batch.number:,}"
        if column == WHEN:
            return batch.when.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        if column == WHO:
            return batch.reader
        if column == WHAT:
            return self._what(batch, row)
        return self._ways[batch.mode] if column == HOW else self._state(batch)

    def _what(self, batch: Batch, row: int) -> str:
        if batch.undoes is None:
            return step_name(batch)
        assert self._log is not None
        target = self.concerned(row)
        is_redo = self._log.batches[batch.undoes - 1].undoes is not None
        text = self.tr("bring back step {step}: {what}")
        if not is_redo:
            text = self.tr("take back step {step}: {what}")
        return text.format(step=f"{target.number:,}", what=step_name(target))

    def _state(self, batch: Batch) -> str:
        if batch.undoes is not None:
            return ""
        assert self._log is not None
        return self.tr("in force") if self._log.stands(batch) else self.tr("taken back")
