"""What is cleared at a chosen sensitivity, with intervals by bootstrap of groups."""

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Float64, Int64
from histoviewer.domain.assessment import Interval
from histoviewer.domain.workload import Clearing, ClearingCurve
from histoviewer.ml.data_requests import ClearingRequest
from histoviewer.ml.metrics import check_evaluable
from histoviewer.ml.resampling import Units

_ENDS = (2.5, 97.5)
_EDGE = 1e-9


def clearing_curve(request: ClearingRequest) -> ClearingCurve:
    """Return what is cleared at each sensitivity asked for.

    Raises:
        InputError: There are no tiles, or one class only.
    """
    check_evaluable(request.labels)
    runs = _Runs(request.labels == 1, request.scores)
    units, asked = Units.of(request.groups), np.sort(request.sensitivities)
    whole = np.ones((1, len(request.labels)))
    places = runs.reaching(whole, asked)[0]
    cleared, found = runs.cleared(whole, places[None])[0], runs.found(whole, places)[0]
    drawn_cleared, drawn_found = [], []
    for weights in units.weights():
        drawn_cleared.append(runs.cleared(weights, runs.reaching(weights, asked)))
        drawn_found.append(runs.found(weights, places))
    all_cleared, all_found = np.concatenate(drawn_cleared), np.concatenate(drawn_found)
    points = tuple(
        Clearing(
            sensitivity=float(asked[column]),
            threshold=float(runs.scores[places[column]]),
            cleared=_interval(float(cleared[column]), all_cleared[:, column], units),
            found=_interval(float(found[column]), all_found[:, column], units),
        )
        for column in range(len(asked))
    )
    return ClearingCurve(
        model=request.model,
        points=points,
        n=len(request.labels),
        positives=int((request.labels == 1).sum()),
        resampled=units.kind,
        units=units.count,
    )


class _Runs:
    """Tiles from the highest score down; those with the same score are called together.

    Args:
        positive: (n,) bool.
        scores: (n,) float32.
    """

    def __init__(self, positive: Bool, scores: Float32) -> None:
        self._order = np.argsort(-scores, kind="stable")
        descending = scores[self._order]
        self._starts = np.flatnonzero(np.r_[True, descending[1:] != descending[:-1]])
        self._positive = positive[self._order].astype(np.float64)
        self.scores = descending[self._starts]

    def reaching(self, weights: Float64, sensitivities: Float64) -> Int64:
        """Return (r, k) the first run with which each sensitivity is reached in each resample."""
        running = self._running(weights, positives=True)
        targets = running[:, -1:] * sensitivities - _EDGE
        rows = zip(running, targets, strict=True)
        return np.array([np.searchsorted(row, wanted) for row, wanted in rows], np.int64)

    def cleared(self, weights: Float64, places: Int64) -> Float64:
        """Return (r, k) the share of the tiles below runs; NaN without a positive.

        Args:
            weights: (r, n) float64.
            places: (r, k) runs from which tiles are called.
        """
        positives = self._running(weights, positives=True)[:, -1:]
        running = self._running(weights, positives=False)
        share = 1 - np.take_along_axis(running, places, axis=1) / running[:, -1:]
        return np.where(positives > 0, share, np.nan)

    def found(self, weights: Float64, places: Int64) -> Float64:
        """Return (r, k) the share of the positives from fixed runs up; NaN without a positive."""
        running = self._running(weights, positives=True)
        whole = running[:, -1:]
        share: Float64 = np.full((len(running), len(places)), np.nan)
        return np.divide(running[:, places], whole, out=share, where=whole > 0)

    def _running(self, weights: Float64, *, positives: bool) -> Float64:
        """Return (r, runs) float64: the weight from the highest run down to each."""
        ordered = weights[:, self._order]
        if positives:
            ordered = ordered * self._positive
        return np.asarray(np.cumsum(np.add.reduceat(ordered, self._starts, axis=1), axis=1))


def _interval(value: float, drawn: Float64, units: Units) -> Interval:
    wider = units.widened(drawn, value)
    if not len(wider):
        return Interval(value=value, low=float("nan"), high=float("nan"))
    low, high = np.clip(np.percentile(wider, _ENDS), 0.0, 1.0)
    return Interval(value=value, low=float(low), high=float(high))
