"""Points of a plane, kept so that what is where can be asked without looking at all of them."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Float64, Int64

_CORNERS: Final = 3  # that an area has at least


@dataclass(frozen=True, eq=False)
class PointIndex:
    """Points in the order of their y. Any thread; nobody writes to it.

    A band of the plane is then a slice, and slices are all that the questions below look at: a
    lasso around a quarter of 277,483 points looks at those beside its outline and at no other.

    Args:
        x: (N,) float32, in the order of y.
        y: (N,) float32, ascending.
        order: (N,) int64: which point each of them is.
    """

    x: Float32
    y: Float32
    order: Int64

    @classmethod
    def of(cls, points: Float32) -> Self:
        """Return the index of points.

        Args:
            points: (N, 2) float32, finite.
        """
        order = np.argsort(points[:, 1], kind="stable")
        x, y = np.ascontiguousarray(points[order].T)
        return cls(x=x, y=y, order=order)

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.order)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return the least x and y and the greatest x and y; a unit square without points."""
        if not len(self):
            return 0.0, 0.0, 1.0, 1.0
        return float(self.x.min()), float(self.y[0]), float(self.x.max()), float(self.y[-1])

    def band(self, low: float, high: float) -> slice:
        """Return which places of `order` have low <= y < high."""
        first, last = np.searchsorted(self.y, np.array([low, high], np.float64))
        return slice(int(first), int(last))

    def inside(self, polygon: Float64) -> Int64:
        """Return the points inside a polygon, which closes itself: a lasso.

        Where it crosses itself, what it goes around twice is outside (even-odd rule). A ray from
        each point to the right is counted on: an edge turns the points beside it over, those of
        its own band that lie left of it (Shimrat, 1962, with half-open bands so that a corner
        counts once).

        Args:
            polygon: (k, 2) float64 corners, x and y.

        Returns:
            (n,) int64 ascending point numbers; none for fewer than three corners.
        """
        if len(polygon) < _CORNERS:
            return np.zeros(0, np.int64)
        turned = np.zeros(len(self), bool)
        ends = np.roll(polygon, -1, axis=0)
        for (x0, y0), (x1, y1) in zip(polygon.tolist(), ends.tolist(), strict=True):
            self._turn_over(turned, (x0, y0), (x1, y1))
        found = np.zeros(len(self), bool)
        found[self.order[turned]] = True
        return np.flatnonzero(found)

    def _turn_over(
        self, turned: Bool, start: tuple[float, float], end: tuple[float, float]
    ) -> None:
        """Turn over the points left of an edge, in place."""
        (x0, y0), (x1, y1) = sorted((start, end), key=lambda corner: corner[1])
        band = self.band(y0, y1)
        if band.start < band.stop:
            along = (self.y[band].astype(np.float64) - y0) / (y1 - y0)
            turned[band] ^= self.x[band] < x0 + along * (x1 - x0)

    def nearest(
        self, x: float, y: float, *, within: float, among: Bool | None = None
    ) -> int | None:
        """Return the point nearest to a place, the first of several; None where all are farther.

        Args:
            x: The place.
            y: The place.
            within: Greatest distance that counts.
            among: (N,) bool in the order of `order`, which points count; None for all.
        """
        band = self.band(y - within, float(np.nextafter(y + within, np.inf)))
        squares = (self.x[band].astype(np.float64) - x) ** 2
        squares += (self.y[band].astype(np.float64) - y) ** 2
        if among is not None:
            squares[~among[band]] = np.inf
        if not len(squares):
            return None
        best = int(np.argmin(squares))
        return int(self.order[band][best]) if squares[best] <= within**2 else None
