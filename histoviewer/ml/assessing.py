"""Assessing models on labelled tiles: curves, areas with intervals, calibration, comparison."""

import math
from collections.abc import Callable

import numpy as np
from sklearn import metrics

from histoviewer.domain.arrays import Float32, Float64, Int8
from histoviewer.domain.assessment import (
    Assessment,
    Calibration,
    Comparison,
    Curve,
    GroupFigures,
    Interval,
)
from histoviewer.errors import InputError
from histoviewer.ml.calibration import (
    expected_calibration_error,
    reliability,
    temperature_scaling,
)
from histoviewer.ml.metrics import check_evaluable, cross_entropy
from histoviewer.ml.requests import AssessRequest, CompareRequest
from histoviewer.ml.resampling import Ranked, Units

_ENDS = (2.5, 97.5)
_ONE_SIDED = 0.95


def assess(request: AssessRequest) -> Assessment:
    """Return everything there is to say of one model's scores.

    Raises:
        InputError: There are no tiles, one class only, or scores that are not numbers.
    """
    labels, scores = request.labels, request.scores
    check_evaluable(labels)
    if not np.isfinite(scores).all():
        raise InputError("Some scores are not numbers.", "Score the tiles again.")
    units, ranked = Units.of(request.groups), Ranked(labels, scores)
    rate, sensitivity, roc_at = metrics.roc_curve(labels, scores)
    precision, recall, called_at = metrics.precision_recall_curve(
        labels, scores, drop_intermediate=True
    )
    return Assessment(
        model=request.model,
        rows=request.rows,
        labels=labels,
        scores=scores,
        groups=request.groups,
        resampled=units.kind,
        units=units.count,
        roc=Curve(x=rate, y=sensitivity, thresholds=roc_at.astype(np.float64)),
        precision_recall=Curve(
            x=recall, y=precision, thresholds=np.r_[called_at.astype(np.float64), np.inf]
        ),
        auc=_interval(float(metrics.roc_auc_score(labels, scores)), ranked.auc, units),
        average_precision=_interval(
            float(metrics.average_precision_score(labels, scores)),
            ranked.average_precision,
            units,
        ),
        calibration=_calibration(labels, scores, units) if request.are_probabilities else None,
        by_group=_by_group(request),
    )


def _calibration(labels: Int8, scores: Float32, units: Units) -> Calibration:
    return Calibration(
        log_loss=cross_entropy(labels, scores),
        brier=float(metrics.brier_score_loss(labels, scores)),
        ece=expected_calibration_error(labels, scores),
        reliability=reliability(labels, scores),
        temperature=temperature_scaling(labels, scores, units),
    )


def compare(request: CompareRequest) -> Comparison:
    """Return how two models differ on the same tiles, by a paired bootstrap.

    Raises:
        InputError: There are no tiles, or one class only.
    """
    labels = request.labels
    check_evaluable(labels)
    units = Units.of(request.groups)
    first, second = (_Trainings(labels, scores) for scores in (request.first, request.second))
    aucs = [side.auc(np.ones((1, len(labels)))).item() for side in (first, second)]
    value = aucs[0] - aucs[1]
    drawn = np.concatenate(
        [first.auc(weights) - second.auc(weights) for weights in units.weights()]
    )
    differences = units.widened(drawn, value)
    low, high = _ends(differences)
    return Comparison(
        first=request.first_model,
        second=request.second_model,
        n=len(labels),
        first_auc=aucs[0],
        second_auc=aucs[1],
        difference=Interval(value=value, low=low, high=high),
        at_least=_at_least(units.widened(drawn, value, tail=_ONE_SIDED)),
        p=_two_sided(differences),
        resampled=units.kind,
        units=units.count,
    )


class _Trainings:
    """The trainings of one model, whose areas under the ROC curve are averaged.

    Args:
        labels: (n,) int8.
        scores: (n,) or (k, n) float32.
    """

    def __init__(self, labels: Int8, scores: Float32) -> None:
        self._ranked = [Ranked(labels, each) for each in np.atleast_2d(scores)]

    def auc(self, weights: Float64) -> Float64:
        """Return (r,) float64 from (r, n) weights, NaN where one class is missing."""
        areas: Float64 = np.mean([each.auc(weights) for each in self._ranked], axis=0)
        return areas


def _two_sided(differences: Float64) -> float:
    """Return the p-value of no difference; NaN where too few units leave nothing to tell.

    It is twice the smaller tail. A resample without any difference counts for both; one is added to
    each (Davison & Hinkley 1997), since no number of resamples shows that something never happens.
    """
    if not len(differences):
        return math.nan
    tails = [int((differences <= 0).sum()), int((differences >= 0).sum())]
    return min(1.0, 2 * (min(tails) + 1) / (len(differences) + 1))


def _at_least(differences: Float64) -> float:
    """Return the lower end of the one-sided interval; NaN where too few units leave none."""
    if not len(differences):
        return math.nan
    return float(np.percentile(differences, 100 * (1 - _ONE_SIDED)))


def _interval(value: float, figure: Callable[[Float64], Float64], units: Units) -> Interval:
    drawn = np.concatenate([figure(weights) for weights in units.weights()])
    low, high = np.clip(_ends(units.widened(drawn, value)), 0.0, 1.0)
    return Interval(value=value, low=float(low), high=float(high))


def _ends(drawn: Float64) -> tuple[float, float]:
    if not len(drawn):
        return float("nan"), float("nan")
    low, high = np.percentile(drawn, _ENDS)
    return float(low), float(high)


def _by_group(request: AssessRequest) -> tuple[GroupFigures, ...]:
    known = np.unique(request.groups[request.groups >= 0])
    rows = [_of_group(request, int(group)) for group in known]
    return tuple(sorted(rows, key=lambda row: (-row.n, row.group)))


def _of_group(request: AssessRequest, group: int) -> GroupFigures:
    members = request.groups == group
    labels, scores = request.labels[members], request.scores[members]
    return GroupFigures(
        group=group,
        n=len(labels),
        positives=int(labels.sum()),
        auc=_auc(labels, Ranked(labels, scores)),
    )


def _auc(labels: Int8, ranked: Ranked) -> float:
    return float(ranked.auc(np.ones((1, len(labels))))[0])
