"""What a reader can leave to a model, and at what risk: tiles cleared at a chosen sensitivity."""

from dataclasses import dataclass

import numpy as np

from histoviewer.domain.arrays import Float64
from histoviewer.domain.assessment import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """What is cleared at one sensitivity.

    Args:
        sensitivity: Share of the positives that was asked to be found, 0-1.
        threshold: The highest score from which tiles are called that finds it.
        cleared: Share of all tiles below the threshold, which nobody needs to look at, with its
            95 % interval: the threshold is chosen anew in each resample.
        found: Share of the positives that the threshold finds, with the 95 % interval of what it
            finds on other groups when it stays as it is.
    """

    sensitivity: float
    threshold: float
    cleared: Interval
    found: Interval


@dataclass(frozen=True, kw_only=True, eq=False)
class ClearingCurve:
    """What is cleared at each of some sensitivities.

    Args:
        model: Id of the model.
        points: One a sensitivity, ascending.
        n: Validation tiles that the model was not trained on.
        positives: Positive ones among them.
        resampled: What the bootstrap drew: 'group' or 'tile'.
        units: How many of these there are.
    """

    model: str
    points: tuple[Clearing, ...]
    n: int
    positives: int
    resampled: str
    units: int

    def at(self, sensitivity: float) -> Clearing:
        """Return the point nearest to a sensitivity."""
        asked = np.array([point.sensitivity for point in self.points])
        return self.points[int(np.argmin(np.abs(asked - sensitivity)))]


def usual_sensitivities() -> Float64:
    """Return the sensitivities of the curve that pages draw: 0.8 to 1 in steps of 0.005."""
    return np.round(np.arange(160, 201) / 200, 3)
