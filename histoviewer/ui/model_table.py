"""Every model of a project with its figures, in a table; some of them are chosen by a mark."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from histoviewer.domain.models import KaggleScores
from histoviewer.ui.eight_views import figure_text, figure_tip
from histoviewer.ui.tables import Index, TextTable
from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:  # the services import SQLAlchemy, which must not delay the first paint
    from histoviewer.services.model_table import ModelRow

NONE: Final = "\N{EM DASH}"

_TITLES: Final = (
    QT_TRANSLATE_NOOP("model-table", "Model"),
    QT_TRANSLATE_NOOP("model-table", "AUC"),
    QT_TRANSLATE_NOOP("model-table", "train"),
    QT_TRANSLATE_NOOP("model-table", "gap"),
    QT_TRANSLATE_NOOP("model-table", "Loss"),
    QT_TRANSLATE_NOOP("model-table", "train"),
    QT_TRANSLATE_NOOP("model-table", "gap"),
    QT_TRANSLATE_NOOP("model-table", "Accuracy"),
    QT_TRANSLATE_NOOP("model-table", "train"),
    QT_TRANSLATE_NOOP("model-table", "gap"),
    QT_TRANSLATE_NOOP("model-table", "Parameters"),
    QT_TRANSLATE_NOOP("model-table", "tiles/s"),
    QT_TRANSLATE_NOOP("model-table", "Kaggle public"),
    QT_TRANSLATE_NOOP("model-table", "private"),
)
_TIPS: Final = {
    1: QT_TRANSLATE_NOOP("model-table", "Area under the ROC curve on the validation tiles"),
    2: QT_TRANSLATE_NOOP("model-table", "On the training tiles, in the epoch that was kept"),
    3: QT_TRANSLATE_NOOP("model-table", "Training minus validation: large where it overfits"),
    4: QT_TRANSLATE_NOOP("model-table", "Mean cross-entropy on the validation tiles"),
    5: QT_TRANSLATE_NOOP(
        "model-table", "Mean cross-entropy on the training tiles as augmented, in the epoch kept"
    ),
    6: QT_TRANSLATE_NOOP("model-table", "Validation minus training: large where it overfits"),
    7: QT_TRANSLATE_NOOP("model-table", "Share of the validation tiles told right at 0.5"),
    8: QT_TRANSLATE_NOOP("model-table", "On the training tiles, in the epoch that was kept"),
    9: QT_TRANSLATE_NOOP("model-table", "Training minus validation: large where it overfits"),
    11: QT_TRANSLATE_NOOP("model-table", "Tiles a second in training"),
    12: QT_TRANSLATE_NOOP(
        "model-table", "What Kaggle said of the newest export: type it in (F2 or double click)"
    ),
    13: QT_TRANSLATE_NOOP(
        "model-table", "What Kaggle said of the newest export: type it in (F2 or double click)"
    ),
}  # fmt: skip
PUBLIC, PRIVATE = 12, 13

_FIGURES: Final[Sequence[Callable[["ModelRow"], float]]] = (
    lambda row: row.val_auc,
    lambda row: row.train_auc,
    lambda row: row.auc_gap,
    lambda row: row.val_loss,
    lambda row: row.train_loss,
    lambda row: row.loss_gap,
    lambda row: row.val_accuracy,
    lambda row: row.train_accuracy,
    lambda row: row.accuracy_gap,
    lambda row: row.parameters,
    lambda row: row.tiles_per_second,
    lambda row: row.public_score,
    lambda row: row.private_score,
)
_WHOLE: Final = (10, 11)
_LOSS: Final = 4  # of the validation tiles
_JUDGED: Final = (1, _LOSS, 7)  # on the validation tiles, by one view of each or by eight


class ModelTable(TextTable):
    """One row a model, newest first; up to some can be marked. UI thread only.

    Args:
        most: How many can be marked at a time.
        parent: Owner.
    """

    marked_changed = Signal()
    score_typed = Signal(int, object)  # number of the export, the one of its KaggleScores
    score_refused = Signal(str)  # a sentence about what was typed

    def __init__(self, *, most: int, parent: QObject | None = None) -> None:
        super().__init__([translate("model-table", title) for title in _TITLES], parent)
        self._most = most
        self._rows: Sequence[ModelRow] = ()
        self._marked: list[str] = []
        self.is_editable = True

    def show_rows(self, rows: "Sequence[ModelRow]") -> None:
        """List models, given in the order of their numbers; the champion is marked at first.

        Rows that are listed stay where they are, with whoever is about to type into them.
        """
        before = [row.model.id for row in self._rows]
        listed = tuple(reversed(rows))
        newer = max(0, len(listed) - len(before))
        if before and before == [row.model.id for row in listed[newer:]]:
            self._take_newer(listed, newer)
        else:
            self._start_anew(listed)

    def _take_newer(self, listed: "Sequence[ModelRow]", newer: int) -> None:
        before = self._rows
        if newer:
            self.beginInsertRows(QModelIndex(), 0, newer - 1)
        self._rows = listed
        if newer:
            self.endInsertRows()
        for place, (old, row) in enumerate(zip(before, listed[newer:], strict=True), newer):
            if old.is_champion != row.is_champion:
                self._tell_changed(place, 0)
            for column, figure in enumerate(_FIGURES, 1):
                seen_else = column in _JUDGED and old.val_tta != row.val_tta
                if seen_else or repr(figure(old)) != repr(figure(row)):  # NaN is NaN
                    self._tell_changed(place, column)

    def _start_anew(self, listed: "Sequence[ModelRow]") -> None:
        self.beginResetModel()
        self._rows = listed
        known = {row.model.id for row in listed}
        self._marked = [name for name in self._marked if name in known]
        if not self._marked:
            self._marked = [row.model.id for row in listed if row.is_champion]
        self.endResetModel()

    def _tell_changed(self, row: int, column: int) -> None:
        # Of a cell that is as it was nothing is told: it may hold what somebody is typing.
        self.dataChanged.emit(self.index(row, column), self.index(row, column))

    @property
    def rows(self) -> "Sequence[ModelRow]":
        """Return what is listed, row by row."""
        return self._rows

    @property
    def marked(self) -> Sequence[str]:
        """Return the ids of the marked models in the order in which they were marked."""
        return tuple(self._marked)

    def mark(self, model: str, *, on: bool) -> bool:
        """Mark a model or take the mark off; return whether that was possible."""
        if on == (model in self._marked) or (on and len(self._marked) >= self._most):
            return False
        if on:
            self._marked.append(model)
        else:
            self._marked.remove(model)
        self.dataChanged.emit(self.index(0, 0), self.index(self.count() - 1, 0))
        self.marked_changed.emit()
        return True

    def count(self) -> int:
        """Return the number of models."""
        return len(self._rows)

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell."""
        shown = self._rows[row]
        if column == 0:
            name = f"{shown.model.number}  {shown.model.recipe}"
            champion = translate("model-table", "champion")
            return f"{name}  ({champion})" if shown.is_champion else name
        value = _FIGURES[column - 1](shown)
        if math.isnan(value):
            return NONE
        text = f"{value:,.0f}" if column in _WHOLE else f"{value:.4f}"
        return figure_text(text, tta=self._is_mean(row, column))

    def _is_mean(self, row: int, column: int) -> bool:
        """Return whether a figure rests on scores that are means of 8 views."""
        if column not in _JUDGED or math.isnan(_FIGURES[column - 1](self._rows[row])):
            return False
        return self._rows[row].val_tta

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a cell: marking a model, typing a score."""
        flags = super().flags(index)
        if index.column() == 0:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        has_export = self._rows[index.row()].export is not None
        if index.column() in (PUBLIC, PRIVATE) and has_export and self.is_editable:
            return flags | Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a text or what it rests on, a mark, or where the text stands."""
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.CheckStateRole and column == 0:
            marked = self._rows[row].model.id in self._marked
            return Qt.CheckState.Checked if marked else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.TextAlignmentRole and column:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.EditRole and column in (PUBLIC, PRIVATE):
            # Every digit of it, more than are shown: leaving the editor must change nothing.
            value = _FIGURES[column - 1](self._rows[row])
            return "" if math.isnan(value) else repr(value)
        if role == Qt.ItemDataRole.ToolTipRole and self._is_mean(row, column):
            return figure_tip()
        if role == Qt.ItemDataRole.ToolTipRole and column == _LOSS:
            return self._why_no_loss(row) or super().data(index, role)
        return super().data(index, role)

    def _why_no_loss(self, row: int) -> str:
        """Return why a model can have no loss; '' where it can."""
        model = self._rows[row].model
        if model.gives_probabilities:
            return ""
        text = translate(
            "model-table",
            "Scores of model {number} are mean ranks, no probabilities: they have no loss.",
        )
        return text.format(number=model.number)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a mark, or a score that was typed in; an empty one takes it back."""
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole:
            return self.mark(row.model.id, on=Qt.CheckState(value) == Qt.CheckState.Checked)
        if role != Qt.ItemDataRole.EditRole or row.export is None or not self.is_editable:
            return False
        try:
            typed = _score(str(value))
        except ValueError:
            text = translate(
                "model-table", "“{text}” is no score of Kaggle's: those go from 0 to 1."
            )
            self.score_refused.emit(text.format(text=value))
            return False
        is_public = index.column() == PUBLIC
        scores = KaggleScores(public=typed) if is_public else KaggleScores(private=typed)
        self.score_typed.emit(row.export, scores)
        return True

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the title of a column, what it means, or where it stands: above its numbers."""
        if role == Qt.ItemDataRole.TextAlignmentRole and section:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and section in _TIPS:
            return translate("model-table", _TIPS[section])
        return super().headerData(section, orientation, role)


def _score(text: str) -> float | None:
    """Return a score as typed; None for nothing. A comma is taken for a point."""
    text = text.strip().replace(",", ".")
    if not text:
        return None
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError(text)
    return value
