"""The promotion gate: a test of non-inferiority says which model may take the champion's place."""

import zlib
from dataclasses import dataclass, field

import numpy as np

from histoviewer.domain.arrays import Bool, Float32, Int8, Int64
from histoviewer.domain.assessment import Comparison
from histoviewer.domain.label_set import LabelSet


@dataclass(frozen=True, slots=True, kw_only=True)
class SideChanges:
    """Tiles that two models put on different sides of the threshold, against their labels.

    Args:
        gained: Indexes of those that the newer model is right about and the older one is not.
        lost: Those that the older one is right about.
    """

    gained: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()

    @classmethod
    def between(
        cls, *, newer: Float32, older: Float32, labels: Int8, rows: Int64, threshold: float
    ) -> "SideChanges":
        """Return what changed.

        Args:
            newer: (n,) float32 scores of the newer model.
            older: (n,) float32 scores of the older one.
            labels: (n,) int8 labels, 0 or 1.
            rows: (n,) int64 indexes of the tiles.
            threshold: Score from which a tile is called positive.
        """
        side = newer >= threshold
        changed = side != (older >= threshold)
        right: Bool = side == (labels == 1)
        return cls(
            gained=tuple(rows[changed & right].tolist()),
            lost=tuple(rows[changed & ~right].tolist()),
        )

    @property
    def tiles(self) -> Int64:
        """Return (k,) int64 indexes of all of them, ascending."""
        return np.array(sorted((*self.gained, *self.lost)), np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoresUsed:
    """By what scores a model was compared.

    Args:
        tta: Whether each of them is the mean over the eight flips and quarter turns of a tile.
        checksum: Of the scores that the model had of these tiles at that time. They are others than
            those compared where a model that ranks by means was compared by its plain ones.
    """

    tta: bool
    checksum: int

    @classmethod
    def of(cls, scores: Float32, *, tta: bool) -> "ScoresUsed":
        """Return what to keep of (n,) float32 scores, NaN where there is none."""
        return cls(tta=tta, checksum=_checksum(scores))

    def are(self, scores: Float32) -> bool:
        """Return whether the scores that a model has of the tiles now are those of then."""
        return self.checksum == _checksum(scores)


def _checksum(scores: Float32) -> int:
    return zlib.crc32(np.ascontiguousarray(scores, np.float32).tobytes())


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class GateResult:
    """What the gate found of a challenger.

    The null hypothesis is that the challenger is worse than the champion by the margin or more. It
    is rejected, and the challenger promoted, where the lower end of the one-sided 95 % interval of
    the difference lies above minus the margin (Piaggio et al. 2012, 'CONSORT for non-inferiority').

    Args:
        comparison: Challenger minus champion, by a paired bootstrap.
        margin: By how much area under the ROC curve a challenger may be worse.
        left_out: Validation tiles that one of both was trained on: on these it proves nothing.
        changes: Validation tiles that changed side.
        labels: The validation tiles that both were compared on, with the labels of then; None
            where they were not noted, as they were not at first.
        scores: By what scores both were compared, the challenger first; None likewise.
    """

    comparison: Comparison
    margin: float
    left_out: int = 0
    changes: SideChanges = SideChanges()
    labels: LabelSet | None = field(default=None, compare=False)
    scores: tuple[ScoresUsed, ScoresUsed] | None = None

    @property
    def passed(self) -> bool:
        """Return whether it may be promoted; False where too few groups leave nothing to tell."""
        return self.comparison.at_least > -self.margin

    @property
    def tta(self) -> tuple[bool, bool]:
        """Return of both, the challenger first, whether it was compared by means over 8 views.

        Where that was not noted nothing is claimed.
        """
        return (False, False) if self.scores is None else (self.scores[0].tta, self.scores[1].tta)

    @property
    def is_mixed(self) -> bool:
        """Return whether one of both alone was compared by means: a part of the difference."""
        return self.tta[0] != self.tta[1]
