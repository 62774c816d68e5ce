"""Who chooses the trials of a search: the oracles of Keras Tuner, without their files."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import keras_tuner
import numpy as np
from keras_tuner.engine.trial import Trial

from histoviewer.domain.search import Choice, Dimension, Method
from histoviewer.ml.requests import SearchRequest

State = Mapping[str, Any]

_TUNER: Final = "tuner"
_OBJECTIVE: Final = "val_auc"
# What hyperband asks of a trial besides the values of the recipe.
_EPOCHS: Final = "tuner/epochs"
_CUT: Final = 3  # of how many trials of a rung hyperband lets one go on
_SEEDS: Final = 2**32 - 1


@dataclass(frozen=True, kw_only=True)
class Pick:
    """What a trial is to be.

    Args:
        values: What varies, by key.
        epochs: How many it trains.
    """

    values: Mapping[str, float]
    epochs: int


class Chooser:
    """Chooses one trial after the other, and learns what came of each.

    Args:
        request: What is searched.
        state: What `state` was when an earlier call of the same search ended; None for the first.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: The state is damaged.
    """

    def __init__(self, request: SearchRequest, state: State | None) -> None:
        self._longest = request.epochs or request.recipe.epochs
        self._oracle = _oracle(request, self._longest)
        self._trial: Any = None
        if state is not None:
            trials = [Trial.from_state(kept) for kept in state["trials"]]
            self._oracle.trials = {trial.trial_id: trial for trial in trials}
            self._oracle.set_state(state["oracle"])
        # An earlier call may have asked for fewer.
        if request.method == "hyperband":
            self._oracle.hyperband_iterations = request.trials  # none has less than one trial
        else:
            self._oracle.max_trials = request.trials

    def choose(self) -> Pick | None:
        """Return the next trial, that of which nothing was learned again; None for no more."""
        self._trial = self._oracle.create_trial(_TUNER)
        if self._trial.status != "RUNNING":
            return None
        values = self._trial.hyperparameters.values
        return Pick(
            values={key: float(value) for key, value in values.items() if "/" not in key},
            epochs=self._epochs_of(values),
        )

    def learn(self, val_auc: float | None) -> None:
        """Take what came of the trial that was chosen last; None where it failed."""
        trial = self._trial
        trial.status = "INVALID"
        if val_auc is not None:
            self._oracle.update_trial(trial.trial_id, {_OBJECTIVE: val_auc})
            trial.status = "COMPLETED"
        self._oracle.end_trial(trial)

    @property
    def state(self) -> State:
        """Return all that was learned, in what JSON can hold.

        A trial of which nothing was learned yet stands in it as the one to be chosen next.
        """
        state = self._oracle.get_state()
        state["retry_queue"] = [*state["retry_queue"], *state["ongoing_trials"].values()]
        state["ongoing_trials"] = {}
        trials = [trial.get_state() for trial in self._oracle.trials.values()]
        return {"oracle": state, "trials": trials}

    def _epochs_of(self, values: Mapping[str, Any]) -> int:
        """Return how long a trial trains: hyperband counts in shares of the longest."""
        if _EPOCHS not in values:
            return self._longest
        share = int(values[_EPOCHS]) / int(self._oracle.max_epochs)
        return math.ceil(self._longest * share)


def cuts_of(*, trials: int, epochs: int) -> int:
    """Return how many times the first bracket of hyperband lets only every third trial go on.

    As often as a bracket of the trials asked for can, one of which reaches the longest rung: with
    more, all of them would be short; and no trial trains less than an epoch.
    """
    cuts = 0
    while (_CUT ** (cuts + 2) - 1) // (_CUT - 1) <= trials and _CUT ** (cuts + 1) <= epochs:
        cuts += 1
    return cuts


class _Unwritten:
    """Keeps an oracle from writing: it writes in place, so that a kill leaves half a file."""

    def save(self) -> None:
        """Write nothing; see `Chooser.state`."""

    def _save_trial(self, _trial: object) -> None:
        """Write nothing, as above."""


class _Random(_Unwritten, keras_tuner.oracles.RandomSearchOracle):  # type: ignore[misc]  # untyped
    """Draws each trial anew."""


class _Bayesian(
    _Unwritten,
    keras_tuner.oracles.BayesianOptimizationOracle,  # type: ignore[misc]  # likewise
):
    """Draws some trials, then goes where those before it promise most."""

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Return what the next trial is to be.

        Where it begins to look for the best is drawn anew for each, by how many there were: Keras
        Tuner keeps no state of these draws, so that a search that is carried on would repeat them.
        """
        self._random_state = np.random.default_rng([self.seed, len(self.trials)])
        chosen: dict[str, Any] = super().populate_space(trial_id)
        return chosen


class _Hyperband(_Unwritten, keras_tuner.oracles.HyperbandOracle):  # type: ignore[misc]  # likewise
    """Lets the best of many short trials train longer."""


_ORACLES: Final[Mapping[Method, Any]] = {
    "random": _Random,
    "bayesian": _Bayesian,
    "hyperband": _Hyperband,
}


def _oracle(request: SearchRequest, longest: int) -> Any:  # noqa: ANN401 - Keras Tuner ships no types
    """Return an oracle that has learned nothing yet."""
    options: dict[str, Any] = {}
    if request.method == "hyperband":
        cuts = cuts_of(trials=request.trials, epochs=longest)
        options = {"max_epochs": _CUT**cuts, "factor": _CUT}
    oracle = _ORACLES[request.method](
        objective=keras_tuner.Objective(_OBJECTIVE, "max"),
        hyperparameters=_hyperparameters(request.space),
        seed=request.seed % _SEEDS + 1,  # Keras Tuner draws a seed of its own for 0
        allow_new_entries=False,
        tune_new_entries=False,
        max_consecutive_failed_trials=request.trials + 1,  # a failed trial is a row like any
        **options,
    )
    oracle.verbose = 0
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
