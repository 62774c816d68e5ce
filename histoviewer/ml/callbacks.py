"""What happens between the steps of a run: progress, learning rate, averaging, stopping."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import keras

from histoviewer.domain.recipe_tables import Optimiser
from histoviewer.jobs.job import CancelCheck
from histoviewer.jobs.messages import CurvePoint, Note, Progress
from histoviewer.ml.averaging import AveragedTwin
from histoviewer.ml.judging import Judge, check_finite
from histoviewer.ml.keeping import BestKeeper
from histoviewer.ml.metrics import LOG_LOSS
from histoviewer.ml.schedule import Course, Ending, learning_rate
from histoviewer.ml.streaming import Emit
from histoviewer.ml.watching import PlateauRate

# Figures of Keras, still on the device: looking at one waits for the step to end.
Logs = Mapping[str, Any] | None

_REPORT_S: Final = 0.1

# The host looks after learning rate and average every so many steps: at each step the device would
# have to wait for it.
_EVERY: Final = 8

# Steps before a pace is believed: the first compile, one after the other, what a step calls.
_WARM_UP: Final = _EVERY


@dataclass
class Tally:
    """What has been trained on and how long it took, validation left out."""

    tiles: int = 0
    seconds: float = 0.0

    def add(self, tiles: int, seconds: float) -> None:
        """Count a step."""
        self.tiles += tiles
        self.seconds += seconds

    @property
    def rate(self) -> float | None:
        """Return tiles a second; None before the first step."""
        return self.tiles / self.seconds if self.seconds > 0 else None


@dataclass(kw_only=True)
class Run:
    """The parts that work together in a run.

    Args:
        batch: Tiles a step.
        epochs: Most epochs.
        optimiser: For the learning rate.
        course: How far the run is.
        twin: What is validated and kept.
        judge: Validates a model.
        ending: How long that takes after the last step.
        keeper: Keeps the best.
        plateau: Lowers the learning rate where validation stands still.
        emit: Takes progress.
        should_stop: Asked at each step.
    """

    batch: int
    epochs: int
    optimiser: Optimiser
    course: Course
    twin: AveragedTwin
    judge: Judge
    ending: Ending
    keeper: BestKeeper
    plateau: PlateauRate
    emit: Emit
    should_stop: CancelCheck
    whole: Tally = field(default_factory=Tally)
    epoch: Tally = field(default_factory=Tally)
    was_cancelled: bool = False

    def must_end(self) -> bool:
        """Return whether nothing more may be trained."""
        return self.was_cancelled or self.course.look_at_the_clock()

    @property
    def learning_rate(self) -> float:
        """Return the learning rate of the next steps: that of the middle one of them.

        That of the first would be zero at the start of a warm-up, and so for a whole short run.
        """
        share = self.course.share_after(_EVERY / 2)
        return learning_rate(self.optimiser, share) * self.plateau.factor


class Conductor(keras.callbacks.CallbackList):  # type: ignore[misc]  # Keras ships no types
    """Conducts a run from inside `fit`.

    A `CallbackList` of its own rather than a callback in Keras' list: that list turns each step's
    figures into Python numbers, for which the device must finish the step first.

    Args:
        trainer: The network that `fit` trains.
        run: The parts to conduct.
    """

    def __init__(self, trainer: keras.Model, run: Run) -> None:
        super().__init__(add_history=True, model=trainer)  # `fit` returns the history
        self._trainer = trainer
        self._run = run
        self._epoch = 0
        self._reported = 0.0
        self._step_ended = math.nan
        self._began = self._followed = run.course.step

    def on_epoch_begin(self, epoch: int, _logs: Logs = None) -> None:
        """Count the epoch's tiles anew."""
        self._epoch = epoch + 1
        self._run.epoch = Tally()
        if self._run.course.step:  # the first step compiles, which is no measure of pace
            self._step_ended = time.monotonic()

    def on_train_batch_begin(self, _batch: int, _logs: Logs = None) -> None:
        """Set the learning rate; a run goes on with another optimiser where it fine-tunes."""
        step = self._run.course.step
        if step % _EVERY == 0 or step == self._began:
            # `self.model` rather than the trainer: under JAX it brings the variables up to date.
            self.model.optimizer.learning_rate.assign(self._run.learning_rate)

    def on_train_batch_end(self, _batch: int, logs: Logs = None) -> None:
        """Average, report, and stop where asked to."""
        run = self._run
        run.course.step += 1
        if run.course.step % _EVERY == 0 and self.model:
            self._follow()
        if time.monotonic() - self._reported >= _REPORT_S:
            self._reported = time.monotonic()
            run.emit(self._progress(_figures(logs)))
        self._count_step()
        run.was_cancelled = run.was_cancelled or run.should_stop()
        if run.must_end():
            self._trainer.stop_training = True

    def _follow(self) -> None:
        """Take the steps since the last time into the average."""
        run = self._run
        if steps := run.course.step - self._followed:
            run.twin.follow(steps)
            self._followed = run.course.step

    def _count_step(self) -> None:
        """Count the step and the time since the last one ended, waiting for its batch included."""
        run, now = self._run, time.monotonic()
        if not math.isnan(self._step_ended):
            took = now - self._step_ended
            run.whole.add(run.batch, took)
            run.epoch.add(run.batch, took)
            run.course.longest_s = max(run.course.longest_s, took)
            self._guess_reserve()
        self._step_ended = now

    def _guess_reserve(self) -> None:
        """Keep time for the first validation, once the pace of training can be told."""
        run = self._run
        if not run.ending.is_known and run.whole.rate and run.course.step >= _WARM_UP:
            run.course.reserve_s = run.ending.guess(run.whole.rate)

    def _progress(self, figures: dict[str, float]) -> Progress:
        run = self._run
        check_finite(figures.pop("objective"))
        return Progress(
            phase="training",
            done=run.course.step,
            total=run.course.steps,
            unit="steps",
            rate=run.whole.rate,
            left_s=run.course.left_s,
            values={
                **run.keeper.latest(),
                **figures,
                "epoch": self._epoch,
                "epochs": run.epochs,
            },
        )

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Validate, keep the best, and end the run where it no longer improves."""
        run = self._run
        figures = _figures(logs)
        check_finite(objective := figures.pop("objective"))
        if run.was_cancelled or not self.model:
            return
        started = time.monotonic()
        self._follow()
        run.twin.catch_up()
        caught_up = time.monotonic()
        judged = run.judge(run.twin.model)
        if judged is None:
            run.was_cancelled = self._trainer.stop_training = True
            return
        run.course.reserve_s = run.ending.see(
            before=caught_up - started,
            judging=time.monotonic() - caught_up,
            rate=run.whole.rate,
        )
        row = {
            **figures,
            "val_loss": judged.log_loss,
            "val_accuracy": judged.accuracy,
            "val_auc": judged.auc,
            "seconds": run.course.elapsed,
            "tiles_per_second": run.epoch.rate or run.batch / run.course.elapsed,
        }
        run.keeper.add({**row, "objective": objective}, judged, run.twin.model)
        run.emit(CurvePoint(epoch + 1, row))
        if run.plateau.see(judged):
            run.emit(Note(f"Learning rate lowered to {run.learning_rate:.2g}."))
        if run.keeper.is_stuck:
            run.emit(Note(f"Stopped after epoch {epoch + 1}: {run.keeper.why_stuck}"))
            self._trainer.stop_training = True


def _figures(logs: Logs) -> dict[str, float]:
    """Return the figures of training under the names of the history."""
    figures = {name: float(value) for name, value in (logs or {}).items()}
    objective, loss = figures["loss"], figures.pop(LOG_LOSS)
    return {**figures, "loss": loss, "objective": objective}
