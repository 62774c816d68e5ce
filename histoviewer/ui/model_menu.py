"""Lists the models of a project in a menu; choosing one makes it champion."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from histoviewer.domain.models import ModelKind, ModelRecord
from histoviewer.ui.eight_views import figure_text
from histoviewer.ui.translation import translate

_SHOWN = 20


class ModelMenu(QObject):
    """The models below the commands of a menu.

    Args:
        menu: Where they are listed.
        parent: Owner.
    """

    model_chosen = Signal(str)

    def __init__(self, menu: QMenu, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._menu = menu
        self._group: QActionGroup | None = None
        self._is_enabled = True
        self._heading = menu.addSection(self.tr("Rank the grid by"))
        self._heading.setVisible(False)

    @property
    def actions(self) -> list[QAction]:
        """Return what is listed, newest model first."""
        return [] if self._group is None else self._group.actions()

    def set_enabled(self, *, on: bool) -> None:
        """Let another model be chosen, or only show which there are."""
        self._is_enabled = on
        if self._group is not None:
            self._group.setEnabled(on)

    def show_models(self, models: Sequence[ModelRecord], champion: ModelRecord | None) -> None:
        """List the models, newest first, the champion checked."""
        if self._group is not None:
            for action in self._group.actions():
                self._menu.removeAction(action)
            self._group.deleteLater()
        self._group = QActionGroup(self)
        self._group.setEnabled(self._is_enabled)
        for model in list(models)[::-1][:_SHOWN]:
            action = QAction(describe(model), self._group)
            action.setCheckable(True)
            action.setChecked(champion is not None and model.id == champion.id)
            action.triggered.connect(lambda _on, name=model.id: self.model_chosen.emit(name))
            self._menu.addAction(action)
        self._heading.setVisible(bool(models))


def describe(model: ModelRecord) -> str:
    """Return 'model 3 · histo-fast · val AUC 0.951'."""
    known = translate("models", "model {number} · {recipe} · val AUC {auc}")
    plain = translate("models", "model {number} · {recipe}")
    auc = figure_text(f"{model.val_auc:.3f}", tta=model.val_tta)
    form = plain if math.isnan(model.val_auc) else known
    recipe = model.recipe
    if model.kind is ModelKind.HEAD:
        recipe = translate("models", "{recipe}, quickly retrained").format(recipe=recipe)
    return form.format(number=model.number, recipe=recipe, auc=auc)
