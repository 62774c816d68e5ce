"""What a run yields, whichever way it was trained, and its way into the run's folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras

from histoviewer.domain.arrays import Int64
from histoviewer.domain.recipe import Recipe
from histoviewer.ml.requests import Evaluation, TrainRequest, TrainResult
from histoviewer.ml.runs import write_run


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A trained model and how it came about.

    Args:
        model: With the weights that were kept.
        best: Figures of these weights.
        best_epoch: The epoch that they are of, from 1.
        history: Figures of each epoch.
        seconds: Time taken.
        tiles_per_second: Rate of training, validation left out.
        used: Indexes of the tiles learned from.
        batch: Tiles a step; None where it was not trained in steps.
        adapted_to: Of how many unlabelled tiles its normalisation has the statistics; 0 where they
            are those of training tiles.
        start: Figures of the model that a retraining started from.
        cancelled: Whether it was asked to end early.
    """

    model: keras.Model
    best: Evaluation
    best_epoch: int
    history: Sequence[Mapping[str, float]]
    seconds: float
    tiles_per_second: float
    used: Int64
    batch: int | None = None
    adapted_to: int = 0
    start: Evaluation | None = None
    cancelled: bool = False


def conclude(request: TrainRequest, recipe: Recipe, outcome: Outcome) -> TrainResult:
    """Write the run's folder.

    Raises:
        StorageError: It could not be written.
    """
    metrics = _metrics(request, outcome)
    write_run(
        request.folder,
        model=outcome.model,
        recipe=recipe,
        history=outcome.history,
        metrics=metrics,
    )
    return TrainResult(metrics=metrics, used=outcome.used, cancelled=outcome.cancelled)


def _metrics(request: TrainRequest, outcome: Outcome) -> dict[str, float]:
    metrics = {
        **outcome.best.figures,
        "best_epoch": float(outcome.best_epoch),
        "epochs": float(len(outcome.history)),
        "seconds": outcome.seconds,
        "tiles_per_second": outcome.tiles_per_second,
        "parameters": float(outcome.model.count_params()),
        "seed": float(request.seed),
        "train_tiles": float(len(outcome.used)),
    }
    if outcome.adapted_to:
        metrics["unlabelled_tiles"] = float(outcome.adapted_to)
    if outcome.batch is not None:
        metrics["batch"] = float(outcome.batch)
    if outcome.start is not None:
        metrics["start_val_auc"] = outcome.start.auc
    return metrics
