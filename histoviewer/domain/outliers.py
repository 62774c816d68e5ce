"""Outliers: tiles that look unlike the rest of their data set, and in what way.

Every measure is compared with the data set itself, since what is strange in one laboratory is
usual in another: how far a tile lies above the median, in units of the upper tenth. In a normal
distribution that is the z-score.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from histoviewer.domain.appearance import Appearance
from histoviewer.domain.arrays import Bool, Float32, Float64, UInt8

LIMIT: Final = 3.0
"""The score from which a tile is called an outlier: one in 740 of a normal distribution."""

_UPPER: Final = 90.0  # percentile that stands for how far tiles usually lie above the median
_NORMAL: Final = 1.2816  # that percentile of the standard normal distribution
_TINY: Final = 1e-3  # share of pixels below which there is nothing to tell apart
_NEAREST: Final = 1e-6  # cosine distance that rounding to half precision makes


class OutlierKind(IntEnum):
    """In what way a tile is unlike the others."""

    NONE = 0
    BLANK = 1
    BLURRED = 2
    PEN = 3
    FOLD = 4
    DISTANT = 5

    @property
    def word(self) -> str:
        """Return the name used in JSON and on the command line."""
        return self.name.lower()


# The least spread that a measure is taken to have: where no tile has ink, a speck is no outlier.
_LEAST: Final[Mapping[OutlierKind, float]] = {
    OutlierKind.BLANK: 0.4,
    OutlierKind.BLURRED: 0.18,
    OutlierKind.PEN: 0.5,
    OutlierKind.FOLD: 0.12,
    OutlierKind.DISTANT: 0.2,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Outliers:
    """How strange each tile is.

    Args:
        score: (N,) float32, high for strange; about a z-score, from 0. 0 for tiles without pixels.
        kind: (N,) uint8 of `OutlierKind`; `NONE` below `LIMIT`.
        model: Id of the model whose embeddings were asked for distant tiles; '' for none.
        fingerprint: Of tiles, and embeddings where asked.
    """

    score: Float32
    kind: UInt8
    model: str
    fingerprint: str

    def counts(self) -> dict[OutlierKind, int]:
        """Return how many outliers there are of each kind."""
        return {
            kind: int(np.count_nonzero(self.kind == kind))
            for kind in OutlierKind
            if kind != OutlierKind.NONE
        }


def score_outliers(
    appearance: Appearance, *, usable: Bool, distances: Float32 | None = None
) -> tuple[Float32, UInt8]:
    """Return how strange each tile is, and in what way.

    A blank tile is nothing else: there is no focus, ink or fold to be told of nothing.

    Args:
        appearance: Of all tiles.
        usable: (N,) bool, tiles with sound pixels; the others say nothing and count for nothing.
        distances: (N,) float32 mean distance of the embedding of each tile to those of its nearest
            neighbours (Ramaswamy et al., 'Efficient algorithms for mining outliers from large data
            sets', 2000); None without embeddings.

    Returns:
        (N,) float32 scores and (N,) uint8 of `OutlierKind`.
    """
    measures = _measures(appearance, distances)
    table = np.zeros((len(OutlierKind), len(appearance)))
    for kind, values in measures.items():
        table[kind] = _z_scores(values, usable, least=_LEAST[kind])
    blank = table[OutlierKind.BLANK] >= LIMIT
    table[OutlierKind.BLANK + 1 :, blank] = 0
    table[:, ~usable] = 0
    score = table.max(axis=0)
    strangest = np.where(score >= LIMIT, table.argmax(axis=0), OutlierKind.NONE)
    return score.astype(np.float32), strangest.astype(np.uint8)


def _measures(appearance: Appearance, distances: Float32 | None) -> dict[OutlierKind, Float64]:
    """Return what rises with strangeness, by kind. Shares and ratios are compared as logarithms."""
    found = {
        OutlierKind.BLANK: -_log10(appearance.covered),
        OutlierKind.BLURRED: -_log10(appearance.sharpness),
        OutlierKind.PEN: _log10(appearance.ink),
        OutlierKind.FOLD: appearance.dense.astype(np.float64),
    }
    if distances is not None:
        found[OutlierKind.DISTANT] = _log10(distances, least=_NEAREST)
    return found


def _log10(values: Float32, *, least: float = _TINY) -> Float64:
    return np.asarray(np.log10(np.maximum(values.astype(np.float64), 0) + least))


def _z_scores(values: Float64, usable: Bool, *, least: float) -> Float64:
    """Return (N,) float64: how far values lie above the median, in units of the upper spread."""
    if not usable.any():
        return np.zeros(len(values))
    middle, upper = np.percentile(values[usable], [50, _UPPER])
    above = np.maximum(values - middle, 0)
    return np.asarray(above * _NORMAL / max(upper - middle, least))
