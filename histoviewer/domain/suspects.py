"""Suspect labels: what confident learning found, and what still holds of it after more verdicts."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int8, Int64
from histoviewer.domain.labels import NEGATIVE, POSITIVE, UNLABELLED


@dataclass(frozen=True, kw_only=True, eq=False)
class Suspects:
    """What was found when label errors were looked for; all arrays are (N,).

    Verdicts since then do not make it useless: no tile's own label had a part in its probability,
    so how well a label fits can be told of another one as of that one. `judge` is the one rule by
    which tiles are ordered and filtered.

    Args:
        probability: float32 out-of-sample probability of the positive class.
        labels: int8 labels at the time, `UNLABELLED` where there was none.
        suspect: bool: confident learning counts the label among the wrong ones.
        wanted: float32 ActiveLab score, 0-1; the lowest want another label most.
        through: Newest verdict sequence it was made from.
        model: Id of the model whose embeddings were asked; '' where networks were trained for it.
    """

    probability: Float32
    labels: Int8
    suspect: Bool
    wanted: Float32
    through: int
    model: str

    def judge(self, effective: Int8, decided_at: Int64, tiles: Int64 | slice) -> "Judgement":
        """Return what is known of the labels that some tiles have now.

        What a reader decided since is not judged, be it that they agreed with the label or not. All
        other labels are, one that came back with an undo among them: it is suspect as it would have
        been then, if it fits no better than the last suspect among the labels of its class.

        Args:
            effective: (n,) int8 labels of the tiles, `UNLABELLED` where there is none to judge.
            decided_at: (n,) int64 sequence of the verdict on each of the tiles, 0 where none.
            tiles: The tiles.
        """
        judged = (effective != UNLABELLED) & (decided_at <= self.through)
        fits = _fits(effective, self.probability[tiles])
        cut = np.where(effective == POSITIVE, self._cuts[POSITIVE], self._cuts[NEGATIVE])
        as_before = self.labels[tiles] == effective
        suspect = judged & np.where(as_before, self.suspect[tiles], fits <= cut)
        return Judgement(quality=np.where(judged, fits, np.float32(np.nan)), suspect=suspect)

    @cached_property
    def _cuts(self) -> dict[int, float]:
        """Return how well the last suspect of each class fits: all that fit worse are suspect."""
        cuts = {}
        for label in (NEGATIVE, POSITIVE):
            found = self.suspect & (self.labels == label)
            fits = _fits(self.labels[found], self.probability[found])
            cuts[label] = float(np.max(fits, initial=-np.inf))
        return cuts


class Judgement(NamedTuple):
    """What is known of the labels of n tiles.

    Args:
        quality: (n,) float32 out-of-sample probability of the label; NaN where none is judged.
        suspect: (n,) bool: the label is judged, and probably wrong.
    """

    quality: Float32
    suspect: Bool


def _fits(labels: Int8, probability: Float32) -> Float32:
    return np.where(labels == POSITIVE, probability, 1 - probability)
