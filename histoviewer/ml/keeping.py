"""The best model of a run so far, and its history."""

from dataclasses import dataclass, field
from typing import Final

import keras
import numpy as np

from histoviewer.domain.recipe import Stopping
from histoviewer.ml.requests import Evaluation

# A difference in AUC below this is noise even with many thousand tiles.
_AUC_DIGITS: Final = 4

Weights = list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]


@dataclass
class BestKeeper:
    """Remembers each epoch's figures and the weights of the best epoch.

    Args:
        stopping: What makes an epoch the best, and how long to wait for a better one.
    """

    stopping: Stopping
    history: list[dict[str, float]] = field(default_factory=list)
    best: Evaluation | None = None
    best_epoch: int = 0
    weights: Weights = field(default_factory=list)

    def add(self, row: dict[str, float], judged: Evaluation, model: keras.Model) -> None:
        """Take note of the next epoch; `model` holds the weights that were validated."""
        self.history.append(row)
        if self.best is None or self._goodness(judged) > self._goodness(self.best):
            self.best = judged
            self.best_epoch = len(self.history)
            self.weights = model.get_weights()

    def _goodness(self, judged: Evaluation) -> tuple[float, float]:
        """Return what is compared: of epochs that rank alike, the better calibrated one wins."""
        if self.stopping.monitor == "auc":
            return round(judged.auc, _AUC_DIGITS), -judged.log_loss
        return -judged.log_loss, judged.auc

    def latest(self) -> dict[str, float]:
        """Return the validation figures of the newest epoch; empty before the first."""
        row = self.history[-1] if self.history else {}
        return {name: value for name, value in row.items() if name.startswith("val_")}

    @property
    def is_stuck(self) -> bool:
        """Return whether patience has run out."""
        patience = self.stopping.patience
        return patience is not None and len(self.history) - self.best_epoch >= patience

    @property
    def why_stuck(self) -> str:
        """Return the reason as a sentence."""
        return f"validation {self.stopping.monitor} has not improved since epoch {self.best_epoch}."
