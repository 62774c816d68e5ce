"""Validating a model in the middle of its run."""

import math
import time
from dataclasses import dataclass
from typing import Final

import keras
import numpy as np

from histoviewer.domain.arrays import Float32, Int8, Int64
from histoviewer.domain.source import TileSource
from histoviewer.errors import InputError
from histoviewer.jobs.job import CancelCheck
from histoviewer.jobs.messages import Progress
from histoviewer.ml.metrics import evaluate_scores
from histoviewer.ml.predicting import BATCH, iterate_scores
from histoviewer.ml.requests import Evaluation
from histoviewer.ml.streaming import Emit

_REPORT_S: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Scores the validation tiles and compares with their labels.

    Args:
        tiles: Where the pixels come from.
        labels: (N,) int8 labels of all tiles.
        index: The validation tiles.
        emit: Takes progress where there are many.
        should_stop: Asked at each batch.
    """

    tiles: TileSource
    labels: Int8
    index: Int64
    emit: Emit
    should_stop: CancelCheck

    def __call__(self, model: keras.Model) -> Evaluation | None:
        """Return the model's figures; None when asked to stop on the way."""
        parts: list[Float32] = []
        done = 0
        reported = time.monotonic()
        batch = min(BATCH, len(self.index))
        for part in iterate_scores(model, self.tiles, self.index, batch=batch):
            parts.append(part)
            done += len(part)
            if self.should_stop():
                return None
            if time.monotonic() - reported > _REPORT_S:
                reported = time.monotonic()
                self.emit(Progress(phase="validating", done=done, total=len(self.index)))
        scores = np.concatenate(parts)
        check_finite(float(scores.sum()))
        return evaluate_scores(self.labels[self.index], scores)


def check_finite(figure: float) -> None:
    """Raise `InputError` when training has diverged, as a loss or score that is no number shows."""
    if not math.isfinite(figure):
        raise InputError(
            "The loss is no longer a number: training has diverged.",
            "Lower the recipe's learning rate or set 'clip_norm' in its [optimiser] table.",
        )
