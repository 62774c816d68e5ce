"""Every model of a project with its figures, a row each; and the learning curves of its run."""

import csv
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Float64
from histoviewer.domain.models import ExportRecord, ModelRecord
from histoviewer.project.project import Project

_NAN: Final = math.nan
_CURVES: Final = ("loss", "accuracy", "auc", "val_loss", "val_accuracy", "val_auc")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """One model. A figure that is not known, or that its scores cannot have, is NaN.

    Args:
        model: The model.
        is_champion: Whether it ranks the grid now.
        train_loss: Log loss on the training tiles in the epoch that was kept, as augmented. Of a
            history without 'objective', which an earlier version wrote, it is what was minimised.
        train_accuracy: Likewise.
        train_auc: Likewise.
        val_loss: Log loss on the validation tiles; probabilities only have one.
        val_accuracy: Share of these told right at 0.5.
        val_auc: Area under the ROC curve on them.
        val_tta: Whether these three rest on means over the eight flips and quarter turns of a tile.
        parameters: Of the network; of all members together for an ensemble.
        tiles_per_second: Rate of its training.
        seconds: Time that its training took.
        public_score: Kaggle's public score of its newest export.
        private_score: Likewise.
        export: Number of its newest export; None where it has none.
    """

    model: ModelRecord
    is_champion: bool
    train_loss: float
    train_accuracy: float
    train_auc: float
    val_loss: float
    val_accuracy: float
    val_auc: float
    val_tta: bool
    parameters: float
    tiles_per_second: float
    seconds: float
    public_score: float
    private_score: float
    export: int | None

    @property
    def loss_gap(self) -> float:
        """Return validation loss minus training loss: large where it learned by heart."""
        return self.val_loss - self.train_loss

    @property
    def accuracy_gap(self) -> float:
        """Return training accuracy minus validation accuracy."""
        return self.train_accuracy - self.val_accuracy

    @property
    def auc_gap(self) -> float:
        """Return training AUC minus validation AUC."""
        return self.train_auc - self.val_auc


@dataclass(frozen=True, kw_only=True, eq=False)
class RunCurves:
    """The learning curves of a run.

    Args:
        model: Its id.
        epochs: (e,) float64, from 1.
        curves: (e,) float64 by column of history.csv, for those that there are.
    """

    model: str
    epochs: Float64
    curves: dict[str, Float64]


def read_model_table(project: Project) -> list[ModelRow]:
    """Return a row for each model in the order of their numbers. Any thread but the UI thread."""
    champion, exports = project.champion(), project.exports()
    return [
        _row(project, model, is_champion=model.id == champion, exports=exports)
        for model in project.models()
    ]


def read_curves(project: Project, models: Iterable[str]) -> list[RunCurves]:
    """Return the learning curves of those models that have some. Any thread but the UI thread."""
    found = (_curves(project, model) for model in models)
    return [curves for curves in found if curves is not None]


def _row(
    project: Project, model: ModelRecord, *, is_champion: bool, exports: Sequence[ExportRecord]
) -> ModelRow:
    kept = _kept_epoch(project, model)
    # Both scores are of the export that is named: what is typed in is kept with that one.
    newest = next((export for export in reversed(exports) if export.model == model.id), None)
    return ModelRow(
        model=model,
        is_champion=is_champion,
        train_loss=kept.get("loss", _NAN),
        train_accuracy=kept.get("accuracy", _NAN),
        train_auc=kept.get("auc", _NAN),
        val_loss=model.figure("val_loss"),
        val_accuracy=model.figure("val_accuracy"),
        val_auc=model.val_auc,
        val_tta=model.val_tta,
        parameters=model.figure("parameters"),
        tiles_per_second=model.figure("tiles_per_second"),
        seconds=model.figure("seconds"),
        public_score=_NAN if newest is None else _known(newest.public_score),
        private_score=_NAN if newest is None else _known(newest.private_score),
        export=None if newest is None else newest.number,
    )


def _known(score: float | None) -> float:
    return _NAN if score is None else score


def _kept_epoch(project: Project, model: ModelRecord) -> dict[str, float]:
    """Return the figures of the epoch that became the model; empty where no history is left."""
    run = _curves(project, model.id)
    epoch = model.figure("best_epoch")
    if run is None or not 1 <= epoch <= len(run.epochs):
        return {}
    return {name: float(values[int(epoch) - 1]) for name, values in run.curves.items()}


def _curves(project: Project, model: str) -> RunCurves | None:
    """Return the curves of one model; None where its history is missing or damaged."""
    path = project.model_folder(model) / "history.csv"
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        curves = {
            name: np.array([float(row[name]) for row in rows])
            for name in _CURVES
            if rows and name in rows[0]
        }
    except (OSError, ValueError, TypeError):
        return None
    return RunCurves(model=model, epochs=np.arange(1.0, len(rows) + 1), curves=curves)
