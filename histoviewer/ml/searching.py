"""Searching for a better recipe with the oracles of Keras Tuner; each trial is a run like any."""

import json
import tempfile
import time
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import keras_tuner

from histoviewer.domain.recipe import read_recipe
from histoviewer.domain.recipe_text import write_recipe
from histoviewer.domain.search import (
    TRIALS_FILE,
    Choice,
    Dimension,
    SearchOutcome,
    Trial,
    apply,
    best_of,
    read_trials,
)
from histoviewer.errors import InputError, JobCancelled, storage_error
from histoviewer.files import whole_file
from histoviewer.jobs.job import CancelCheck
from histoviewer.jobs.messages import CurvePoint, Note, Progress, Update
from histoviewer.ml.requests import SearchRequest, TrainRequest, TrainResult
from histoviewer.ml.streaming import Emit
from histoviewer.ml.training import run_training

_TUNER: Final = "tuner"
_OBJECTIVE: Final = "val_auc"
# What hyperband asks of a trial besides the values of the recipe.
_EPOCHS: Final = "tuner/epochs"
_SEEDS: Final = 2**32 - 1


def run_search(request: SearchRequest, emit: Emit, should_stop: CancelCheck) -> SearchOutcome:
    """Try recipes until there have been enough, or time is up.

    After each trial its row and the oracle's state are on the disk: a search that was killed goes
    on with the trial it was at. A trial that fails is a row with its reason, and the next begins.

    Raises:
        StorageError: The folder of the search could not be written to.
    """
    search = _Search(request, emit)
    while not should_stop() and search.begins():
        search.run(should_stop)
    return search.outcome()


class _Search:
    """The state of a search.

    Args:
        request: What is searched.
        emit: Takes progress.
    """

    def __init__(self, request: SearchRequest, emit: Emit) -> None:
        self._request = request
        self._emit = emit
        self._ends = None if request.max_seconds is None else time.monotonic() + request.max_seconds
        self._is_exhausted = False
        self._trial: Any = None
        try:
            request.folder.mkdir(parents=True, exist_ok=True)
            self._oracle = _oracle(request)
            self._trials = read_trials(request.folder)
        except OSError as error:
            raise storage_error(error, "the search") from error

    def begins(self) -> bool:
        """Return whether there is another trial to run, and begin it."""
        if len(self._trials) >= self._request.trials or self._is_out_of_time:
            return False
        self._trial = self._oracle.create_trial(_TUNER)
        self._is_exhausted = self._trial.status != "RUNNING"
        return not self._is_exhausted

    def run(self, should_stop: CancelCheck) -> None:
        """Run the trial that was begun; one that was ended early is none."""
        values = {
            k: float(v) for k, v in self._trial.hyperparameters.values.items() if "/" not in k
        }
        epochs = int(self._trial.hyperparameters.values.get(_EPOCHS, self._epochs))
        row = Trial(number=len(self._trials) + 1, values=values, epochs=epochs)
        started = time.monotonic()
        try:
            result = self._train(row, lambda: should_stop() or self._is_out_of_time)
        except InputError as error:
            self._emit(Note(f"Trial {row.number} failed: {error}"))
            self._keep(replace(row, fault=str(error), seconds=time.monotonic() - started))
            return
        if result is not None:
            self._keep(_with_result(row, result))
        elif self._is_out_of_time:
            self._emit(
                Note(
                    f"Time was up in the middle of trial {row.number}: it does not count, and is "
                    "begun anew when the search goes on."
                )
            )

    def outcome(self) -> SearchOutcome:
        """Return what was found so far."""
        best = best_of(self._trials)
        recipe = "" if best is None else write_recipe(apply(self._request.recipe, best.values))
        return SearchOutcome(
            trials=tuple(self._trials),
            best=None if best is None else best.number,
            recipe=recipe,
            is_done=self._is_exhausted or len(self._trials) >= self._request.trials,
        )

    @property
    def _epochs(self) -> int:
        return self._request.epochs or self._request.recipe.training.epochs

    @property
    def _is_out_of_time(self) -> bool:
        return self._ends is not None and time.monotonic() >= self._ends

    def _train(self, row: Trial, should_stop: CancelCheck) -> TrainResult | None:
        """Return what a whole trial yielded; None for one that was ended early.

        The run is not told of the limit: it would fit its learning rate to the time left, and a
        trial must not depend on when it was its turn.
        """
        request = self._request
        recipe = apply(request.recipe, row.values)
        # Read again, so that rules between values hold as they do for a file.
        recipe = read_recipe(write_recipe(recipe), request.recipe.name)
        with tempfile.TemporaryDirectory() as folder:
            run = TrainRequest(
                tiles=request.tiles,
                labels=request.labels,
                train=request.train,
                validation=request.validation,
                recipe=recipe,
                folder=Path(folder) / "run",
                seed=request.seed,
                epochs=row.epochs,
                weights=request.weights,
            )
            try:
                result = run_training(run, partial(self._tell, row), should_stop)
            except JobCancelled:
                return None
        return None if result.cancelled else result

    def _tell(self, row: Trial, update: Update) -> None:
        """Say how far the search is, with the figures of the trial that runs."""
        if isinstance(update, Progress):
            best = best_of(self._trials)
            values = dict(update.values)
            if best is not None and best.val_auc is not None:
                values["best_auc"] = best.val_auc
            done, total = row.number - 1, self._request.trials
            update = replace(
                update, phase="searching", done=done, total=total, unit="trials", values=values
            )
            update = replace(update, left_s=None)
        if not isinstance(update, CurvePoint):
            self._emit(update)

    def _keep(self, row: Trial) -> None:
        """Put the row and what the oracle learned of it on the disk."""
        self._trials.append(row)
        if row.val_auc is None:
            self._trial.status, self._trial.message = "INVALID", row.fault
        else:
            self._oracle.update_trial(self._trial.trial_id, {_OBJECTIVE: row.val_auc})
            self._trial = self._oracle.get_trial(self._trial.trial_id)
            self._trial.status = "COMPLETED"
        try:
            with whole_file(self._request.folder / TRIALS_FILE) as stream:
                rows = [asdict(trial) for trial in self._trials]
                stream.write(json.dumps(rows, indent=1).encode())
            self._oracle.end_trial(self._trial)
            self._oracle.save()  # its own last save still has the trial as running
        except OSError as error:
            raise storage_error(error, "the search") from error


def _with_result(row: Trial, result: TrainResult) -> Trial:
    metrics = result.metrics
    return replace(
        row,
        val_auc=metrics["val_auc"],
        val_loss=metrics["val_loss"],
        seconds=metrics["seconds"],
        parameters=int(metrics["parameters"]),
    )


def _oracle(request: SearchRequest) -> Any:  # noqa: ANN401 - Keras Tuner ships no types
    """Return the oracle, with all that earlier calls taught it."""
    shared: dict[str, Any] = {
        "objective": keras_tuner.Objective(_OBJECTIVE, "max"),
        "hyperparameters": _hyperparameters(request.space),
        "seed": request.seed % _SEEDS + 1,  # Keras Tuner draws a seed of its own for 0
        "allow_new_entries": False,
        "tune_new_entries": False,
        "max_consecutive_failed_trials": request.trials + 1,  # a failed trial is a row like any
    }
    oracles = keras_tuner.oracles
    match request.method:
        case "hyperband":
            epochs = request.epochs or request.recipe.training.epochs
            oracle = oracles.HyperbandOracle(max_epochs=max(2, epochs), **shared)
        case "bayesian":
            oracle = oracles.BayesianOptimizationOracle(max_trials=request.trials, **shared)
        case _:
            oracle = oracles.RandomSearchOracle(max_trials=request.trials, **shared)
    oracle.verbose = 0
    oracle._set_project_dir(str(request.folder), "oracle")  # noqa: SLF001 - what its tuners call
    if (request.folder / "oracle" / "oracle.json").exists():
        oracle.reload()
        oracle.max_trials = request.trials if request.method != "hyperband" else oracle.max_trials
    return oracle


def _hyperparameters(space: tuple[Dimension, ...]) -> Any:  # noqa: ANN401 - as above
    """Return the space as Keras Tuner has it."""
    found = keras_tuner.HyperParameters()
    for dimension in space:
        if isinstance(dimension, Choice):
            found.Choice(dimension.key, list(dimension.values), ordered=True)
        else:
            low, high = dimension.low, dimension.high
            found.Float(dimension.key, low, high, sampling="log")
    return found
