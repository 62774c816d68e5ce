"""What happens between the steps of a run: progress, learning rate, averaging, stopping."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import keras

from histoviewer.domain.recipe import Optimiser
from histoviewer.errors import InputError
from histoviewer.jobs.job import CancelCheck
from histoviewer.jobs.messages import CurvePoint, Note, Progress
from histoviewer.ml.averaging import AveragedTwin
from histoviewer.ml.keeping import BestKeeper
from histoviewer.ml.metrics import evaluate_scores
from histoviewer.ml.requests import Evaluation
from histoviewer.ml.schedule import Course, learning_rate
from histoviewer.ml.streaming import Emit

Judge = Callable[[keras.Model], Evaluation]

_REPORT_S: Final = 0.1

# The host looks after learning rate and average every so many steps: at each step the device would
# have to wait for it.
_EVERY: Final = 4


@dataclass(kw_only=True)
class RunState:
    """What the run has come to.

    Args:
        batch: Tiles a step.
        epochs: Most epochs.
        validation_count: Validation tiles.
    """

    batch: int
    epochs: int
    validation_count: int
    epoch: int = 0
    was_cancelled: bool = False
    tiles: int = 0
    training_s: float = 0.0

    @property
    def rate(self) -> float | None:
        """Return tiles a second while training, validation left out; None before the first."""
        return self.tiles / self.training_s if self.training_s > 0 else None


class Conductor(keras.callbacks.CallbackList):  # type: ignore[misc]  # Keras ships no types
    """Conducts a run from inside `fit`.

    A `CallbackList` of its own rather than a callback in Keras' list: that list turns the figures of
    each step into Python numbers, for which the device must finish the step first.

    Args:
        trainer: The network that `fit` trains.
        twin: What is validated and kept.
        course: How far the run is.
        optimiser: For the learning rate.
        judge: Validates a model.
        keeper: Keeps the best.
        state: Filled in.
        emit: Takes progress.
        should_stop: Asked at each step.
    """

    def __init__(
        self,
        *,
        trainer: keras.Model,
        twin: AveragedTwin,
        course: Course,
        optimiser: Optimiser,
        judge: Judge,
        keeper: BestKeeper,
        state: RunState,
        emit: Emit,
        should_stop: CancelCheck,
    ) -> None:
        super().__init__(add_history=True, model=trainer)  # `fit` returns the history
        self._trainer = trainer
        self._twin = twin
        self._course = course
        self._optimiser = optimiser
        self._judge = judge
        self._keeper = keeper
        self._state = state
        self._emit = emit
        self._should_stop = should_stop
        self._reported = 0.0
        self._step_started = 0.0
        self._epoch_tiles = 0
        self._epoch_training_s = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start counting anew."""
        self._state.epoch = epoch + 1
        self._epoch_tiles = self._state.tiles
        self._epoch_training_s = self._state.training_s

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Set the learning rate."""
        self._step_started = time.monotonic()
        if self._course.step % _EVERY == 0:
            # `self.model` rather than the trainer: it brings the variables up to date under JAX.
            rate = learning_rate(self._optimiser, self._course.share)
            self.model.optimizer.learning_rate.assign(rate)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Average, report, and stop where asked to."""
        self._course.step += 1
        if self._course.step % _EVERY == 0:
            assert self.model is not None
            self._twin.follow(_EVERY)
        now = time.monotonic()
        if now - self._reported >= _REPORT_S:
            self._reported = now
            self._emit(self._progress({name: float(value) for name, value in (logs or {}).items()}))
        if self._course.step > 1:  # the first step compiles
            self._state.tiles += self._state.batch
            self._state.training_s += time.monotonic() - self._step_started
        self._stop_where_asked()

    def _stop_where_asked(self) -> None:
        if self._should_stop():
            self._state.was_cancelled = True
            self._trainer.stop_training = True
        if self._course.max_seconds is not None and not self._keeper.history:
            # Until the first validation has been timed: it runs at least as fast as training.
            self._course.reserve_s = 2 + self._state.validation_count / (self._state.rate or 1e3)
        if self._course.is_out_of_time:
            self._trainer.stop_training = True

    def _progress(self, figures: dict[str, float]) -> Progress:
        state, course = self._state, self._course
        _check_finite(figures.get("loss", 0.0))
        values = {**self._keeper.latest(), **figures, "epoch": state.epoch, "epochs": state.epochs}
        share = course.share
        return Progress(
            phase="training",
            done=course.step,
            total=course.steps,
            unit="steps",
            rate=state.rate,
            left_s=course.elapsed * (1 - share) / share if share > 0 and state.rate else None,
            values=values,
        )

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Validate, keep the best, and end the run where it no longer improves."""
        figures = {name: float(value) for name, value in (logs or {}).items()}
        _check_finite(figures.get("loss", 0.0))
        if self._state.was_cancelled:
            return
        assert self.model is not None  # under JAX this brings the variables up to date
        started = time.monotonic()
        self._twin.catch_up()
        judged = self._judge(self._twin.model)
        self._course.reserve_s = 1.0 + 1.5 * (time.monotonic() - started)
        row = {
            "epoch": float(epoch + 1),
            **figures,
            "val_loss": judged.log_loss,
            "val_accuracy": judged.accuracy,
            "val_auc": judged.auc,
            "seconds": self._course.elapsed,
            "tiles_per_second": self._epoch_rate(),
        }
        self._keeper.add(row, judged, self._twin.model)
        self._emit(CurvePoint(epoch + 1, {k: v for k, v in row.items() if k != "epoch"}))
        if self._keeper.is_stuck:
            self._emit(Note(f"Stopped after epoch {epoch + 1}: {self._keeper.why_stuck}"))
            self._trainer.stop_training = True

    def _epoch_rate(self) -> float:
        seconds = self._state.training_s - self._epoch_training_s
        return (self._state.tiles - self._epoch_tiles) / seconds if seconds > 0 else math.nan


def _check_finite(loss: float) -> None:
    """Raise `InputError` when training has diverged."""
    if not math.isfinite(loss):
        raise InputError(
            "The loss is no longer a number: training has diverged.",
            "Lower the recipe's learning rate or set 'clip_norm' in its [optimiser] table.",
        )


def judge_scores(labels: Any, scores: Any) -> Evaluation:
    """Return the figures of validation scores; scores that are not numbers mean divergence."""
    _check_finite(float(scores.sum()))
    return evaluate_scores(labels, scores)
