"""What is cleared at a chosen sensitivity, with intervals by bootstrap of groups."""

from typing import NamedTuple

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
    whole = runs.drawn(np.ones((1, len(request.labels))))
    places = whole.reaching(asked)
    cleared, found = whole.cleared(places)[0], whole.found(places[0])[0]
    drawn_cleared, drawn_found = [], []
    for weights in units.weights():
        drawn = runs.drawn(weights)
        drawn_cleared.append(drawn.cleared(drawn.reaching(asked)))
        drawn_found.append(drawn.found(places[0]))
    all_cleared, all_found = np.concatenate(drawn_cleared), np.concatenate(drawn_found)
    points = tuple(
        Clearing(
            sensitivity=float(asked[column]),
            threshold=float(runs.scores[places[0, column]]),
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

    def drawn(self, weights: Float64) -> "_Drawn":
        """Return resamples: (r, n) float64 how often each tile is drawn."""
        ordered = weights[:, self._order]
        everything = np.add.reduceat(ordered, self._starts, axis=1)
        positives = np.add.reduceat(ordered * self._positive, self._starts, axis=1)
        return _Drawn(np.cumsum(positives, axis=1), np.cumsum(everything, axis=1))


class _Drawn(NamedTuple):
    """Resamples of tiles, summed from the highest run of scores down.

    Args:
        positives: (r, runs) float64 positives up to each run.
        everything: (r, runs) float64 tiles up to each run.
    """

    positives: Float64
    everything: Float64

    def reaching(self, sensitivities: Float64) -> Int64:
        """Return (r, k) the first run with which each sensitivity is reached in each resample."""
        targets = self.positives[:, -1:] * sensitivities - _EDGE
        rows = zip(self.positives, targets, strict=True)
        return np.array([np.searchsorted(row, wanted) for row, wanted in rows], np.int64)

    def cleared(self, places: Int64) -> Float64:
        """Return (r, k) the share of the tiles below runs; NaN without a positive.

        Args:
            places: (r, k) runs from which tiles are called.
        """
        called = np.take_along_axis(self.everything, places, axis=1)
        share = 1 - called / self.everything[:, -1:]
        return np.where(self.positives[:, -1:] > 0, share, np.nan)

    def found(self, places: Int64) -> Float64:
        """Return (r, k) the share of the positives from (k,) runs up; NaN without a positive."""
        whole = self.positives[:, -1:]
        share: Float64 = np.full((len(whole), len(places)), np.nan)
        return np.divide(self.positives[:, places], whole, out=share, where=whole > 0)


def _interval(value: float, drawn: Float64, units: Units) -> Interval:
    wider = units.widened(drawn, value)
    if not len(wider):
        return Interval(value=value, low=float("nan"), high=float("nan"))
    low, high = np.clip(np.percentile(wider, _ENDS), 0.0, 1.0)
    return Interval(value=value, low=float(low), high=float(high))
