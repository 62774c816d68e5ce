"""How values are distributed: a histogram with mean, variance, minimum and maximum."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from histoviewer.domain.arrays import Float32, Float64, Int64


@dataclass(frozen=True, kw_only=True, eq=False)
class Distribution:
    """A histogram and the moments of what it counts, which are of the values and not of the bins.

    Args:
        counts: (b,) int64 values in each bin.
        edges: (b + 1,) float64 ends of the bins, ascending; the last bin holds its upper end too.
        mean: NaN where there is no value, as are the other three.
        variance: Mean squared distance from the mean (of a population: divided by n).
        minimum: Smallest value.
        maximum: Largest value.
    """

    counts: Int64
    edges: Float64
    mean: float
    variance: float
    minimum: float
    maximum: float

    @property
    def n(self) -> int:
        """Return how many values there are."""
        return int(self.counts.sum())

    @property
    def shares(self) -> Float64:
        """Return (b,) float64: the share of the values in each bin, so that classes compare."""
        return np.asarray(self.counts / max(self.n, 1))

    @classmethod
    def of_levels(cls, counts: Int64) -> Self:
        """Return the distribution of whole numbers from 0, counted one by one.

        Args:
            counts: (b,) int64: how often 0, 1, 2 … come.
        """
        edges = np.asarray(np.arange(len(counts) + 1) - 0.5, np.float64)
        n = int(counts.sum())
        if n == 0:
            return cls(counts=counts, edges=edges, **_NOTHING)
        levels, there = np.arange(len(counts)), np.flatnonzero(counts)
        mean = float(counts @ levels) / n
        return cls(
            counts=counts,
            edges=edges,
            mean=mean,
            variance=float(counts @ (levels - mean) ** 2) / n,
            minimum=float(there[0]),
            maximum=float(there[-1]),
        )

    @classmethod
    def of_values(cls, values: Float32, *, bins: int, low: float, high: float) -> Self:
        """Return the distribution of values between two bounds.

        Args:
            values: (n,) float32 without NaN.
            bins: How many, all of one width.
            low: Where the first begins.
            high: Where the last ends.
        """
        edges = np.asarray(np.linspace(low, high, bins + 1), np.float64)
        counts = np.histogram(values, edges)[0].astype(np.int64)
        if len(values) == 0:
            return cls(counts=counts, edges=edges, **_NOTHING)
        exact = values.astype(np.float64)
        return cls(
            counts=counts,
            edges=edges,
            mean=float(exact.mean()),
            variance=float(exact.var()),
            minimum=float(exact.min()),
            maximum=float(exact.max()),
        )


_NOTHING = dict.fromkeys(("mean", "variance", "minimum", "maximum"), math.nan)
