"""The model that a run would leave if it ended now, and its history."""

from dataclasses import dataclass, field

import keras
import numpy as np

from histoviewer.domain.recipe_tables import Stopping
from histoviewer.ml.requests import Evaluation
from histoviewer.ml.watching import Watch, goodness

Weights = list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]


@dataclass(frozen=True)
class Epoch:
    """An epoch's number, from 1, the weights after it, and what validation said of them."""

    number: int
    judged: Evaluation
    weights: Weights


@dataclass
class BestKeeper:
    """Remembers each epoch's figures and the weights of the epoch that becomes the model.

    Args:
        stopping: Which epoch that is, and how long to wait for a better one.
        history: Figures of each epoch.
        kept: The epoch that becomes the model; None before the first.
        newest: The last one; None before the first, and where nobody asks for it.
        keeps_newest: Whether somebody will: weights are copied after each epoch then.
    """

    stopping: Stopping
    history: list[dict[str, float]] = field(default_factory=list)
    kept: Epoch | None = None
    newest: Epoch | None = None
    keeps_newest: bool = False
    _watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        """Start waiting."""
        self._watch = Watch(self.stopping.monitor, self.stopping.min_delta)

    def add(self, row: dict[str, float], judged: Evaluation, model: keras.Model) -> None:
        """Take note of the next epoch; `model` holds the weights that were validated."""
        self.history.append(row)
        self._watch.see(judged)
        is_kept = self.kept is None or self._replaces(judged, self.kept.judged)
        if not is_kept and not self.keeps_newest:
            return
        epoch = Epoch(len(self.history), judged, model.get_weights())
        if is_kept:
            self.kept = epoch
        if self.keeps_newest:
            self.newest = epoch

    def _replaces(self, judged: Evaluation, best: Evaluation) -> bool:
        monitor = self.stopping.monitor
        return self.stopping.keep == "last" or goodness(judged, monitor) > goodness(best, monitor)

    def wait_anew(self) -> None:
        """Be patient again: another part of the run begins."""
        self._watch.wait_anew()

    def latest(self) -> dict[str, float]:
        """Return the validation figures of the newest epoch; empty before the first."""
        row = self.history[-1] if self.history else {}
        return {name: value for name, value in row.items() if name.startswith("val_")}

    @property
    def is_stuck(self) -> bool:
        """Return whether patience has run out."""
        return self._watch.has_waited(self.stopping.patience)

    @property
    def why_stuck(self) -> str:
        """Return the reason as a sentence."""
        epoch = self._watch.best_epoch
        return f"validation {self.stopping.monitor} has not improved since epoch {epoch}."
