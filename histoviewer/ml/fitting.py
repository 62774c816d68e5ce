"""Fitting the output layer alone, by logistic regression on what comes before it.

scikit-learn finds the weights; they are put into the Keras model, which is then saved, loaded and
scored like any other. Nothing is pickled.
"""

import time

import keras
import numpy as np
from sklearn.linear_model import LogisticRegression

from histoviewer.domain.arrays import Float32, Float64
from histoviewer.domain.recipe import Recipe
from histoviewer.errors import JobCancelled
from histoviewer.jobs.messages import CurvePoint, Progress
from histoviewer.ml.batches import Plan, class_weights
from histoviewer.ml.building import LOGIT
from histoviewer.ml.concluding import Outcome
from histoviewer.ml.judging import Judge
from histoviewer.ml.metrics import evaluate_scores
from histoviewer.ml.predicting import BATCH, iterate_outputs
from histoviewer.ml.preparing import network
from histoviewer.ml.requests import TrainRequest

_MOST_ITERATIONS = 1000


def fit_output(request: TrainRequest, recipe: Recipe, plan: Plan, judge: Judge) -> Outcome:
    """Return the model with its output layer fitted; one epoch, since it sees each tile once.

    Raises:
        JobCancelled: Asked to stop on the way.
        InputError: The network does not fit the tiles, or what it starts from cannot be used.
    """
    started = time.monotonic()
    model = network(request, recipe)
    start = judge(model) if request.start_from else None
    features = _features(model, request, plan, judge)
    rate = len(plan.used) / (time.monotonic() - started)
    scores = _solve(model, features, plan)
    best = judge(model)
    if best is None:
        raise JobCancelled
    seconds = time.monotonic() - started
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


def _features(model: keras.Model, request: TrainRequest, plan: Plan, judge: Judge) -> Float32:
    """Return what the output layer gets of each tile learned from, (n, features)."""
    body = keras.Model(model.inputs[0], model.get_layer(LOGIT).input)
    index, parts, done = plan.used, [], 0
    batch = min(BATCH, len(index))
    for part in iterate_outputs(body, request.tiles, index, batch=batch):
        parts.append(part)
        done += len(part)
        judge.emit(Progress(phase="training", done=done, total=len(index)))
        if judge.should_stop():
            raise JobCancelled
    return np.concatenate(parts)


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
