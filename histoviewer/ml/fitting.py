"""Fitting the output layer alone, by logistic regression on what comes before it.

scikit-learn finds the weights; they are put into the Keras model, which is then saved, loaded and
scored like any other. Nothing is pickled.
"""

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import Final

import keras
import numpy as np
from sklearn.linear_model import LogisticRegression

from histoviewer.domain.arrays import Float32, Float64, Int8, Int64
from histoviewer.domain.recipe import Recipe
from histoviewer.errors import JobCancelled
from histoviewer.jobs.messages import CurvePoint, Note, Progress
from histoviewer.ml.batches import Plan, class_weights
from histoviewer.ml.building import LOGIT
from histoviewer.ml.concluding import Outcome
from histoviewer.ml.judging import Judge
from histoviewer.ml.metrics import evaluate_scores
from histoviewer.ml.predicting import BATCH, iterate_outputs
from histoviewer.ml.preparing import network
from histoviewer.ml.requests import TrainRequest
from histoviewer.ml.schedule import Deadline

_MOST_ITERATIONS = 1000

# Share of a time limit that is kept for the solver, and seconds for what goes with validating.
_SOLVING: Final = 0.1
_REST_S: Final = 2.0


def fit_output(
    request: TrainRequest, recipe: Recipe, plan: Plan, judge: Judge, deadline: Deadline
) -> Outcome:
    """Return the model with its output layer fitted; one epoch, since it sees each tile once.

    Where time is limited it learns from as many tiles as there is time to look at.

    Raises:
        JobCancelled: Asked to stop on the way.
        InputError: The network does not fit the tiles, or what it starts from cannot be used.
    """
    model = network(request, recipe)
    start = judge(model) if request.start_from else None
    began, wanted = time.monotonic(), len(plan.used)
    features, plan = _features(model, request, plan, judge, deadline)
    rate = len(features) / (time.monotonic() - began)
    scores = _solve(model, features, plan)
    best = judge(model)
    if best is None:
        raise JobCancelled
    seconds = deadline.elapsed
    if len(features) < wanted:
        part = f"it learned from {len(features):,} of {wanted:,} tiles"
        judge.emit(Note(f"Ended after {seconds:.0f} s, as asked: {part}."))
    learned = evaluate_scores(plan.labels[plan.used], scores)
    row = {
        "loss": learned.log_loss,
        "accuracy": learned.accuracy,
        "auc": learned.auc,
        "val_loss": best.log_loss,
        "val_accuracy": best.accuracy,
        "val_auc": best.auc,
        "seconds": seconds,
        "tiles_per_second": rate,
    }
    judge.emit(CurvePoint(1, row))
    return Outcome(
        model=model,
        best=best,
        best_epoch=1,
        history=[row],
        seconds=seconds,
        tiles_per_second=rate,
        used=plan.used,
        start=start,
    )


def _features(
    model: keras.Model, request: TrainRequest, plan: Plan, judge: Judge, deadline: Deadline
) -> tuple[Float32, Plan]:
    """Return what the output layer gets of each tile learned from, (n, features), and the plan.

    The plan is that of the tiles for which there was time.
    """
    body = keras.Model(model.inputs[0], model.get_layer(LOGIT).input)
    index = plan.used
    if deadline.max_seconds is not None:
        index = _mixed(index, plan.labels, seed=request.seed)
    parts: list[Float32] = []
    done, began = 0, deadline.elapsed
    with closing(
        iterate_outputs(body, request.tiles, index, batch=min(BATCH, len(index)))
    ) as found:
        for part in found:
            parts.append(part)
            done += len(part)
            judge.emit(Progress(phase="training", done=done, total=len(index)))
            if judge.should_stop():
                raise JobCancelled
            pace = (deadline.elapsed - began) / done
            rest = _REST_S + pace * len(request.validation)
            if deadline.elapsed >= (1.0 - _SOLVING) * deadline.seconds - rest:
                break
    return _in_order(parts, index[:done], plan)


def _mixed(index: Int64, labels: Int8, *, seed: int) -> Int64:
    """Return the tiles in such an order that any number of them, from 2, is a fair sample.

    One tile of each class comes first: the solver needs both.
    """
    mixed = np.random.default_rng(seed).permutation(index)
    firsts = [int(np.argmax(labels[mixed] == label)) for label in (0, 1)]
    return np.concatenate([mixed[firsts], np.delete(mixed, firsts)])


def _in_order(parts: Sequence[Float32], index: Int64, plan: Plan) -> tuple[Float32, Plan]:
    """Return features in the order of the plan's tiles, and the plan with no other tiles."""
    features: Float32 = np.concatenate(parts)[np.argsort(index)]
    return features, replace(plan, pool=plan.pool[np.isin(plan.pool, index)])


def _solve(model: keras.Model, features: Float32, plan: Plan) -> Float32:
    """Fit, hand the weights to the model, and return the scores of the tiles learned from.

    Features are standardised for the solver, and that is folded into the weights afterwards: its
    penalty then treats all alike, whatever their units.
    """
    used, shown = np.unique(plan.pool, return_counts=True)
    labels = plan.labels[used]
    middle: Float64 = features.mean(axis=0, dtype=np.float64)
    spread: Float64 = features.std(axis=0, dtype=np.float64)
    spread[spread == 0.0] = 1.0
    standard = (features - middle) / spread
    solver = LogisticRegression(max_iter=_MOST_ITERATIONS)
    solver.fit(standard, labels, sample_weight=shown * class_weights(plan)[labels])
    kernel = solver.coef_[0] / spread
    bias = solver.intercept_ - kernel @ middle
    model.get_layer(LOGIT).set_weights([kernel[:, None], bias])
    scores: Float32 = solver.predict_proba(standard)[:, 1].astype(np.float32)
    return scores
