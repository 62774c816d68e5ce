"""How far two readers agree beyond chance."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Int8, Int64
from histoviewer.domain.labels import NEGATIVE, POSITIVE

_Z_95: Final = 1.959963984540054  # 97.5 % quantile of the standard normal


@dataclass(frozen=True, kw_only=True, eq=False)
class Agreement:
    """The agreement of two raters about two classes; each figure is None where it does not exist.

    Args:
        n: Tiles that both labelled.
        agreed: Those both labelled alike.
        table: (2, 2) int64 counts: row = label of the first rater, column = of the second.
        kappa: Cohen's kappa; None where chance alone explains all, as when both used one label.
        low: Lower end of its 95 % interval; None where kappa is.
        high: Upper end of its 95 % interval; None where kappa is.
        pabak: Kappa adjusted for prevalence and bias; None without tiles.
    """

    n: int
    agreed: int
    table: Int64
    kappa: float | None
    low: float | None
    high: float | None
    pabak: float | None

    @property
    def share(self) -> float | None:
        """Return the share of tiles labelled alike, 0-1; None without tiles."""
        return self.agreed / self.n if self.n else None


def compare(a: Int8, b: Int8) -> Agreement:
    """Return how two raters agree on the tiles that both labelled.

    Kappa is that of Cohen (1960), with the large-sample standard error of Fleiss, Cohen and
    Everitt (1969), its interval cut off at -1 and 1. The adjusted one, 2 p - 1 with p the share of
    agreement, is that of Byrt, Bishop and Carlin (1993): with rare positives kappa can be low where
    raters hardly ever differ.

    Args:
        a: (n,) int8 labels of the first rater, `UNLABELLED` where none.
        b: (n,) int8 labels of the second rater.
    """
    table = _cross(a, b)
    n, agreed = int(table.sum()), int(table.trace())
    kappa, error = _kappa(table)
    return Agreement(
        n=n,
        agreed=agreed,
        table=table,
        kappa=kappa,
        low=None if kappa is None else max(-1.0, kappa - _Z_95 * error),
        high=None if kappa is None else min(1.0, kappa + _Z_95 * error),
        pabak=2 * agreed / n - 1 if n else None,
    )


def _cross(a: Int8, b: Int8) -> Int64:
    """Return (2, 2) int64 counts of the tiles that both labelled."""
    both = np.isin(a, (NEGATIVE, POSITIVE)) & np.isin(b, (NEGATIVE, POSITIVE))
    cells = 2 * a[both].astype(np.int64) + b[both]
    return np.bincount(cells, minlength=4).reshape(2, 2)


def _kappa(table: Int64) -> tuple[float | None, float]:
    """Return kappa and its standard error; None and 0 where chance explains all.

    The variance is formula 13 of Fleiss, Cohen and Everitt (1969) for unweighted kappa, as it
    stands in Fleiss, 'Statistical methods for rates and proportions', 18.13.
    """
    n = int(table.sum())
    if n == 0:
        return None, 0.0
    share = table / n
    first, second = share.sum(axis=1), share.sum(axis=0)
    observed, expected = float(share.trace()), float(first @ second)
    if math.isclose(expected, 1.0):
        return None, 0.0
    kappa = (observed - expected) / (1 - expected)
    on = share.diagonal() @ (1 - (first + second) * (1 - kappa)) ** 2
    cross = share * (second[:, None] + first[None, :]) ** 2
    off = (1 - kappa) ** 2 * (cross.sum() - cross.trace())
    variance = on + off - (kappa - expected * (1 - kappa)) ** 2
    return kappa, math.sqrt(max(0.0, float(variance)) / n) / (1 - expected)
