"""Whether a score of 0.8 means eight in ten."""

from typing import Final

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.model_selection import GroupKFold, StratifiedKFold

from histoviewer.domain.arrays import Float32, Float64, Int8, Int64
from histoviewer.domain.assessment import Reliability, Temperature
from histoviewer.ml.metrics import EDGE, cross_entropy
from histoviewer.ml.resampling import Units

_ECE_BINS: Final = 15  # as in Guo et al. 2017
_FOLDS: Final = 5
_LOG_RANGE: Final = (-3.0, 3.0)  # temperatures of 0.05 to 20


def reliability(labels: Int8, scores: Float32, *, bins: int = 10) -> Reliability:
    """Return the reliability diagram in bins of equal counts; equal scores stay together."""
    edges = np.quantile(scores, np.linspace(0, 1, bins + 1)[1:-1])
    return _binned(labels, scores, np.searchsorted(edges, scores, side="left"))


def expected_calibration_error(labels: Int8, scores: Float32 | Float64) -> float:
    """Return the mean distance of score and share of positives over 15 equal bins (Guo 2017)."""
    place = np.minimum((scores * _ECE_BINS).astype(np.int64), _ECE_BINS - 1)
    found = _binned(labels, scores, place)
    return float(np.abs(found.scores - found.shares) @ found.counts / len(labels))


def _binned(labels: Int8, scores: Float32 | Float64, place: Int64) -> Reliability:
    """Return means over the bins that are not empty."""
    counts = np.bincount(place)
    kept = counts > 0
    sums = np.bincount(place, scores.astype(np.float64))
    hits = np.bincount(place, (labels == 1).astype(np.float64))
    return Reliability(
        scores=sums[kept] / counts[kept],
        shares=hits[kept] / counts[kept],
        counts=counts[kept].astype(np.int64),
    )


def temperature_scaling(labels: Int8, scores: Float32, units: Units) -> Temperature:
    """Return what temperature scaling would change.

    Its effect is measured by cross-fitting: measured on the tiles it was fitted on it would flatter
    itself. Groups stay whole where they are known.

    Args:
        labels: (n,) int8, both classes.
        scores: (n,) float32.
        units: What stays together.
    """
    logits, answers = _logits(scores), (labels == 1).astype(np.float64)
    corrected = np.empty(len(labels), np.float64)
    for train, rest in _folds(labels, units):
        corrected[rest] = _sigmoid(logits[rest] / _fit(logits[train], answers[train]))
    return Temperature(
        value=_fit(logits, answers),
        ece=expected_calibration_error(labels, corrected),
        log_loss=cross_entropy(answers, corrected),
    )


def _folds(labels: Int8, units: Units) -> list[tuple[Int64, Int64]]:
    """Return (train, rest) pairs; leave-one-out where there are fewer units than folds."""
    blank = np.zeros(len(labels))
    if units.kind == "group":
        folds = GroupKFold(min(_FOLDS, units.count)).split(blank, groups=units.unit)
    else:
        smallest = int(np.bincount(labels, minlength=2).min())
        if smallest < 2:  # noqa: PLR2004 - too few to leave any out
            everything = np.arange(len(labels))
            return [(everything, everything)]
        folds = StratifiedKFold(min(_FOLDS, smallest)).split(blank, labels)
    return [(train.astype(np.int64), rest.astype(np.int64)) for train, rest in folds]


def _fit(logits: Float64, answers: Float64) -> float:
    """Return the temperature that minimises log loss."""
    found = minimize_scalar(
        lambda power: cross_entropy(answers, _sigmoid(logits / np.exp(power))),
        bounds=_LOG_RANGE,
        method="bounded",
    )
    return float(np.exp(found.x))


def _logits(scores: Float32) -> Float64:
    p = np.clip(scores.astype(np.float64), EDGE, 1 - EDGE)
    return np.asarray(np.log(p) - np.log1p(-p), np.float64)


def _sigmoid(logits: Float64) -> Float64:
    return np.asarray(1 / (1 + np.exp(-logits)), np.float64)
