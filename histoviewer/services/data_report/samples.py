"""Tiles drawn at random from each class."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Int64
from histoviewer.domain.data_report import LABELS
from histoviewer.domain.tiles import Split
from histoviewer.services.data_report.basis import DataBasis

SAMPLE: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """Which tiles are drawn.

    Args:
        per_class: At most so many of each class.
        seed: The same seed draws the same tiles.
        split: Only of this split; None for all.
        group: Only of the group of this number; None for all.
    """

    per_class: int = SAMPLE
    seed: int = 0
    split: Split | None = None
    group: int | None = None


def draw_samples(basis: DataBasis, sampling: Sampling) -> Mapping[int, Int64]:
    """Return indexes of sound tiles by effective label, ascending; labels without one left out."""
    tiles = basis.tiles
    chosen = tiles.usable.copy()
    if sampling.split is not None:
        chosen &= tiles.splits == sampling.split
    if sampling.group is not None:
        chosen &= tiles.groups == sampling.group
    rng = np.random.default_rng(sampling.seed)
    drawn = {}
    for label in LABELS:
        members = np.flatnonzero(chosen & (basis.labels == label))
        if len(members):
            count = min(sampling.per_class, len(members))
            drawn[label] = np.sort(rng.choice(members, count, replace=False))
    return drawn
