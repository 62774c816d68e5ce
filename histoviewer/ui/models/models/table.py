"""The models of a project as a table, newest first."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt

from histoviewer.domain.models import ModelKind, ModelRecord
from histoviewer.ui import icons
from histoviewer.ui.eight_views import figure_text, figure_tip
from histoviewer.ui.tables import Index, TextTable
from histoviewer.ui.theme import Theme
from histoviewer.ui.translation import translate

NUMBER, RECIPE, KIND, AUC, CREATED, RANK = range(6)


class ModelsTable(TextTable):
    """One row a model; the champion is marked by a sign and a word. UI thread only.

    Args:
        theme: Colours of the signs.
        parent: Owner.
    """

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        titles = (
            self.tr("Model"),
            self.tr("Recipe"),
            self.tr("Kind"),
            self.tr("Validation AUC"),
            self.tr("Made"),
            self.tr("Rank"),
        )
        super().__init__(titles, parent)
        self._theme = theme
        self._models: Sequence[ModelRecord] = ()
        self._champion = ""

    def show_models(self, models: Sequence[ModelRecord], champion: str) -> None:
        """List models, given in the order of their numbers.

        Args:
            models: All of the project.
            champion: Id of the one that ranks the grid; '' without one.
        """
        self.beginResetModel()
        self._models = tuple(reversed(models))
        self._champion = champion
        self.endResetModel()

    @property
    def models(self) -> Sequence[ModelRecord]:
        """Return the models, row by row."""
        return self._models

    def is_champion(self, row: int) -> bool:
        """Return whether the model of a row ranks the grid."""
        return self._models[row].id == self._champion

    def row_of(self, model_id: str) -> int:
        """Return the row of a model; -1 where it is not listed."""
        ids = [model.id for model in self._models]
        return ids.index(model_id) if model_id in ids else -1

    def count(self) -> int:
        """Return the number of models."""
        return len(self._models)

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell."""
        model = self._models[row]
        match column:
            case 0:
                return str(model.number)
            case 1:
                return model.recipe
            case 2:
                return kind_text(model)
            case 3:
                auc = figure_text(f"{model.val_auc:.4f}", tta=model.val_tta)
                return "" if math.isnan(model.val_auc) else auc
            case 4:
                return model.created.astimezone().strftime("%Y-%m-%d %H:%M")
            case _:
                return self.tr("Champion") if self.is_champion(row) else ""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a text or what it means, or the sign of the champion."""
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DecorationRole and column == RANK and self.is_champion(row):
            return icons.icon("confirm", self._theme)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._titles[column]}: {self.text(row, column)}"
        if role == Qt.ItemDataRole.ToolTipRole and column == AUC and self._models[row].val_tta:
            return figure_tip()
        return super().data(index, role)


def kind_text(model: ModelRecord) -> str:
    """Return where a model comes from, in the reader's language."""
    if model.kind is ModelKind.IMPORTED:
        return translate("models", "Imported")
    if model.kind is ModelKind.ENSEMBLE:
        return translate("models", "Ensemble")
    if model.kind is ModelKind.HEAD:
        return translate("models", "Quickly retrained")
    return (
        translate("models", "Trained") if model.parent is None else translate("models", "Retrained")
    )
